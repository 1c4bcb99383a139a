// Checks a run before it begins or continues: all refusals happen here, before a folder is made or
// a process starts.

import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadRun } from '../analysis/load-run.ts';
import { armName } from '../contract/arms/arms.ts';
import { paths } from '../contract/arms/paths.ts';
import { proxyNames } from '../contract/arms/proxies/proxies.ts';
import { BenchError } from '../contract/errors.ts';
import type { Environment, Plan } from '../contract/run-file.ts';
import { repeatCommand } from '../flags/repeat.ts';
import { flagNames, flagWords, type FlagName, type RunFlags } from '../flags/run-flags.ts';
import { DEFAULT_SCENARIO } from '../scenarios/registry.ts';
import { buildPlan, type BuiltPlan } from '../plan/build-plan.ts';
import { readLab } from '../lab/read-lab.ts';
import { whyAbsent, whyNoNamespaces } from '../path/network-namespaces.ts';
import { checkLimits, readMachineLimits } from '../plan/limits.ts';
import { usageError } from '../plan/quantities.ts';
import { parseThreshold } from '../plan/thresholds.ts';
import { locateTokens, OWN_TOKENS_FILE } from '../plan/workloads.ts';
import { checkLoad } from '../trial/check-load.ts';
import { BROWSER_TOOL, readEnvironment } from '../trial/environment.ts';
import type { TrialSite } from '../trial/site.ts';
import { mendTornLine, writeRunFile } from '../trial/run-folder.ts';
import { temporaryFolder } from '../trial/temporary-folder.ts';
import { browserOf, canPin, createRun, proxiesFound, type OpenRun } from './measure-run.ts';
import { pilotLoads } from './pilot-loads.ts';

export interface PreparedRun extends BuiltPlan {
  readonly flags: RunFlags;
}

export function drawSeed(): number {
  return randomInt(2 ** 32);
}

/**
 * Builds a plan that this machine can measure. @throws BenchError USAGE, UNKNOWN_NAME, LIMIT or
 * MISSING_PROGRAM
 */
export async function prepareRun(
  scenarios: readonly string[],
  flags: RunFlags,
): Promise<PreparedRun> {
  const limits = readMachineLimits();
  const built = await buildPlan(scenarios, flags, {
    randomSeed: drawSeed,
    canPin: canPin(),
    ports: limits,
    whyAbsent,
    proxiesHere: () =>
      readLab(proxyNames).flatMap(({ name, found }) => (found === undefined ? [] : name)),
    canPilot: true,
  });
  const { plan } = built;
  checkLimits(plan, limits);
  checkLoad(plan);
  checkPort(plan, flags.port);
  checkNetwork(plan);
  browserOf(plan);
  if (plan.pin && plan.agents === undefined && !canPin()) {
    throw new BenchError(
      'LIMIT',
      '--pin binds server and client to one CPU each, which needs two CPUs and taskset',
      {
        hint: 'install util-linux, or measure with --no-pin',
      },
    );
  }
  for (const text of flags.failIf ?? [])
    parseThreshold(text, plan.arms.map(armName), plan.scenario);
  return { ...built, flags };
}

export interface PilotPlace {
  readonly port: number;
  readonly signal: AbortSignal;
  readonly stderr: NodeJS.WriteStream;
  /** This machine when absent. */
  readonly site?: TrialSite | undefined;
}

/**
 * Runs a pilot to find loads that are shares of the arms' capacity. @throws BenchError LIMIT when
 * this machine cannot measure them
 */
