// Measures a plan into a run folder: the common part of `run` and `selftest`.

import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { hashPlan } from '../analysis/hash-plan.ts';
import { carriedLanes } from '../analysis/late-trials.ts';
import { hasReachedPrecision } from '../analysis/stopping.ts';
import { proxiesOf } from '../contract/arms/paths.ts';
import { findChromium } from '../contract/chromium.ts';
import { BenchError } from '../contract/errors.ts';
import type { LeftOut } from '../contract/left-out.ts';
import {
  RUN_SCHEMA_VERSION,
  type Plan,
  type RunHeader,
  type TrialRecord,
} from '../contract/run-file.ts';
import { findProgram, programTitle } from '../lab/find-program.ts';
import { hasBrowser } from '../plan/browser.ts';
import { readMachineLimits } from '../plan/limits.ts';
import { nextTrials } from '../plan/next-trials.ts';
import { locateTokens } from '../plan/workloads.ts';
import type { RunTrial } from '../trial/procedure.ts';
import { procedureOf } from '../scenarios/procedures.ts';
import { readings } from '../scenarios/readings.ts';
import { readEnvironment, streamduelVersion } from '../trial/environment.ts';
import { appendTrial, createRunFolder, runFolderName, writeRunFile } from '../trial/run-folder.ts';
import { measureRecord } from '../trial/measure-record.ts';
import { runTrials } from '../trial/run-trials.ts';
import type { TrialSite } from '../trial/site.ts';
import { StartTurns } from '../trial/start-turn.ts';
import type { Progress } from './progress.ts';

export const DEFAULT_OUT = 'reports';

export interface OpenRun {
  readonly folder: string;
  readonly header: RunHeader;
  /** Records already on disk. */
  readonly records: readonly TrialRecord[];
}

interface CreateRunOptions {
  readonly name: string;
  readonly startedAt: Date;
  /** The command line that repeats it. */
  readonly command: string;
  /** Texts of --fail-if. */
  readonly thresholds?: readonly string[];
  /** Transports that the run could not measure, and why. */
  readonly leftOut?: LeftOut;
}

interface OpenRunOptions extends Omit<CreateRunOptions, 'startedAt'> {
  /** Folder in which run folders are created. */
  readonly out: string;
}

/** Creates a run in a new folder, named by its start time. */
export function openRun(plan: Plan, { out, ...options }: OpenRunOptions): OpenRun {
  const startedAt = new Date();
  return createRun(plan, join(out, runFolderName(startedAt, options.name)), {
    ...options,
    startedAt,
  });
}

/**
 * Creates a run in exactly this folder. @throws BenchError FILE, also when it already holds a run.
 */
export function createRun(
  plan: Plan,
  folder: string,
  { name, startedAt, command, thresholds = [], leftOut = [] }: CreateRunOptions,
): OpenRun {
  const header: RunHeader = {
    kind: 'run',
    schema: RUN_SCHEMA_VERSION,
    streamduel: streamduelVersion(),
    name,
    startedAt: startedAt.toISOString(),
    command,
    plan,
    planSha256: hashPlan(plan),
    environment: readEnvironment(readMachineLimits().openFiles, {
      browser: browserOf(plan),
      proxies: proxiesFound(plan),
    }),
    ...(thresholds.length > 0 && { thresholds: [...thresholds] }),
    ...(leftOut.length > 0 && { leftOut }),
  };
  createRunFolder(folder, header);
  if (plan.keepStamps)
    writeRunFile(
      folder,
      'stamps/README',
      'Binary stamps, one file a process and trial; ns since the trial began.\n',
    );
  return { folder, header, records: [] };
}

/**
 * Path of the browser that receives; undefined for a plan without one. @throws BenchError
 * MISSING_PROGRAM
 */
export function browserOf(plan: Plan): string | undefined {
  return hasBrowser(plan) ? findChromium(plan.browser) : undefined;
}

/**
 * The real proxies of a plan by name, with their versions. @throws BenchError MISSING_PROGRAM with
 * the command that brings the first one that is missing
 */
export function proxiesFound({ arms }: Pick<Plan, 'arms'>): Readonly<Record<string, string>> {
  const names = proxiesOf(arms.map(({ path }) => path)).keys();
  return Object.fromEntries(
    Array.from(names, (name) => [name, programTitle(name, findProgram(name))]),
  );
}

interface MeasureRunOptions {
  /** 0 lets the kernel choose. */
  readonly port: number;
  readonly verbose: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Its processes run there; on this machine when absent. */
  readonly site?: TrialSite | undefined;
  /** Measures one trial; replaced in tests. */
  readonly measure?: RunTrial | undefined;
}

/**
 * Saves every trial as it ends. @throws BenchError INTERRUPTED, or an error that would make every
 * later trial fail.
 */
export async function measureRun(
  run: OpenRun,
  { port, verbose, signal, progress, site, measure: replaced }: MeasureRunOptions,
): Promise<void> {
  const { plan } = run.header;
  const records = [...run.records];
  const tokenFile = locateTokens(plan.workload, run.folder);
  const keepStampsIn = plan.keepStamps ? join(run.folder, 'stamps') : undefined;
  const { take: takeStartTurn } = new StartTurns();
  const measure = replaced ?? (await procedureOf(plan)).run;
  await runTrials({
    plan,
    lanes: () => carriedLanes(plan, records),
    next: () =>
      nextTrials({
        plan,
        records,
        mayStop: () =>
          hasReachedPrecision({ ...run, trials: records, warnings: [] }, readings[plan.scenario]),
      }),
    measure: async (planned, trialSignal) =>
      await measureRecord(
        planned,
        {
          plan,
          tokenFile,
          port,
          verbose,
          signal: trialSignal,
          keepStampsIn,
          takeStartTurn,
          site,
          onProgress: progress.live,
        },
        measure,
      ),
    signal,
    save: (record) => {
      appendTrial(run.folder, record);
      records.push(record);
    },
    onStart: progress.start,
    onEnd: progress.end,
  });
}

/** Whether there are two CPUs, and the program that binds processes to them. */
export function canPin(): boolean {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * The first Ctrl-C ends the run in good order, the second one at once; children end with this
 * process either way.
 */
export function listenForInterrupts(): { signal: AbortSignal } & Disposable {
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
