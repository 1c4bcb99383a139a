// `streamduel run`: flags to plan, plan to trials, trials to report.

import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { hashPlan } from '../analysis/hash-plan.ts';
import { loadRun } from '../analysis/load-run.ts';
import { BenchError } from '../contract/errors.ts';
import { RUN_SCHEMA_VERSION, type Environment, type RunHeader } from '../contract/run-file.ts';
import { buildPlan, repeatCommand, type RunFlags } from '../plan/build-plan.ts';
import { checkLimits, readMachineLimits } from '../plan/limits.ts';
import { parseCount, usageError } from '../plan/quantities.ts';
import { planTrials } from '../plan/trials.ts';
import { locateTokens, OWN_TOKENS_FILE } from '../plan/workloads.ts';
import { readEnvironment, streamduelVersion } from '../trial/environment.ts';
import { appendTrial, createRunFolder, mendTornLine, runFolderName, writeRunFile } from '../trial/run-folder.ts';
import { runTrials } from '../trial/run-trials.ts';
import { hasFailed, publish, summariseForTerminal } from './publish.ts';
import { showProgress, silentProgress } from './progress.ts';
import { recordTrial } from './record-trial.ts';

export interface RunCommandFlags extends RunFlags {
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

const DEFAULT_OUT = 'reports';

interface OpenRun {
  readonly folder: string;
  readonly header: RunHeader;
  /** Numbers of trials that are on disk already. */
  readonly done: ReadonlySet<number>;
}

/** Returns the exit code: 1 when a trial or a gate failed. @throws BenchError INTERRUPTED after Ctrl-C, once what there is was reported. */
export async function runCommand(scenarios: readonly string[], flags: RunCommandFlags, output: CommandOutput): Promise<number> {
  const port = flags.port === undefined ? 0 : parseCount('--port', flags.port, 0, 65_535);
  const run = flags.continue === undefined ? await beginRun(scenarios, flags) : continueRun(flags.continue, scenarios, flags);
  const { plan } = run.header;
  const trials = planTrials(plan);
  const left = trials.filter((planned) => !run.done.has(planned.trial));
  const isSilent = flags.quiet === true;
  const progress = isSilent
    ? silentProgress
    : showProgress({ plan, total: trials.length, alreadyDone: run.done.size, stream: output.stderr });
  using interruption = listenForInterrupts();
  let stopped: unknown;
  try {
    await runTrials({
      plan,
      trials: left,
      tokenFile: locateTokens(plan.workload, run.folder),
      port,
      verbose: flags.verbose === true,
      signal: interruption.signal,
      keepStampsIn: plan.keepStamps ? join(run.folder, 'stamps') : undefined,
      complete: recordTrial,
      save: (record) => appendTrial(run.folder, record),
      onStart: progress.start,
      onLive: progress.live,
      onEnd: progress.end,
    });
  } catch (error) {
    stopped = error;
  } finally {
    progress.close();
  }
  const { analysis } = await publish(run.folder);
  const reportPath = join(relative(process.cwd(), run.folder) || '.', 'report.md');
  output.stdout.write(
    flags.json === true ? `${JSON.stringify(analysis, undefined, 2)}\n` : summariseForTerminal(analysis, reportPath, output.stdout),
  );
  if (stopped !== undefined) throw explainStop(stopped, run.folder);
  return hasFailed(analysis) ? 1 : 0;
}

async function beginRun(scenarios: readonly string[], flags: RunCommandFlags): Promise<OpenRun> {
  const { plan, ownTokens } = await buildPlan(scenarios, flags, { randomSeed: () => randomInt(2 ** 32), canPin: canPin() });
  const name = flags.name ?? plan.preset;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw usageError('--name', name, 'up to 64 letters, digits, dots, dashes or underscores');
  const limits = readMachineLimits();
  checkLimits(plan, limits);
  if (plan.pin && !canPin()) {
    throw new BenchError('LIMIT', '--pin binds server and client to one CPU each, which needs two CPUs and taskset', {
      hint: 'install util-linux, or measure with --no-pin',
    });
  }
  const startedAt = new Date();
  const header: RunHeader = {
    kind: 'run',
    schema: RUN_SCHEMA_VERSION,
    streamduel: streamduelVersion(),
    name,
    startedAt: startedAt.toISOString(),
    command: repeatCommand(plan, flags),
    plan,
    planSha256: hashPlan(plan),
    environment: readEnvironment(limits.openFiles),
  };
  const folder = join(flags.out ?? DEFAULT_OUT, runFolderName(startedAt, name));
  createRunFolder(folder, header);
  if (ownTokens !== undefined) writeRunFile(folder, OWN_TOKENS_FILE, `${JSON.stringify(ownTokens)}\n`);
  if (plan.keepStamps) writeRunFile(folder, 'stamps/README', 'Binary stamps, one file a process and trial; ns since the trial began.\n');
  return { folder, header, done: new Set() };
}

const planFlags = ['transports', 'connections', 'rate', 'tokens', 'workload', 'payload', 'client', 'blocks', 'duration', 'warmup'] as const;
const otherPlanFlags = ['preset', 'seed', 'backpressure', 'pin', 'stamps', 'out', 'name'] as const;

function continueRun(folder: string, scenarios: readonly string[], flags: RunCommandFlags): OpenRun {
  const given = [...planFlags, ...otherPlanFlags].find((flag) => flags[flag] !== undefined);
  if (given !== undefined) throw new BenchError('USAGE', `--${given} cannot be changed by --continue: the plan is in ${folder}`);
  if (scenarios.length > 0) throw new BenchError('USAGE', `no scenario with --continue: the plan is in ${folder}`);
  const { header, trials } = loadRun(folder);
  checkLimits(header.plan, readMachineLimits());
  const differences = environmentDifferences(header.environment, readEnvironment(undefined));
  if (differences.length > 0) {
    throw new BenchError('RUN_FOLDER', `${folder} was begun on another machine or with other software: ${differences.join('; ')}`, {
      hint: 'trials of two set-ups must not be mixed: begin a new run',
    });
  }
  mendTornLine(folder);
  return { folder, header, done: new Set(trials.map((record) => record.trial)) };
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

function canPin(): boolean {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The first Ctrl-C ends the run in good order, the second one at once; children end with this process either way. */
function listenForInterrupts(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new BenchError('INTERRUPTED', 'interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}

function explainStop(error: unknown, folder: string): unknown {
  if (!(error instanceof BenchError)) return error;
  const hint = [error.hint, `finished trials are kept; go on with: streamduel run --continue ${folder}`]
    .filter((one) => one !== undefined)
    .join('\n');
  return new BenchError(error.code, error.message, { cause: error, hint });
}
