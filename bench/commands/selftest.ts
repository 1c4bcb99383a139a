// `streamduel selftest`: injects known effects, which the harness must find. Exit code 1 when it
// does not.

import { randomInt } from 'node:crypto';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { transports, transportIds, type TransportId } from '../contract/arms/transports.ts';
import { BenchError } from '../contract/errors.ts';
import { MAX_BLOCKS, MAX_SEED } from '../contract/run-file.ts';
import { parseCount, parseList, pickName, usageError } from '../plan/quantities.ts';
import { countTrials } from '../plan/trials.ts';
import type { Paint } from '../report/paint.ts';
import { captureTruth } from '../selftest/capture/capture-trial.ts';
import { renderCapture } from '../selftest/capture/render-capture.ts';
import type { Experiment } from '../selftest/experiment.ts';
import {
  renderCheck,
  renderColumns,
  renderEnd,
  renderSelftestMarkdown,
} from '../selftest/render-selftest.ts';
import {
  experiments,
  hasPassed,
  judgeExperiment,
  planExperiment,
  type CheckResult,
} from '../selftest/run-experiment.ts';
import { readEnvironment, streamduelVersion } from '../trial/environment.ts';
import { runFolderName, writeRunFile } from '../trial/run-folder.ts';
import { canPin, DEFAULT_OUT, listenForInterrupts, measureRun, openRun } from './measure-run.ts';
import { publish } from './publish.ts';
import { showProgress, silentProgress } from './progress.ts';
import type { CommandOutput } from './command-output.ts';

