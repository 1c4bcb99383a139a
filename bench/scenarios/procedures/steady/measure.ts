// Measures one trial: fresh server and client processes, clock proof, warm-up, window, drain; returns the counts and
// stamps of both, and the readings of the machine. Knows no statistics.

import type { CanaryReadings } from '../../../contract/canary.ts';
import type { ClockBound } from '../../../contract/clock-proof.ts';
import type { Fault } from '../../../contract/faults.ts';
import type { TrialSpecification } from '../../../contract/messages.ts';
import type { KernelCounts } from '../../../contract/recovery.ts';
import type { MemoryReading, Plan, SocketCounts, WindowCalls } from '../../../contract/run-file.ts';
import type { StampColumns } from '../../../contract/stamps.ts';
import type { ClientTally, RelayTally, ServerTally } from '../../../contract/tally.ts';
import { isBrowser } from '../../../contract/transports.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import type { UpstreamTally } from '../../../contract/upstream.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { startCanary } from '../../../trial/canary.ts';
import { conditionsOf } from './conditions.ts';
import { runningTracers, settleConnections, watchHost, type HostReadings } from '../../../trial/host-watch.ts';
import { ResidentWatch, type ResidentMemory } from '../../../trial/resident-watch.ts';
import { startKernelCount } from '../../../trial/kernel-counters.ts';
import type { LiveRate } from '../../../trial/live-rate.ts';
import { openTrial, type RunningTrial } from '../../../trial/open-trial.ts';
import { RAMP_SHARE, specifyTrial, type SpecificationOptions } from '../../../trial/specification.ts';
import { readSockets } from '../../../trial/socket-counts.ts';
import { countCalls } from '../../../trial/system-calls.ts';
import { sleepUntil } from '../../../trial/trial-moments.ts';
import type { ProcessOptions } from '../../../trial/trial-processes.ts';

/** Enough for V8 to compile the code path of a token on both sides. */
const REHEARSAL_TOKENS = 10_000;
/** Fewer: a page has room for six streams at a time, and reports ended streams only every tenth of a second. */
const REHEARSAL_TOKENS_IN_BROWSER = 2400;

export interface MeasuredTrial {
  readonly specification: TrialSpecification;
  readonly server: ServerTally;
  readonly client: ClientTally;
  /** Set only on path `relay`. */
  readonly relay: RelayTally | undefined;
  /** The processes that simulate a model; empty when a timer paces the tokens. */
  readonly upstreams: readonly UpstreamTally[];
  /** Number of processes that shared the streams. */
  readonly clientProcesses: number;
  readonly serverProcesses: number;
  readonly serverPort: number;
  /** The trial's T0 on the monotonic clock. */
  readonly epochNs: bigint;
  readonly serverStamps: StampColumns;
  readonly clientStamps: StampColumns;
  readonly clock: { readonly before: ClockBound; readonly after: ClockBound; readonly sameTimeNamespace: boolean };
  readonly host: HostReadings;
  readonly tracers: readonly string[];
  /** Whether the path passes on the bytes as the server wrote them. */
  readonly keepsBytes: boolean;
  readonly memory: { readonly before: MemoryReading | undefined; readonly after: MemoryReading | undefined; readonly openStreams: number };
  readonly sockets: SocketCounts;
  readonly socketsAfterRamp: SocketCounts | undefined;
  readonly calls: WindowCalls | undefined;
  /** Memory of the servers; set only in a trial in which receivers stop reading. */
  readonly resident: ResidentMemory | undefined;
  readonly canary: CanaryReadings | undefined;
  /** Counts from T0 on; set only when all connections open at once. */
  readonly kernel: KernelCounts | undefined;
  readonly wallNs: number;
  /** Time that was not rehearsal, warm-up, window, tail or drain. */
  readonly overheadNs: number;
  readonly startedAt: string;
}

export interface MeasureOptions extends ProcessOptions {
  readonly plan: Plan;
  /** Path of the plan's tokens on this machine. */
  readonly tokenFile: string;
  readonly port: number;
  readonly signal: AbortSignal;
  /** Stamp files are written here as NAME-server.stamps and NAME-client.stamps and left there; undefined deletes them. */
  readonly keepStampsIn: string | undefined;
  readonly onProgress: (live: LiveRate) => void;
  /** Waits for the other trials that are starting; undefined when one trial runs at a time. */
  readonly takeStartTurn?: () => Promise<Disposable>;
  /** Replaces the load point's fault, for tests with a fault of their own. */
  readonly fault?: Fault;
}

function specify(planned: PlannedTrial, options: SpecificationOptions): TrialSpecification {
  const { plan } = options;
  const common = specifyTrial(planned, options);
  return {
    ...common,
    rehearsalTokens: isBrowser(planned.arm.client) ? REHEARSAL_TOKENS_IN_BROWSER : REHEARSAL_TOKENS,
    ...conditionsOf(planned, plan, common.workload),
    ...rampOf(planned, plan),
    windowNs: plan.windowNs,
    ...(planned.arm.injection !== undefined && { injection: planned.arm.injection }),
  };
}

