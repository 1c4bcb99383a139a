// `npm run bench:aa [-- RUNS] [--connections LIST] [--out FOLDER]`: measures many A/A runs of the
// quick preset, alternately over SSE and WebSocket, and keeps their records; with `--target FILE`
// over each target of the file in turn; `--from FOLDER` judges saved records again. Prints a Markdown table; exits with 1 on evidence against the harness: false
// claims, p-values that are not uniform, equivalence claimed for an effect on the margin.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadRun } from '../analysis/load-run.ts';
import {
  canPin,
  DEFAULT_OUT,
  listenForInterrupts,
  measureRun,
  openRun,
} from '../commands/measure-run.ts';
import { silentProgress } from '../commands/progress.ts';
import { armName, COPY_LABEL, isCopy } from '../contract/arms/arms.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import { BenchError, exitCodeOf, messageOf } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_S } from '../contract/units.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { parseCount } from '../plan/quantities.ts';
import { countTrials } from '../plan/trials.ts';
import { calibrate } from './aa/calibration.ts';
import { renderCalibration } from './aa/render-calibration.ts';

const DEFAULT_RUNS = '60';
const MAX_RUNS = 1000;
/**
 * About 10 and 50 % of the 60,000 tokens/s that the reference machine carries, at 20 tokens/s for
 * each connection.
 */
const DEFAULT_CONNECTIONS = '300,1500';
const contenders = ['sse', 'ws'] as const satisfies readonly TransportId[];
/** Time to start, rehearse and stop the processes. */
const TRIAL_OVERHEAD_NS = 1.5 * NS_PER_S;

const options = {
  connections: { type: 'string' },
  target: { type: 'string' },
  out: { type: 'string', default: join(DEFAULT_OUT, 'aa') },
  from: { type: 'string' },
} as const;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    return { ...values, runs: parseCount('bench:aa', positionals[0] ?? DEFAULT_RUNS, 1, MAX_RUNS) };
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('USAGE', messageOf(cause), { cause });
  }
}

/** The stack or server that is measured against itself. */
interface Measured {
  readonly connections: string | undefined;
  readonly target: string | undefined;
}

async function planRun(run: number, { connections, target }: Measured): Promise<Plan> {
  const transports = contenders[run % contenders.length] as TransportId;
  const common = { preset: 'quick', aa: true };
  const flags: RunFlags =
    target === undefined
      ? { ...common, transports, connections: connections ?? DEFAULT_CONNECTIONS }
      : { ...common, target: [target], ...(connections !== undefined && { connections }) };
  const { plan } = await buildPlan([], flags, { randomSeed: () => run + 1, canPin: canPin() });
  return target === undefined ? plan : ofOneTarget(plan, run);
}

/** The plan of one target of a file and its copy. */
function ofOneTarget(plan: Plan, run: number): Plan {
  const own = plan.arms.filter((arm) => !isCopy(arm));
  const arm = own[run % own.length];
  return arm === undefined ? plan : { ...plan, arms: [arm, { ...arm, label: COPY_LABEL }] };
}

function estimateHours(plan: Plan, runs: number): number {
  return (
    (runs * countTrials(plan) * (plan.warmupNs + plan.windowNs + TRIAL_OVERHEAD_NS)) /
    NS_PER_S /
    3600
  );
}

async function measureRuns({
  runs,
  out,
  ...measured
}: Measured & {
  runs: number;
  out: string;
}): Promise<readonly string[]> {
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new BenchError('FILE', `${out} is not empty`, {
      hint: 'choose another folder with --out, or judge it with --from',
    });
  const hours = estimateHours(await planRun(0, measured), runs);
  process.stderr.write(
    `${runs} A/A runs, about ${hours < 1 ? `${Math.ceil(hours * 60)} minutes` : `${hours.toFixed(1)} hours`}\n`,
  );
  const folders: string[] = [];
  for (let run = 0; run < runs; run++) {
    const plan = await planRun(run, measured);
    const opened = openRun(plan, { name: `aa-${run + 1}`, command: '', out });
    using interruption = listenForInterrupts();
    await measureRun(opened, {
      port: 0,
      verbose: false,
      signal: interruption.signal,
      progress: silentProgress,
    });
    folders.push(opened.folder);
    process.stderr.write(
      `A/A run ${run + 1} of ${runs} over ${plan.arms.map(armName)[0]}: ${opened.folder}\n`,
    );
  }
  return folders;
}

async function main(): Promise<void> {
  const { from, connections, target, ...asked } = readArguments();
  const folders =
    from === undefined
      ? await measureRuns({ ...asked, connections, target })
      : readdirSync(from).map((name) => join(from, name));
  const calibration = calibrate(folders.map(loadRun));
  process.stdout.write(`${renderCalibration(calibration)}\n`);
  process.exitCode = calibration.faults.length === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(
    `error: ${[error.message, error.hint ?? ''].filter((line) => line !== '').join('\n')}\n`,
  );
  process.exitCode = exitCodeOf(error);
}