export async function findLoads(
  prepared: PreparedRun,
  { port, signal, stderr, site }: PilotPlace,
): Promise<PreparedRun> {
  const { plan, ownTokens, needsPilot, flags } = prepared;
  if (!needsPilot) return prepared;
  const folder = mkdtempSync(join(temporaryFolder(), 'pilot-'));
  try {
    if (ownTokens !== undefined)
      writeRunFile(folder, OWN_TOKENS_FILE, `${JSON.stringify(ownTokens)}\n`);
    const placed = await pilotLoads(plan, {
      tokenFile: locateTokens(plan.workload, folder),
      port,
      verbose: flags.verbose === true,
      signal,
      site,
      onTrial: (text) => void (flags.quiet === true || stderr.write(`${text}\n`)),
    });
    checkLimits(placed, readMachineLimits());
    return { ...prepared, plan: placed, needsPilot: false };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface RunPlace {
  readonly folder: string;
  readonly name: string;
  readonly startedAt: Date;
}

/** Creates the folder of the run. */
export function beginPrepared(
  { plan, ownTokens, leftOut, flags }: PreparedRun,
  { folder, name, startedAt }: RunPlace,
): OpenRun {
  const run = createRun(plan, folder, {
    name,
    startedAt,
    command: repeatCommand(plan, flags),
    thresholds: flags.failIf ?? [],
    leftOut,
  });
  if (ownTokens !== undefined)
    writeRunFile(run.folder, OWN_TOKENS_FILE, `${JSON.stringify(ownTokens)}\n`);
  return run;
}

/** The given `--name`, or the default. @throws BenchError USAGE */
export function readName(flags: RunFlags, usual: string): string {
  const name = flags.name ?? usual;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw usageError('--name', name, 'up to 64 letters, digits, dots, dashes or underscores');
  return name;
}

/** Default name: `quick`, `memory-smoke`. */
export function usualName({ scenario, preset }: Plan): string {
  return scenario === DEFAULT_SCENARIO ? preset : `${scenario}-${preset}`;
}

/** Flags that do not affect the measurement. */
const mayChange: ReadonlySet<FlagName> = new Set([
  'continue',
  'port',
  'nats',
  'creds',
  'json',
  'quiet',
  'verbose',
]);

/** @throws BenchError USAGE for a flag or scenario beside --continue that would change the plan. */
export function refuseChanges(folder: string, scenarios: readonly string[], flags: RunFlags): void {
  const given = flagNames.find((name) => flags[name] !== undefined && !mayChange.has(name));
  if (given === 'failIf')
    throw new BenchError(
      'USAGE',
      `--fail-if cannot be changed by --continue: the thresholds are in ${folder}`,
    );
  if (given !== undefined)
    throw new BenchError(
      'USAGE',
      `--${flagWords(given)} cannot be changed by --continue: the plan is in ${folder}`,
    );
  if (scenarios.length > 0)
    throw new BenchError('USAGE', `no scenario with --continue: the plan is in ${folder}`);
}

/**
 * Opens a saved run, ready for its missing trials. @throws BenchError RUN_FOLDER, MISSING_PROGRAM,
 * LIMIT or USAGE
 */
export function reopenRun(folder: string, port: string | undefined): OpenRun {
  const { header, trials } = loadRun(folder);
  checkLimits(header.plan, readMachineLimits());
  checkPort(header.plan, port);
  checkNetwork(header.plan);
  const differences = environmentDifferences(
    header.environment,
    readEnvironment(undefined, {
      browser: browserOf(header.plan),
      proxies: proxiesFound(header.plan),
    }),
  );
  if (differences.length > 0) {
    throw new BenchError(
      'RUN_FOLDER',
      `${folder} was begun on another machine or with other software: ${differences.join('; ')}`,
      {
        hint: 'trials of two set-ups must not be mixed: begin a new run',
      },
    );
  }
  mendTornLine(folder);
  return { folder, header, records: trials };
}

/** Also finds the proxies. @throws BenchError LIMIT, MISSING_PROGRAM */
function checkNetwork(plan: Plan): void {
  proxiesFound(plan);
  const path = plan.arms.map((arm) => arm.path).find((one) => paths[one].needsPrivileges);
  if (path === undefined) return;
  const refusal = whyNoNamespaces();
  if (refusal !== undefined)
    throw new BenchError(
      'LIMIT',
      `--path ${path} needs a network of its own for each trial: ${refusal.why}`,
      { hint: refusal.remedy },
    );
}

function checkPort({ lanes, scenario, serverProcesses }: Plan, port: string | undefined): void {
  if (port === undefined || Number(port) === 0) return;
  if (serverProcesses !== undefined)
    throw usageError(
      '--port',
      port,
      `0: each of ${serverProcesses} server processes has a port of its own`,
    );
  if (lanes === undefined) return;
  throw usageError(
    '--port',
    port,
    `0: in ${scenario} several trials run side by side, each with a port of its own`,
  );
}

function environmentDifferences(before: Environment, now: Environment): string[] {
  const differences: string[] = [];
  for (const key of ['node', 'os', 'cpuModel', 'cpus', 'gitCommit'] as const) {
    if (before[key] !== now[key]) differences.push(`${key} was ${before[key]}, is ${now[key]}`);
  }
  if (before.tools[BROWSER_TOOL] !== now.tools[BROWSER_TOOL])
    differences.push(
      `the browser was ${before.tools[BROWSER_TOOL]}, is ${now.tools[BROWSER_TOOL]}`,
    );
  for (const name of proxyNames) {
    if (before.tools[name] !== now.tools[name])
      differences.push(`${name} was ${before.tools[name]}, is ${now.tools[name]}`);
  }
  for (const [name, version] of Object.entries(before.packages)) {
    if (now.packages[name] !== version)
      differences.push(`${name} was ${version}, is ${now.packages[name]}`);
  }
  return differences;
}
