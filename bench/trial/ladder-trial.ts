// Measures one ladder of connections: memory from outside and inside on every rung, up and down. Knows no statistics.

import { availableParallelism } from 'node:os';
import { BenchError } from '../contract/errors.ts';
import { ladderSteps, ladderTimetable, type LadderPlan } from '../contract/ladder.ts';
import type { TrialSpecification } from '../contract/messages.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { HostWatch, runningTracers, settleConnections, type HostReadings } from './host-watch.ts';
import { readRung, type ReadRung } from './ladder-readings.ts';
import type { MeasuredTrial, MeasureOptions } from './measure-trial.ts';
import { openTrial, type RunningTrial } from './running-trial.ts';
import { specifyTrial } from './specification.ts';
import { HOST } from './trial-processes.ts';

/** As in steady trials: enough for V8 to compile the code path of a token. Memory that it leaves behind is in rung 0. */
const REHEARSAL_TOKENS = 20_000;

type OfAnyTrial =
  | 'specification'
  | 'server'
  | 'client'
  | 'serverPort'
  | 'clock'
  | 'host'
  | 'tracers'
  | 'wallNs'
  | 'overheadNs'
  | 'startedAt';

export interface MeasuredLadder extends Pick<MeasuredTrial, OfAnyTrial> {
  /** Rungs in the order of reading, rung 0 first. */
  readonly rungs: readonly ReadRung[];
}

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureLadder(planned: PlannedTrial, options: MeasureOptions): Promise<MeasuredLadder> {
  const { signal, plan } = options;
  if (plan.ladder === undefined) throw new BenchError('USAGE', 'a ladder trial needs a plan with a ladder');
  await settleConnections(signal);
  signal.throwIfAborted();
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  const specification = specifyLadder(planned, plan.ladder, options);
  await using trial = await openTrial(planned, specification, options);
  const { rungs, host } = await climb(trial, plan.ladder, signal);
  const { server, client, drainedNs } = await trial.finish();
  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification,
    server,
    client,
    serverPort: trial.ports[0] as number,
    clock: trial.clock(),
    rungs,
    host,
    tracers: runningTracers(),
    wallNs,
    overheadNs: wallNs - drainedNs - trial.rehearsalNs,
    startedAt,
  };
}

/** The window is the ladder from the opening of its first rung; before it, rung 0 is read. */
function specifyLadder(planned: PlannedTrial, ladder: LadderPlan, options: MeasureOptions): TrialSpecification {
  const steps = ladderSteps(ladder);
  const warmupNs = steps[0]?.quietToNs ?? 0;
  return {
    ...specifyTrial(planned, { ...options, host: HOST }),
    rehearsalTokens: REHEARSAL_TOKENS,
    rampNs: 0,
    warmupNs,
    windowNs: (steps.at(-1)?.quietToNs ?? 0) - warmupNs,
    timetable: ladderTimetable(ladder),
    ...(planned.arm.injection !== undefined && { injection: planned.arm.injection }),
  };
}

async function climb(
  trial: RunningTrial,
  ladder: LadderPlan,
  signal: AbortSignal,
): Promise<{ readonly rungs: readonly ReadRung[]; readonly host: HostReadings }> {
  const watch = new HostWatch(availableParallelism());
  const rungs: ReadRung[] = [];
  try {
    for (const step of ladderSteps(ladder)) rungs.push(await readRung({ trial, signal }, step));
  } finally {
    // Stops the timer even if the trial failed meanwhile.
    watch.pause();
  }
  return { rungs, host: watch.stop() };
}
