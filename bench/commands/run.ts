// `streamduel run`: flags to plan, plan to trials, trials to report. For several scenarios, see
// suite.ts.

import { join, relative } from 'node:path';
import { isMissed } from '../analysis/thresholds.ts';
import { readConfig } from '../flags/config.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { parseCount } from '../plan/quantities.ts';
import { runFolderName } from '../trial/run-folder.ts';
import { isSuiteFolder } from '../trial/suite-folder.ts';
import type { CommandOutput } from './command-output.ts';
import { dryRun } from './dry-run.ts';
import { DEFAULT_OUT, listenForInterrupts, type OpenRun } from './measure-run.ts';
import {
  beginPrepared,
  findLoads,
  prepareRun,
  readName,
  refuseChanges,
  reopenRun,
  usualName,
  type PilotPlace,
} from './prepare-run.ts';
import { hasFailed, publish, summariseForTerminal } from './publish.ts';
import { runSuite } from './suite.ts';
import { explainStop, watchRun } from './watch-run.ts';

/**
 * Returns the exit code: 1 if a trial or a gate failed. @throws BenchError INTERRUPTED after Ctrl-C
 * and the report of finished trials.
 */
export async function runCommand(
  scenarios: readonly string[],
  flags: RunFlags,
  output: CommandOutput,
): Promise<number> {
  const { config: path, ...overriding } = flags;
  if (path === undefined || flags.continue !== undefined)
    return await runGiven(scenarios, flags, output);
  const config = readConfig(path);
  try {
    return await runGiven(
      scenarios.length > 0 ? scenarios : config.scenarios,
      { ...config.flags, ...overriding },
      output,
    );
  } catch (error) {
    throw config.locate(error, overriding);
  }
}

async function runGiven(
  scenarios: readonly string[],
  flags: RunFlags,
  output: CommandOutput,
): Promise<number> {
  const port = flags.port === undefined ? 0 : parseCount('--port', flags.port, 0, 65_535);
  if (flags.dryRun === true && flags.continue === undefined) {
    output.stdout.write(await dryRun(scenarios, flags));
    return 0;
  }
  const isSuite =
    flags.continue === undefined ? scenarios.length > 1 : isSuiteFolder(flags.continue);
  if (isSuite) return await runSuite(scenarios, flags, { port, output });
  using interruption = listenForInterrupts();
  const run =
    flags.continue === undefined
      ? await beginRun(scenarios, flags, {
          port,
          signal: interruption.signal,
          stderr: output.stderr,
        })
      : continueRun(flags.continue, scenarios, flags);
  const stopped = await watchRun(run, { flags, port, signal: interruption.signal, output });
  const { analysis, thresholds } = await publish(run.folder);
  const reportPath = join(relative(process.cwd(), run.folder) || '.', 'report.md');
  output.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ ...analysis, thresholds }, undefined, 2)}\n`
      : summariseForTerminal({ analysis, thresholds }, reportPath, output.stdout),
  );
  if (stopped !== undefined) throw explainStop(stopped, run.folder);
  return hasFailed(analysis) || thresholds.some(isMissed) ? 1 : 0;
}

async function beginRun(
  scenarios: readonly string[],
  flags: RunFlags,
  place: PilotPlace,
): Promise<OpenRun> {
  const asked = await prepareRun(scenarios, flags);
  const name = readName(flags, usualName(asked.plan));
  const prepared = await findLoads(asked, place);
  const startedAt = new Date();
  return beginPrepared(prepared, {
    folder: join(flags.out ?? DEFAULT_OUT, runFolderName(startedAt, name)),
    name,
    startedAt,
  });
}

function continueRun(folder: string, scenarios: readonly string[], flags: RunFlags): OpenRun {
  refuseChanges(folder, scenarios, flags);
  return reopenRun(folder, flags.port);
}
