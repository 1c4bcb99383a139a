// `streamduel run`: flags to plan, plan to trials, trials to report. For several scenarios, see
// suite.ts.

import { join, relative } from 'node:path';
import { isMissed } from '../analysis/thresholds.ts';
import { parseBrokerUrl } from '../agents/broker-url.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import { readConfig } from '../flags/config.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { parseCount } from '../plan/quantities.ts';
import { runFolderName } from '../trial/run-folder.ts';
import type { TrialSite } from '../trial/site.ts';
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
import { openSite } from './open-site.ts';
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
  // Other refusals print the flag as it was given.
  if (flags.nats !== undefined) parseBrokerUrl(flags.nats);
  const port = flags.port === undefined ? 0 : parseCount('--port', flags.port, 0, 65_535);
  if (flags.dryRun === true && flags.continue === undefined) {
    output.stdout.write(await dryRun(scenarios, flags));
    return 0;
  }
  const isSuite =
    flags.continue === undefined ? scenarios.length > 1 : isSuiteFolder(flags.continue);
  if (isSuite && flags.nats !== undefined)
    throw new BenchError('USAGE', '--nats: several scenarios are not measured on agents at once', {
      hint: 'run one after another',
    });
  if (isSuite) return await runSuite(scenarios, flags, { port, output });
  using interruption = listenForInterrupts();
  const { signal } = interruption;
  await using agents = new AsyncDisposableStack();
  const siteOf = async (plan: Plan): Promise<TrialSite | undefined> =>
    await openSite(plan, flags, { signal, owned: agents });
  const { run, site } =
    flags.continue === undefined
      ? await beginRun(scenarios, flags, { port, signal, stderr: output.stderr, siteOf })
      : await continueRun(flags.continue, scenarios, { flags, siteOf });
  const stopped = await watchRun(run, { flags, port, signal, output, site });
  await agents.disposeAsync();
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

type SiteOf = (plan: Plan) => Promise<TrialSite | undefined>;

interface PlacedRun {
  readonly run: OpenRun;
  readonly site: TrialSite | undefined;
}

async function beginRun(
  scenarios: readonly string[],
  flags: RunFlags,
  { siteOf, ...place }: Omit<PilotPlace, 'site'> & { readonly siteOf: SiteOf },
): Promise<PlacedRun> {
  const asked = await prepareRun(scenarios, flags);
  const name = readName(flags, usualName(asked.plan));
  const site = await siteOf(asked.plan);
  const prepared = await findLoads(asked, { ...place, site });
  const startedAt = new Date();
  const run = beginPrepared(prepared, {
    folder: join(flags.out ?? DEFAULT_OUT, runFolderName(startedAt, name)),
    name,
    startedAt,
  });
  return { run, site };
}

async function continueRun(
  folder: string,
  scenarios: readonly string[],
  { flags, siteOf }: { readonly flags: RunFlags; readonly siteOf: SiteOf },
): Promise<PlacedRun> {
  refuseChanges(folder, scenarios, flags);
  const run = reopenRun(folder, flags.port);
  return { run, site: await siteOf(run.header.plan) };
}