export interface SelftestFlags {
  readonly transports?: string;
  readonly blocks?: string;
  readonly seed?: string;
  readonly pin?: boolean;
  readonly capture?: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

interface Selftest {
  readonly experiments: readonly Experiment[];
  readonly transports: readonly TransportId[];
  readonly blocks: number | undefined;
  readonly seed: number;
  readonly pin: boolean;
  readonly folder: string;
}

const FEWEST_BLOCKS = 2;

export async function selftestCommand(
  names: readonly string[],
  flags: SelftestFlags,
  output: CommandOutput,
): Promise<number> {
  const startedAt = new Date();
  const selftest = readFlags(names, flags, startedAt);
  if (flags.capture === true) return await captureGroundTruth(selftest, flags, output);
  const paint: Paint = (style, text) => styleText(style, text, { stream: output.stdout });
  const say = (text: string): void =>
    void (flags.json !== true && output.stdout.write(`${text}\n`));
  say(`${renderColumns(paint)}\n`);
  const results: CheckResult[] = [];
  for (const transport of selftest.transports) {
    for (const experiment of selftest.experiments.filter(
      ({ only }) => only === undefined || only === transport,
    )) {
      const found = await runExperiment(experiment, transport, { selftest, flags, output });
      for (const result of found) say(`${renderCheck(result, paint)}\n`);
      results.push(...found);
    }
  }
  const { node, gitCommit } = readEnvironment(undefined);
  const markdown = renderSelftestMarkdown(results, {
    command: repeatCommand(selftest),
    startedAt: startedAt.toISOString(),
    streamduel: streamduelVersion(),
    node,
    gitCommit,
  });
  const { folder } = selftest;
  writeRunFile(folder, 'selftest.md', markdown);
  writeRunFile(folder, 'selftest.json', `${JSON.stringify(results, undefined, 2)}\n`);
  say(renderEnd(results, join(relative(process.cwd(), folder) || '.', 'selftest.md'), paint));
  if (flags.json === true) output.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  return results.every(hasPassed) ? 0 : 1;
}

/**
 * Compares stamps with the kernel's time stamps; without permission nothing is validated, which is
 * no pass.
 */
async function captureGroundTruth(
  { transports: chosen, pin, seed }: Selftest,
  flags: SelftestFlags,
  output: CommandOutput,
): Promise<number> {
  using interruption = listenForInterrupts();
  const truth = await captureTruth({
    transports: chosen,
    pin,
    seed,
    signal: interruption.signal,
    onTrial: ({ transport, isCaptured }) => {
      if (flags.quiet !== true)
        output.stderr.write(
          `a trial over ${transport} ${isCaptured ? 'with' : 'without'} tcpdump, about 7 s\n`,
        );
    },
  });
  const paint: Paint = (style, text) => styleText(style, text, { stream: output.stdout });
  output.stdout.write(
    flags.json === true ? `${JSON.stringify(truth, undefined, 2)}\n` : renderCapture(truth, paint),
  );
  return truth.outcome === 'judged' && truth.ok ? 0 : 1;
}

function readFlags(names: readonly string[], flags: SelftestFlags, startedAt: Date): Selftest {
  const known = experiments.map(({ id }) => id);
  if (flags.capture === true && names.length > 0)
    throw new BenchError(
      'USAGE',
      `--capture is an experiment of its own: it takes no other, not ${names.join(', ')}`,
    );
  const picked = names.map((name) => pickName('selftest experiment', name, known));
  const chosen = parseList('--transports', flags.transports ?? 'sse,ws').map((name) =>
    pickName('transport', name, transportIds),
  );
  const floor = chosen.find((transport) => transports[transport].isNullArm);
  if (floor !== undefined)
    throw usageError('--transports', floor, 'sse or ws: the null arm is no contender');
  return {
    experiments: experiments.filter(({ id }) => picked.length === 0 || picked.includes(id)),
    transports: chosen,
    blocks:
      flags.blocks === undefined
        ? undefined
        : parseCount('--blocks', flags.blocks, FEWEST_BLOCKS, MAX_BLOCKS),
    seed:
      flags.seed === undefined ? randomInt(2 ** 32) : parseCount('--seed', flags.seed, 0, MAX_SEED),
    pin: flags.pin ?? canPin(),
    folder: join(flags.out ?? DEFAULT_OUT, runFolderName(startedAt, 'selftest')),
  };
}

function repeatCommand({
  experiments: chosen,
  transports: over,
  blocks,
  seed,
  pin,
}: Selftest): string {
  return [
    'streamduel selftest',
    ...(chosen.length === experiments.length ? [] : chosen.map(({ id }) => id)),
    `--transports ${over.join(',')}`,
    ...(blocks === undefined ? [] : [`--blocks ${blocks}`]),
    pin ? '--pin' : '--no-pin',
    `--seed ${seed}`,
  ].join(' ');
}

interface Surrounding {
  readonly selftest: Selftest;
  readonly flags: SelftestFlags;
  readonly output: CommandOutput;
}

/**
 * The run of an experiment is saved and rendered like any other, with a banner that names the
 * injection.
 */
async function runExperiment(
  experiment: Experiment,
  transport: TransportId,
  { selftest, flags, output }: Surrounding,
): Promise<readonly CheckResult[]> {
  const { seed, pin, blocks } = selftest;
  const plan = await planExperiment(experiment, {
    transport,
    seed,
    pin,
    ...(blocks !== undefined && { blocks }),
  });
  const run = openRun(plan, {
    name: `${transport}-${experiment.id}`,
    command: repeatCommand(selftest),
    out: selftest.folder,
  });
  const progress =
    flags.quiet === true
      ? silentProgress
      : showProgress({ plan, total: countTrials(plan), alreadyDone: 0, stream: output.stderr });
  using interruption = listenForInterrupts();
  try {
    await measureRun(run, {
      port: 0,
      verbose: flags.verbose === true,
      signal: interruption.signal,
      progress,
    });
  } catch (error) {
    if (error instanceof BenchError && error.code === 'INTERRUPTED')
      throw new BenchError('INTERRUPTED', 'the selftest was interrupted', {
        cause: error,
        hint: `its trials are in ${selftest.folder}`,
      });
    throw error;
  } finally {
    progress.close();
  }
  return judgeExperiment(experiment, await publish(run.folder));
}