/** With a low phase, both groups of streams have the same ramp, each in its own part of the warm-up. */
function rampOf({ loadPoint }: PlannedTrial, { warmupNs, lowPhase }: Plan): Pick<TrialSpecification, 'rampNs' | 'lowPhase'> {
  if (lowPhase === undefined) return { rampNs: warmupNs * RAMP_SHARE };
  const { share, untilNs } = lowPhase;
  return {
    rampNs: Math.min(untilNs, warmupNs - untilNs) * RAMP_SHARE,
    lowPhase: { connections: Math.round(share * loadPoint.connections), untilNs },
  };
}

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureTrial(planned: PlannedTrial, options: MeasureOptions): Promise<MeasuredTrial> {
  const { signal } = options;
  // Towards a server port that the kernel chooses all local ports are free, however many are in TIME_WAIT towards other ports.
  if (options.port !== 0) await settleConnections(signal);
  signal.throwIfAborted();
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  await using canary = startCanary(planned, options);
  await using trial = await openTrial(planned, (host) => specify(planned, { ...options, host }), {
    ...options,
    beforeStart: async (ports) => await canary?.readIdle(ports),
  });
  const { specification } = trial;
  const kernel = specification.connecting?.kind === 'storm' ? startKernelCount() : undefined;
  const during = await watchWindow(trial, specification, { signal, canary: canary?.readWindow(trial.epochNs, specification) });
  const { drainedNs, ...finished } = await trial.finish();
  const kernelCounts = kernel?.stop();
  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification,
    ...finished,
    serverPort: trial.ports[0] as number,
    serverProcesses: trial.ports.length,
    epochNs: trial.epochNs,
    clock: trial.clock(),
    ...during,
    kernel: kernelCounts,
    memory: { before: trial.memoryAtStart, after: during.memoryAfter, openStreams: during.sockets.openCounts.before.streams },
    tracers: runningTracers(),
    keepsBytes: trial.path.keepsBytes,
    wallNs,
    overheadNs: wallNs - drainedNs - trial.rehearsalNs,
    startedAt,
  };
}

interface WindowReadings {
  readonly host: HostReadings;
  readonly memoryAfter: MemoryReading | undefined;
  readonly sockets: SocketCounts;
  readonly socketsAfterRamp: SocketCounts | undefined;
  readonly calls: WindowCalls | undefined;
  readonly resident: ResidentMemory | undefined;
  readonly canary: CanaryReadings | undefined;
}

/**
 * Idle during the window except for one reading of /proc a second, or five when receivers stop reading; memory and TCP_INFO are
 * read after it, while streams are open.
 */
async function watchWindow(
  trial: RunningTrial,
  specification: TrialSpecification,
  { signal, canary }: { readonly signal: AbortSignal; readonly canary: Promise<CanaryReadings> | undefined },
): Promise<WindowReadings> {
  const { warmupNs, windowNs } = specification;
  const { epochNs, drained } = trial;
  const socketsAfterRamp = await readSocketsAfterRamp(trial, specification, signal);
  await Promise.race([sleepUntil(epochNs, warmupNs, signal), drained]);
  const stopCounting = countCalls({ servers: trial.servers.pids, clients: trial.clients.pids });
  using residentWatch = watchResident(trial, specification);
  const { done: calls, host } = await watchHost(async () => {
    await Promise.race([sleepUntil(epochNs, warmupNs + windowNs, signal), drained]);
    return stopCounting();
  }, trial.path.pids);
  const resident = residentWatch?.read();
  const memoryAfter = trial.readServerMemory();
  // The canary's connections must be closed before the server's sockets are read from the kernel.
  const canaryReadings = await canary;
  const sockets = await readSockets(trial);
  return { host, memoryAfter, sockets, socketsAfterRamp, calls, resident, canary: canaryReadings };
}

/** Time from the end of the ramp until all its streams are open, on one host. */
const OPENING_NS = 50 * NS_PER_MS;

/** Returns undefined when streams begin and end in the window: then its sockets at the end are others. */
async function readSocketsAfterRamp(
  trial: RunningTrial,
  { rampNs, workload }: TrialSpecification,
  signal: AbortSignal,
): Promise<SocketCounts | undefined> {
  if (workload.tokensPerTick === undefined) return undefined;
  await Promise.race([sleepUntil(trial.epochNs, rampNs + OPENING_NS, signal), trial.drained]);
  return await readSockets(trial);
}

/** Returns undefined when no receiver stops reading. */
function watchResident({ servers, epochNs }: RunningTrial, { stall }: TrialSpecification): ResidentWatch | undefined {
  return stall && new ResidentWatch(servers.pids, () => Number(process.hrtime.bigint() - epochNs) < stall.atNs);
}
