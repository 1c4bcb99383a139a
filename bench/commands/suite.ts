// `streamduel run A B …`: measures several scenarios one after another into one folder, with one
// report of all. Every plan is checked and every part's folder made before the first trial, so an
// interrupted suite can be continued like a run.

import { join, relative } from 'node:path';
import { armName } from '../contract/arms/arms.ts';
import { BenchError } from '../contract/errors.ts';
import { SUITE_SCHEMA_VERSION, type Suite } from '../contract/suite.ts';
import { repeatSuite } from '../flags/repeat.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { readScenarios, shareFlags, shareThresholds } from '../flags/suite.ts';
import { streamduelVersion } from '../trial/environment.ts';
import { runFolderName } from '../trial/run-folder.ts';
import { loadSuite, writeSuite } from '../trial/suite-folder.ts';
import type { CommandOutput } from './command-output.ts';
import { DEFAULT_OUT, listenForInterrupts, type OpenRun } from './measure-run.ts';
import {
  beginPrepared,
  drawSeed,
  findLoads,
  prepareRun,
  readName,
  refuseChanges,
  reopenRun,
  usualName,
  type PilotPlace,
  type PreparedRun,
} from './prepare-run.ts';
import { publish, type Published } from './publish.ts';
import { hasSuiteFailed, publishSuite, suiteJson, summariseSuite } from './publish-suite.ts';
import { explainStop, watchRun, type WatchOptions } from './watch-run.ts';

interface OpenSuite {
  readonly folder: string;
  readonly suite: Suite;
  readonly parts: readonly OpenRun[];
}

interface SuiteOptions {
  readonly port: number;
  readonly output: CommandOutput;
}

/**
 * Returns the exit code: 1 when a trial or a gate of any part failed. @throws BenchError as
 * `runCommand` does.
 */
export async function runSuite(
  scenarios: readonly string[],
  flags: RunFlags,
  { port, output }: SuiteOptions,
): Promise<number> {
  using interruption = listenForInterrupts();
  const { folder, suite, parts } =
    flags.continue === undefined
      ? await beginSuite(scenarios, flags, {
          port,
          signal: interruption.signal,
          stderr: output.stderr,
        })
      : continueSuite(flags.continue, scenarios, flags);
  const { stopped, published } = await measureParts(parts, {
    flags,
    port,
    signal: interruption.signal,
    output,
    announce: (index) =>
      `scenario ${parts[index]?.header.plan.scenario} (${index + 1} of ${parts.length})`,
  });
  const whole = publishSuite(folder, suite, published);
  const reportPath = join(relative(process.cwd(), folder) || '.', 'report.md');
  output.stdout.write(
    flags.json === true ? suiteJson(whole) : summariseSuite(whole, reportPath, output.stdout),
  );
  if (stopped !== undefined) throw explainStop(stopped, folder);
  return hasSuiteFailed(whole) ? 1 : 0;
}

/** Most scenarios that the default name of a suite lists; above it, the name has their number. */
const MOST_NAMED = 3;

async function beginSuite(
  names: readonly string[],
  flags: RunFlags,
  place: PilotPlace,
): Promise<OpenSuite> {
  const scenarios = readScenarios(names);
  const asked = await prepareParts(scenarios, flags);
  const prepared: PreparedRun[] = [];
  for (const part of asked) prepared.push(await findLoads(part, place));
  const [first] = prepared as [PreparedRun, ...PreparedRun[]];
  const what =
    scenarios.length > MOST_NAMED ? `${scenarios.length}-scenarios` : scenarios.join('-');
  const name = readName(flags, `${what}-${first.plan.preset}`);
  const startedAt = new Date();
  const folder = join(flags.out ?? DEFAULT_OUT, runFolderName(startedAt, name));
  const parts = prepared.map((part) => {
    const { scenario } = part.plan;
    const partName = flags.name === undefined ? usualName(part.plan) : `${name}-${scenario}`;
    return beginPrepared(part, { folder: join(folder, scenario), name: partName, startedAt });
  });
  const suite: Suite = {
    kind: 'suite',
    schema: SUITE_SCHEMA_VERSION,
    streamduel: streamduelVersion(),
    name,
    startedAt: startedAt.toISOString(),
    command: repeatSuite(scenarios, flags, first.plan),
    parts: scenarios.map((scenario) => ({ scenario, folder: scenario })),
  };
  writeSuite(folder, suite);
  return { folder, suite, parts };
}

/** Prepares all parts with one seed, and each threshold in the parts that measure its metric. */
export async function prepareParts(
  scenarios: ReturnType<typeof readScenarios>,
  flags: RunFlags,
): Promise<readonly PreparedRun[]> {
  const { failIf, ...rest } = flags;
  const shared = shareFlags(scenarios, { ...rest, seed: flags.seed ?? String(drawSeed()) });
  const prepared: PreparedRun[] = [];
  for (const [index, scenario] of scenarios.entries())
    prepared.push(await prepareRun([scenario], shared[index] ?? {}));
  const places = prepared.map(({ plan }) => ({
    scenario: plan.scenario,
    arms: plan.arms.map(armName),
  }));
  const thresholds = shareThresholds(failIf ?? [], places);
  return prepared.map(({ plan, ownTokens, needsPilot, leftOut, flags: own }, index) => ({
    plan,
    ownTokens,
    needsPilot,
    leftOut,
    flags: { ...own, failIf: thresholds[index] ?? [] },
  }));
}

function continueSuite(folder: string, scenarios: readonly string[], flags: RunFlags): OpenSuite {
  refuseChanges(folder, scenarios, flags);
  const suite = loadSuite(folder);
  return {
    folder,
    suite,
    parts: suite.parts.map((part) => reopenRun(join(folder, part.folder), flags.port)),
  };
}

interface MeasuredParts {
  /** The final error, or the first one that stopped a part; undefined without any. */
  readonly stopped: unknown;
  readonly published: readonly Published[];
}

interface PartsOptions extends WatchOptions {
  /** The line on stderr before a part begins. */
  readonly announce: (index: number) => string;
}

/**
 * Publishes each part as it ends. An error that stops one scenario may not affect the next one;
 * Ctrl-C ends all.
 */
export async function measureParts(
  parts: readonly OpenRun[],
  options: PartsOptions,
): Promise<MeasuredParts> {
  const stops: unknown[] = [];
  const published: Published[] = [];
  for (const [index, run] of parts.entries()) {
    if (!stops.some(isFinal)) {
      if (options.flags.quiet !== true) options.output.stderr.write(`${options.announce(index)}\n`);
      const stop = await watchRun(run, options);
      if (stop !== undefined) stops.push(stop);
    }
    published.push(await publish(run.folder));
  }
  return { stopped: stops.find(isFinal) ?? stops[0], published };
}

/** Whether it ends the whole suite: Ctrl-C, or a bug. */
function isFinal(stop: unknown): boolean {
  return !(stop instanceof BenchError) || stop.code === 'INTERRUPTED';
}
