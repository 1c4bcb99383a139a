// `streamduel join DIR DIR…`: joins runs of several occasions into one result, with the occasion as
// a random effect. Reads folders and writes nothing to them.

import { loadRun } from '../analysis/load-run.ts';
import { joinRuns } from '../analysis/occasions/join-runs.ts';
import { BenchError } from '../contract/errors.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { pickName } from '../plan/quantities.ts';
import { renderJoinedRuns } from '../report/occasions/joined.ts';
import { readings } from '../scenarios/readings.ts';
import { isSuiteFolder } from '../trial/suite-folder.ts';
import type { CommandOutput } from './command-output.ts';

const joinFormats = ['md', 'json'] as const;

export interface JoinFlags {
  readonly format?: string;
}

/** @throws BenchError USAGE for runs that cannot be joined. */
export function joinCommand(
  folders: readonly string[],
  flags: JoinFlags,
  output: CommandOutput,
): number {
  const format = pickName('format', flags.format ?? 'md', joinFormats);
  const suite = folders.find(isSuiteFolder);
  if (suite !== undefined)
    throw new BenchError('USAGE', `${suite} is a suite of several scenarios`, {
      hint: 'name a part of it: a folder inside it',
    });
  const runs = folders.map(loadRun);
  const [first] = runs as [SavedRun, ...SavedRun[]];
  const joined = joinRuns(runs, readings[first.header.plan.scenario]);
  output.stdout.write(
    format === 'json' ? `${JSON.stringify(joined, undefined, 2)}\n` : renderJoinedRuns(joined),
  );
  return 0;
}
