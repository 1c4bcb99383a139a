// `streamduel join DIR DIR…`: joins runs of several occasions into one result, with the occasion as
// a random effect. Reads folders and writes nothing to them.

import { loadRun } from '../analysis/load-run.ts';
import { joinRuns } from '../analysis/occasions/join-runs.ts';
import type { JoinedRuns } from '../analysis/occasions/joined-runs.ts';
import { BenchError } from '../contract/errors.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { pickName } from '../plan/quantities.ts';
import { renderPlans } from '../report/charts/render-charts.ts';
import { joinedBlocks, renderJoinedRuns } from '../report/occasions/joined.ts';
import { planOccasions } from '../report/occasions/occasion-charts.ts';
import { renderBlocksPage } from '../report/page/render-page.ts';
import { allMetrics, readings } from '../scenarios/readings.ts';
import { isSuiteFolder } from '../trial/suite-folder.ts';
import type { CommandOutput } from './command-output.ts';

const joinFormats = ['md', 'html', 'json'] as const;

export interface JoinFlags {
  readonly format?: string;
}

/** @throws BenchError USAGE for runs that cannot be joined. */
export async function joinCommand(
  folders: readonly string[],
  flags: JoinFlags,
  output: CommandOutput,
): Promise<number> {
  const format = pickName('format', flags.format ?? 'md', joinFormats);
  const suite = folders.find(isSuiteFolder);
  if (suite !== undefined)
    throw new BenchError('USAGE', `${suite} is a suite of several scenarios`, {
      hint: 'name a part of it: a folder inside it',
    });
  const runs = folders.map(loadRun);
  const [first] = runs as [SavedRun, ...SavedRun[]];
  const joined = joinRuns(runs, readings[first.header.plan.scenario]);
  output.stdout.write(await printAs(format, joined));
  return 0;
}

async function printAs(format: (typeof joinFormats)[number], joined: JoinedRuns): Promise<string> {
  if (format === 'json') return `${JSON.stringify(joined, undefined, 2)}\n`;
  if (format === 'md') return renderJoinedRuns(joined);
  const plan = planOccasions(joined);
  const charts = await renderPlans(plan === undefined ? [] : [plan]);
  return renderBlocksPage(joinedBlocks(joined, charts), { charts, metrics: allMetrics });
}
