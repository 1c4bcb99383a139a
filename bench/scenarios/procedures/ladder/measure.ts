// Measures one ladder of connections: memory from outside and inside on every rung, up and down. Knows no statistics.

import { BenchError } from '../../../contract/errors.ts';
import { ladderSteps, ladderTimetable, type LadderPlan } from '../../../contract/ladder.ts';
import type { TrialSpecification } from '../../../contract/messages.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { runningTracers, settleConnections, watchHost, type HostReadings } from '../../../trial/host-watch.ts';
import { readRung, type ReadRung } from './readings.ts';
import type { MeasuredTrial, MeasureOptions } from '../steady/measure.ts';
import { openTrial, type RunningTrial } from '../../../trial/open-trial.ts';
import { specifyTrial, type SpecificationOptions } from '../../../trial/specification.ts';

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
  | 'keepsBytes'
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
  const { ladder } = plan;
  await using trial = await openTrial(planned, (host) => specifyLadder(planned, ladder, { ...options, host }), options);
  const { rungs, host } = await climb(trial, ladder, signal);
  const { server, client, drainedNs } = await trial.finish();
  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification: trial.specification,
    server,
    client,
    serverPort: trial.ports[0] as number,
    clock: trial.clock(),
    rungs,
    host,
    tracers: runningTracers(),
    keepsBytes: trial.path.keepsBytes,
    wallNs,
    overheadNs: wallNs - drainedNs - trial.rehearsalNs,
    startedAt,
  };
}

/** The window is the ladder from the opening of its first rung; before it, rung 0 is read. */
function specifyLadder(planned: PlannedTrial, ladder: LadderPlan, options: SpecificationOptions): TrialSpecification {
  const steps = ladderSteps(ladder);
  const warmupNs = steps[0]?.quietToNs ?? 0;
  return {
    ...specifyTrial(planned, options),
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
  const { done: rungs, host } = await watchHost(async () => {
    const read: ReadRung[] = [];
    for (const step of ladderSteps(ladder)) read.push(await readRung({ trial, signal }, step));
    return read;
  }, trial.path.pids);
  return { rungs, host };
}
