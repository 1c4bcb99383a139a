// Measures one trial: fresh server and client processes, clock proof, warm-up, window, drain; brings back what both
// counted and stamped, and what the machine did meanwhile. Knows no statistics.

import { availableParallelism } from 'node:os';
import type { ClockBound } from '../contract/clock-proof.ts';
import type { Fault } from '../contract/faults.ts';
import type { TrialSpecification } from '../contract/messages.ts';
import type { MemoryReading, Plan, TcpInfo } from '../contract/run-file.ts';
import type { StampColumns } from '../contract/stamps.ts';
import type { ClientTally, OpenCount, RelayTally, ServerTally } from '../contract/tally.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { conditionsOf } from './conditions.ts';
import { HostWatch, runningTracers, settleConnections, type HostReadings } from './host-watch.ts';
import { openTrial, type RunningTrial } from './running-trial.ts';
import { specifyTrial } from './specification.ts';
import { readTcpInfo } from './tcp-info.ts';
import { sleepUntil } from './trial-moments.ts';
import { HOST, type ProcessOptions } from './trial-processes.ts';

/** Enough for V8 to have compiled what a token passes through, on both sides. */
const REHEARSAL_TOKENS = 20_000;
/** The ramp is this share of the warm-up. */
const RAMP_SHARE = 0.5;

export interface MeasuredTrial {
  readonly specification: TrialSpecification;
  readonly server: ServerTally;
  readonly client: ClientTally;
  /** On path `relay`. */
  readonly relay: RelayTally | undefined;
  readonly serverPort: number;
  /** The trial's T0 on the monotonic clock. */
  readonly epochNs: bigint;
  readonly serverStamps: StampColumns;
  readonly clientStamps: StampColumns;
  readonly clock: { readonly before: ClockBound; readonly after: ClockBound; readonly sameTimeNamespace: boolean };
  readonly host: HostReadings;
  readonly tracers: readonly string[];
  readonly memory: { readonly before: MemoryReading | undefined; readonly after: MemoryReading | undefined; readonly openStreams: number };
  readonly tcp: TcpInfo | undefined;
  readonly openCounts: { readonly before: OpenCount; readonly after: OpenCount };
  readonly wallNs: number;
  /** What was not rehearsal, warm-up, window, tail or drain. */
  readonly overheadNs: number;
  readonly startedAt: string;
}

/** For the progress display. */
export interface LiveRate {
  readonly tokensReceived: number;
  readonly openStreams: number;
}

export interface MeasureOptions extends ProcessOptions {
  readonly plan: Plan;
  /** Where the plan's tokens are on this machine. */
  readonly tokenFile: string;
  readonly port: number;
  readonly signal: AbortSignal;
  /** Stamp files are written here as NAME-server.stamps and NAME-client.stamps and left there; undefined deletes them. */
  readonly keepStampsIn: string | undefined;
  readonly onProgress: (live: LiveRate) => void;
  /** In the place of the load point's fault: for tests that break something at a place of their own. */
  readonly fault?: Fault;
}

function specify(planned: PlannedTrial, options: MeasureOptions): TrialSpecification {
  const { plan } = options;
  const common = specifyTrial(planned, { ...options, host: HOST });
  return {
    ...common,
    ...conditionsOf(planned, plan, common.workload),
    rehearsalTokens: REHEARSAL_TOKENS,
    rampNs: plan.warmupNs * RAMP_SHARE,
    windowNs: plan.windowNs,
    ...(planned.arm.injection !== undefined && { injection: planned.arm.injection }),
  };
}

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureTrial(planned: PlannedTrial, options: MeasureOptions): Promise<MeasuredTrial> {
  const { signal } = options;
  await settleConnections(signal);
  signal.throwIfAborted();
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  const specification = specify(planned, options);
  await using trial = await openTrial(planned, specification, options);
  const during = await watchWindow(trial, specification, signal);
  const { drainedNs, ...finished } = await trial.finish();
  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification,
    ...finished,
    serverPort: trial.ports[0] as number,
    epochNs: trial.epochNs,
    clock: trial.clock(),
    ...during,
    memory: { before: trial.memoryAtStart, after: during.memoryAfter, openStreams: during.openCounts.before.streams },
    tracers: runningTracers(),
    wallNs,
    overheadNs: wallNs - drainedNs - trial.rehearsalNs,
    startedAt,
  };
}

interface WindowReadings {
  readonly host: HostReadings;
  readonly memoryAfter: MemoryReading | undefined;
  readonly openCounts: { readonly before: OpenCount; readonly after: OpenCount };
  readonly tcp: TcpInfo | undefined;
}

/** Idle during the window but for one reading of /proc a second; memory and TCP_INFO are read after it, while streams are open. */
async function watchWindow(trial: RunningTrial, { warmupNs, windowNs }: TrialSpecification, signal: AbortSignal): Promise<WindowReadings> {
  const { epochNs, drained } = trial;
  await Promise.race([sleepUntil(epochNs, warmupNs, signal), drained]);
  const watch = new HostWatch(availableParallelism());
  try {
    await Promise.race([sleepUntil(epochNs, warmupNs + windowNs, signal), drained]);
  } finally {
    // Also stops its timer when the trial failed meanwhile.
    watch.pause();
  }
  const host = watch.stop();
  const memoryAfter = trial.readServerMemory();
  const before = await trial.countOpen();
  const tcp = await readTcpInfo(trial.ports);
  const after = await trial.countOpen();
  return { host, memoryAfter, openCounts: { before, after }, tcp };
}
