// Sorts runs into occasions of one plan and runs that vary one named condition of it. Any other
// difference is refused by its name: it would be taken for the difference between two occasions.

import { armName, commonPath } from '../../contract/arms/arms.ts';
import { DEFAULT_PATH, type PathName } from '../../contract/arms/paths.ts';
import { BenchError } from '../../contract/errors.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { Environment, Plan, SavedRun } from '../../contract/run-file.ts';
import { differencesOf } from '../across/differences.ts';
import { factText } from '../across/fact-text.ts';
import type { Difference } from '../across/run-comparison.ts';
import { stopState } from '../stopping.ts';
import { measureExtent } from '../run-extent.ts';
import type { ScenarioReading } from '../scenario-reading.ts';

/** The conditions that a run may vary against the others. */
export interface Condition {
  readonly pin: boolean;
  readonly path: PathName;
}

export type ConditionName = keyof Condition;

export interface ConditionRuns {
  readonly condition: Condition;
  /** Runs in the order of their start. */
  readonly runs: readonly SavedRun[];
}

export interface SortedRuns {
  /** The condition of the run that was named first. */
  readonly main: ConditionRuns;
  readonly variations: readonly (ConditionRuns & { readonly varies: ConditionName })[];
}

/** @throws BenchError USAGE for runs that cannot be joined. */
export function sortByCondition(runs: readonly SavedRun[], reading: ScenarioReading): SortedRuns {
  const [first, ...others] = runs;
  if (first === undefined || others.length === 0)
    throw new BenchError('USAGE', 'join needs the folders of at least two runs');
  for (const [index, run] of others.entries()) {
    refuseSame(run, runs.slice(0, index + 1));
    refuseOther(first, run);
  }
  for (const run of runs) refuseUnfinished(run, reading);
  const groups = [
    ...Map.groupBy(runs, ({ header }) => JSON.stringify(conditionOf(header.plan))).values(),
  ].map(toGroup);
  const [main, ...rest] = groups as [ConditionRuns, ...ConditionRuns[]];
  return {
    main,
    variations: rest.map((group) => Object.assign({ varies: onlyDifference(main, group) }, group)),
  };
}

function toGroup(runs: readonly SavedRun[]): ConditionRuns {
  const [first] = runs as readonly [SavedRun];
  return {
    condition: conditionOf(first.header.plan),
    runs: runs.toSorted((a, b) => Date.parse(a.header.startedAt) - Date.parse(b.header.startedAt)),
  };
}

function conditionOf({ pin, arms }: Plan): Condition {
  return { pin, path: commonPath(arms) };
}

function onlyDifference(main: ConditionRuns, other: ConditionRuns): ConditionName {
  const names = (['pin', 'path'] as const).filter(
    (name) => main.condition[name] !== other.condition[name],
  );
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw new BenchError(
    'USAGE',
    `${nameOf(other)} differs from ${nameOf(main)} in pinning and path at once: what changed would have two causes`,
    {
      hint: 'vary one condition in a run',
    },
  );
}

function nameOf({ runs }: ConditionRuns): string {
  return runs[0]?.folder ?? '';
}

function refuseUnfinished(run: SavedRun, reading: ScenarioReading): void {
  if (measureExtent(run, stopState(run, reading), reading).isComplete) return;
  throw new BenchError('USAGE', `${run.folder} was interrupted before its last trial`, {
    hint: `streamduel run --continue ${run.folder}`,
  });
}

function refuseSame({ folder, header }: SavedRun, before: readonly SavedRun[]): void {
  const twin = before.find(
    (other) =>
      other.header.startedAt === header.startedAt && other.header.planSha256 === header.planSha256,
  );
  if (twin === undefined) return;
  throw new BenchError(
    'USAGE',
    `${twin.folder} and ${folder} are the same run: it is one occasion`,
    { hint: 'name each run once' },
  );
}

function refuseOther(first: SavedRun, other: SavedRun): void {
  const reasons = [
    ...differencesOf(machineOf(first), machineOf(other)),
    ...differencesOf(planOf(first), planOf(other)),
  ].map(differenceText);
  if (reasons.length === 0) return;
  throw new BenchError(
    'USAGE',
    `${other.folder} is not another occasion of ${first.folder}: ${reasons.join('; ')}`,
    {
      hint: 'joined are runs of one plan, machine and version that differ in time, seed, pinning or path; all else: streamduel compare',
    },
  );
}

function differenceText({ field, title, old, new: recent }: Difference): string {
  return `${title} is ${factText(field, old)} in the one and ${factText(field, recent)} in the other`;
}

function machineOf({ header: { streamduel, environment } }: SavedRun): object {
  const { node, v8, os, cpuModel, cpus, virtualised, settings, packages, lockfileSha256 } =
    environment;
  return {
    streamduel,
    node,
    v8,
    os,
    cpuModel,
    cpus,
    virtualised,
    settings,
    packages,
    lockfileSha256,
  };
}

/** All of a plan except the parts that an occasion draws anew and those that may be varied. */
function planOf({ header: { plan } }: SavedRun): object {
  const {
    seed: _seed,
    pin: _pin,
    loads: _loads,
    clientAddresses: _addresses,
    arms,
    loadPoints,
    ...rest
  } = plan;
  const path = commonPath(arms);
  return {
    ...rest,
    arms: arms.map((arm) => armName(path === DEFAULT_PATH ? arm : { ...arm, path: DEFAULT_PATH })),
    'load points': loadPoints.map(loadRole),
  };
}

/** A name that corresponding load points share in all runs. */
export function loadRole(loadPoint: Plan['loadPoints'][number]): string {
  // Each occasion has a pilot of its own, which finds a little more or less.
  return loadPoint.share === undefined
    ? loadPointTitle(loadPoint)
    : `${Math.round(100 * loadPoint.share)} % of capacity`;
}

/** Differences of the environment that do not prevent joining, but that a reader should know. */
export function toldDifferences(first: Environment, other: Environment): readonly string[] {
  return differencesOf(toldOf(first), toldOf(other)).map(differenceText);
}

function toldOf({ memoryBytes, gitCommit, fileDescriptorLimit, tools }: Environment): object {
  return { memoryBytes, gitCommit, fileDescriptorLimit, tools };
}
