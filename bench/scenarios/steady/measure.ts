// Takes the readings of a steady trial: the machine and the kernel's counts over the window, memory
// and sockets at its end, and the counts and stamps of both sides. Knows no statistics.

import type { CanaryReadings } from '../../contract/canary.ts';
import type { KernelCounts } from '../../contract/recovery.ts';
import type { MemoryReading, SocketCounts } from '../../contract/run-file.ts';
import type { StampColumns } from '../../contract/stamps.ts';
import type { ClientTally, RelayTally, ServerTally } from '../../contract/tally.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import type { UpstreamTally } from '../../contract/upstream.ts';
import { startKernelCount } from '../../trial/kernel-counters.ts';
import { mergeClientTallies } from '../../trial/merge-tallies.ts';
import type { MachineReadings } from '../../trial/machine-reader.ts';
import type { Measured } from '../../trial/procedure.ts';
import type { RunningTrial } from '../../trial/running-trial.ts';

export type MeasuredSteady = Measured & SteadyReadings;

export interface SteadyReadings extends WindowReadings {
  readonly server: ServerTally;
  readonly client: ClientTally;
  /** Set only on path `relay`. */
  readonly relay: RelayTally | undefined;
  /** The processes that simulate a model; empty when a timer paces the tokens. */
  readonly upstreams: readonly UpstreamTally[];
  /** Number of processes that shared the streams. */
  readonly clientProcesses: number;
  readonly serverProcesses: number;
  /** The trial's T0 on the monotonic clock. */
  readonly epochNs: bigint;
  readonly serverStamps: StampColumns;
  readonly clientStamps: StampColumns;
  readonly memory: {
    readonly before: MemoryReading | undefined;
    readonly after: MemoryReading | undefined;
    readonly openStreams: number;
  };
  /** Counts from T0 on; set only when all connections open at once. */
  readonly kernel: KernelCounts | undefined;
}

export async function measureSteady(trial: RunningTrial<'tally'>): Promise<SteadyReadings> {
  const { specification, epochNs, servers, clients } = trial;
  const kernel =
    specification.connecting?.kind === 'storm' ? startKernelCount(trial.networkPids) : undefined;
  const { memoryAfter, ...window } = await watchWindow(
    trial,
    trial.canary?.readWindow(epochNs, specification),
  );
  await trial.drained;
  const kernelCounts = kernel?.stop();
  const { clients: tallies, ...finished } = await trial.finish();
  return {
    ...window,
    ...finished,
    client: mergeClientTallies(tallies),
    clientProcesses: clients.workers.length,
    serverProcesses: servers.workers.length,
    epochNs,
    serverStamps: await servers.stamps(),
    clientStamps: await clients.stamps(),
    memory: {
      before: trial.memoryAtStart,
      after: memoryAfter,
      openStreams: window.sockets.openCounts.before.streams,
    },
    kernel: kernelCounts,
  };
}

interface WindowReadings extends MachineReadings {
  readonly sockets: SocketCounts;
  readonly socketsAfterRamp: SocketCounts | undefined;
  readonly canary: CanaryReadings | undefined;
}

/** Memory and TCP_INFO are read after the window, while streams are open. */
async function watchWindow(
  trial: RunningTrial<'tally'>,
  canary: Promise<CanaryReadings> | undefined,
): Promise<WindowReadings & { readonly memoryAfter: MemoryReading | undefined }> {
  const { warmupNs, windowNs, stall } = trial.specification;
  const socketsAfterRamp = await readSocketsAfterRamp(trial);
  const readings = await trial.machines.watch({
    fromNs: warmupNs,
    toNs: warmupNs + windowNs,
    stallAtNs: stall?.atNs,
  });
  const memoryAfter = await trial.machines.readServerMemory();
  // The canary's connections must be closed before the server's sockets are read from the kernel.
  const canaryReadings = await canary;
  const sockets = await readSockets(trial);
  return { ...readings, memoryAfter, sockets, socketsAfterRamp, canary: canaryReadings };
}

/** Time from the end of the ramp until all its streams are open, on one host. */
const OPENING_NS = 50 * NS_PER_MS;

/**
 * Returns undefined when streams begin and end in the window: then its sockets at the end are
 * others.
 */
async function readSocketsAfterRamp(
  trial: RunningTrial<'tally'>,
): Promise<SocketCounts | undefined> {
  const { rampNs, workload } = trial.specification;
  if (workload.tokensPerTick === undefined) return undefined;
  await trial.until(rampNs + OPENING_NS);
  return await readSockets(trial);
}

/**
 * The kernel's counts for the open sockets of the servers, between two counts of the servers
 * themselves. Takes some ms, tens of them with thousands of sockets: never inside a window.
 */
async function readSockets({
  ports,
  machines,
  countOpen,
}: RunningTrial<'tally'>): Promise<SocketCounts> {
  const before = await countOpen();
  const tcp = await machines.readTcpInfo(ports);
  const after = await countOpen();
  return { ...(tcp !== undefined && { tcp }), openCounts: { before, after } };
}
