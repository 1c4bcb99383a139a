// `streamduel run`: flags to plan, plan to trials, trials to report.

import { randomInt } from 'node:crypto';
import { join, relative } from 'node:path';
import { isMissed } from '../analysis/thresholds.ts';
import { loadRun } from '../analysis/load-run.ts';
import { BenchError } from '../contract/errors.ts';
import type { Environment, Plan } from '../contract/run-file.ts';
import { armName } from '../contract/transports.ts';
import { buildPlan, type RunFlags } from '../plan/build-plan.ts';
import { repeatCommand } from '../plan/repeat-command.ts';
import { whyAbsent } from '../path/network-namespaces.ts';
import { checkLimits, readMachineLimits } from '../plan/limits.ts';
import { parseCount, usageError } from '../plan/quantities.ts';
import { countTrials } from '../plan/trials.ts';
import { parseThreshold } from '../plan/thresholds.ts';
import { OWN_TOKENS_FILE } from '../plan/workloads.ts';
import { readEnvironment } from '../trial/environment.ts';
import { mendTornLine, writeRunFile } from '../trial/run-folder.ts';
import { canPin, DEFAULT_OUT, listenForInterrupts, measureRun, openRun, type OpenRun } from './measure-run.ts';
import { hasFailed, publish, summariseForTerminal } from './publish.ts';
import { showProgress, silentProgress } from './progress.ts';

export interface RunCommandFlags extends RunFlags {
  readonly failIf?: readonly string[];
  readonly out?: string;
  readonly name?: string;
  readonly continue?: string;
  readonly port?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export interface CommandOutput {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Returns the exit code: 1 when a trial or a gate failed. @throws BenchError INTERRUPTED after Ctrl-C, once what there is was reported. */
export async function runCommand(scenarios: readonly string[], flags: RunCommandFlags, output: CommandOutput): Promise<number> {
  const port = flags.port === undefined ? 0 : parseCount('--port', flags.port, 0, 65_535);
  const run = flags.continue === undefined ? await beginRun(scenarios, flags) : continueRun(flags.continue, scenarios, flags);
  const { plan } = run.header;
  const isSilent = flags.quiet === true;
  const progress = isSilent
    ? silentProgress
    : showProgress({ plan, total: countTrials(plan), alreadyDone: run.records.length, stream: output.stderr });
  using interruption = listenForInterrupts();
  let stopped: unknown;
  try {
    await measureRun(run, { port, verbose: flags.verbose === true, signal: interruption.signal, progress });
  } catch (error) {
    stopped = error;
  } finally {
    progress.close();
  }
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

async function beginRun(scenarios: readonly string[], flags: RunCommandFlags): Promise<OpenRun> {
  const surroundings = { randomSeed: () => randomInt(2 ** 32), canPin: canPin(), whyAbsent };
  const { plan, ownTokens } = await buildPlan(scenarios, flags, surroundings);
  const name = flags.name ?? (plan.scenario === 'stream' ? plan.preset : `${plan.scenario}-${plan.preset}`);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw usageError('--name', name, 'up to 64 letters, digits, dots, dashes or underscores');
  checkLimits(plan, readMachineLimits());
  checkPort(plan, flags.port);
  if (plan.pin && !canPin()) {
    throw new BenchError('LIMIT', '--pin binds server and client to one CPU each, which needs two CPUs and taskset', {
      hint: 'install util-linux, or measure with --no-pin',
    });
  }
  const thresholds = flags.failIf ?? [];
  for (const text of thresholds) parseThreshold(text, plan.arms.map(armName), plan.scenario);
  const run = openRun(plan, { name, command: repeatCommand(plan, flags), out: flags.out ?? DEFAULT_OUT, thresholds });
  if (ownTokens !== undefined) writeRunFile(run.folder, OWN_TOKENS_FILE, `${JSON.stringify(ownTokens)}\n`);
  return run;
}

const planFlags = ['transports', 'connections', 'rate', 'tokens', 'workload', 'payload', 'client', 'blocks', 'duration', 'warmup'] as const;
const stopFlags = ['aa', 'precision', 'maxTime', 'pilot', 'rerun'] as const;
const breakingFlags = ['faults', 'policy', 'heartbeat', 'resume'] as const;
const costFlags = ['slo', 'canary', 'clientProcesses', 'serverProcesses'] as const;
const otherPlanFlags = ['preset', 'seed', 'backpressure', 'pin', 'stamps', 'out', 'name'] as const;

function continueRun(folder: string, scenarios: readonly string[], flags: RunCommandFlags): OpenRun {
  // A flag that begins with no- is true unless it was given.
  const given = [...planFlags, ...stopFlags, ...breakingFlags, ...costFlags, ...otherPlanFlags].find(
    (flag) => flags[flag] !== undefined && !((flag === 'rerun' || flag === 'resume') && flags[flag]),
  );
  if (given !== undefined) throw new BenchError('USAGE', `--${flagName(given)} cannot be changed by --continue: the plan is in ${folder}`);
  if (flags.failIf !== undefined)
    throw new BenchError('USAGE', `--fail-if cannot be changed by --continue: the thresholds are in ${folder}`);
  if (scenarios.length > 0) throw new BenchError('USAGE', `no scenario with --continue: the plan is in ${folder}`);
  const { header, trials } = loadRun(folder);
  checkLimits(header.plan, readMachineLimits());
  checkPort(header.plan, flags.port);
  const differences = environmentDifferences(header.environment, readEnvironment(undefined));
  if (differences.length > 0) {
    throw new BenchError('RUN_FOLDER', `${folder} was begun on another machine or with other software: ${differences.join('; ')}`, {
      hint: 'trials of two set-ups must not be mixed: begin a new run',
    });
  }
  mendTornLine(folder);
  return { folder, header, records: trials };
}

function checkPort({ lanes, scenario }: Plan, port: string | undefined): void {
  if (port === undefined || Number(port) === 0 || lanes === undefined) return;
  throw usageError('--port', port, `0: in ${scenario} several trials run side by side, each with a port of its own`);
}

function flagName(key: string): string {
  if (key === 'maxTime' || key === 'clientProcesses' || key === 'serverProcesses')
    return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return key === 'rerun' || key === 'resume' ? `no-${key}` : key;
}

function environmentDifferences(before: Environment, now: Environment): string[] {
  const differences: string[] = [];
  for (const key of ['node', 'os', 'cpuModel', 'cpus', 'gitCommit'] as const) {
    if (before[key] !== now[key]) differences.push(`${key} was ${before[key]}, is ${now[key]}`);
  }
  for (const [name, version] of Object.entries(before.packages)) {
    if (now.packages[name] !== version) differences.push(`${name} was ${version}, is ${now.packages[name]}`);
  }
  return differences;
}

function explainStop(error: unknown, folder: string): unknown {
  if (!(error instanceof BenchError)) return error;
  const hint = [error.hint, `finished trials are kept; go on with: streamduel run --continue ${folder}`]
    .filter((one) => one !== undefined)
    .join('\n');
  return new BenchError(error.code, error.message, { cause: error, hint });
}
