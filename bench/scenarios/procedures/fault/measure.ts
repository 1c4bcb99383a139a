// Measures one fault trial: the same processes as any trial, an injected fault, and the counts of all processes while the
// streams recover. Knows no statistics.

import { availableParallelism } from 'node:os';
import { startClockEcho, timeNamespace, type ClockBound } from '../../../contract/clock-proof.ts';
import { faultOf, faultPath, type Fault } from '../../../contract/faults.ts';
import type { FromClient, FromServer, TrialSpecification } from '../../../contract/messages.ts';
import type { KernelCounts, PeerCount, RecoveryClientTally } from '../../../contract/recovery.ts';
import { readStamps, type StampColumns } from '../../../contract/stamps.ts';
import type { RelayTally, ServerTally } from '../../../contract/tally.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { openPath } from '../../../path/open-path.ts';
import type { Path } from '../../../path/path.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { HostWatch, runningTracers, settleConnections, type HostReadings } from '../../../trial/host-watch.ts';
import { startKernelCount } from '../../../trial/kernel-counters.ts';
import type { MeasureOptions } from '../../../trial/procedure.ts';
import { stampFiles } from '../../../trial/stamp-files.ts';
import { checkClock, sleepUntil, START_LEAD_NS } from '../../../trial/trial-moments.ts';
import { makeWorkingDirectory, START_TIMEOUT_MS, startBetween, startClient, startServer } from '../../../trial/trial-processes.ts';
import type { Worker } from '../../../trial/worker.ts';
import { injectFault, type Injected } from './inject-fault.ts';
import { countPeers, watchPeers } from './peers.ts';
import { specifyFaultTrial } from './specification.ts';

export interface MeasuredFaultTrial {
  readonly specification: TrialSpecification;
  readonly fault: Fault;
  readonly injected: Injected;
  readonly client: RecoveryClientTally;
  readonly clientStamps: StampColumns;
  /** Tally of the server that was running at the end. */
  readonly server: ServerTally;
  readonly relay: RelayTally | undefined;
  readonly peers: { readonly before: PeerCount | undefined; readonly dead: PeerCount | undefined; readonly end: PeerCount | undefined };
  readonly kernel: KernelCounts;
  readonly clock: { readonly before: ClockBound; readonly after: ClockBound; readonly sameTimeNamespace: boolean };
  readonly host: HostReadings;
  readonly tracers: readonly string[];
  readonly serverPort: number;
  readonly wallNs: number;
  readonly overheadNs: number;
  readonly startedAt: string;
}

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureFaultTrial(planned: PlannedTrial, options: MeasureOptions): Promise<MeasuredFaultTrial> {
  const { signal, plan } = options;
  await settleConnections(signal);
  using startTurn = await options.takeStartTurn?.();
  signal.throwIfAborted();
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  const { fault: name } = planned.loadPoint;
  if (name === undefined || plan.recovery === undefined) throw new TypeError('a fault trial needs a fault');
  const fault = options.fault ?? faultOf(name, plan.recovery.longOutageNs);
  await using path = await openPath(faultPath(name), {
    startWorker: (program) => startBetween(planned, program, options),
    delayNs: 0,
    ...(fault.action.by === 'relay' && { fault: { action: fault.action.relay, atNs: plan.warmupNs + plan.windowNs } }),
  });
  const specification = specifyFaultTrial(planned, fault, { ...options, host: path.serverHost });
  using stamps = stampFiles(options.keepStampsIn, planned.trial);
  using place = makeWorkingDirectory(planned);
  await using server = startServer(planned, { ...options, within: path.withinServer, workingDirectory: place.path });
  await using client = startClient(planned, { ...options, within: path.withinClient, workingDirectory: place.path });
  const replaces = fault.action.by === 'process' && fault.action.signal !== 'SIGSTOP' ? fault.action : undefined;
  await using standby = replaces && startServer(planned, { ...options, workingDirectory: place.path, name: 'standby' });

  server.send({ kind: 'serve', specification, stampsFile: stamps.server });
  const listening = await server.expect('listening', START_TIMEOUT_MS, signal);
  standby?.send({
    kind: 'serve',
    specification,
    stampsFile: stamps.server,
    standby: { keepsState: replaces?.keepsState === true },
  });
  await standby?.expect('prepared', START_TIMEOUT_MS, signal);
  const port = await path.connect(listening.port, signal);
  // Fault times are on this process's clock; a server may have ended by then, and its clock echo with it.
  using clock = path.isOnHostNetwork ? await startClockEcho(path.clientHost) : undefined;
  client.send({
    kind: 'load',
    specification,
    stampsFile: stamps.client,
    host: path.clientHost,
    port,
    clockPort: clock?.port ?? listening.clockPort,
  });
  client.onMessage = (message) => {
    if (message.kind === 'progress') options.onProgress(message);
  };
  const ready = await client.expect('ready', START_TIMEOUT_MS, signal);
  checkClock(ready.clock);
  startTurn?.[Symbol.dispose]();

  const epochNs = process.hrtime.bigint() + BigInt(START_LEAD_NS);
  const start = { kind: 'start', epochNs: String(epochNs) };
  for (const child of [server, client]) child.send(start);
  path.start(epochNs);
  const tallied = expectTally(client, specification, signal);
  const during = await breakAndWatch({
    epochNs,
    specification,
    fault,
    server,
    client,
    standby,
    port: listening.port,
    path,
    tallied,
    signal,
  });
  const { tally: clientTally, clock: after } = await tallied;
  const drainedNs = process.hrtime.bigint();
  const kernel = during.kernel.stop();
  const last = standby ?? server;
  const end = await countPeers(last, signal);
  last.send({ kind: 'stop' });
  const { tally: serverTally } = await last.expect('tally', START_TIMEOUT_MS, signal);
  const relay = await path.tally(signal);
  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification,
    fault,
    injected: { ...during.injected, ...relayMoments(relay) },
    client: clientTally,
    clientStamps: readStamps(stamps.client),
    server: serverTally,
    relay,
    peers: { ...during.peers, end },
    kernel,
    clock: { before: ready.clock, after, sameTimeNamespace: ready.timeNamespace === timeNamespace() },
    host: during.host,
    tracers: runningTracers(),
    serverPort: listening.port,
    wallNs,
    overheadNs: wallNs - Number(drainedNs - epochNs) - ready.rehearsalNs,
    startedAt,
  };
}

function expectTally(
  client: Worker<FromClient>,
  { warmupNs, windowNs, tailNs, drainNs, recovery }: TrialSpecification,
  signal: AbortSignal,
): Promise<Extract<FromClient, { kind: 'recovery-tally' }>> {
  const endNs = warmupNs + windowNs + tailNs + drainNs + (recovery?.quietNs ?? 0);
  const tallied = client.expect('recovery-tally', endNs / NS_PER_MS + START_TIMEOUT_MS, signal);
  // Awaited at the end; an early failure must not be an unhandled rejection until then.
  tallied.catch(() => undefined);
  return tallied;
}

interface Breaking {
  readonly epochNs: bigint;
  readonly specification: TrialSpecification;
  readonly fault: Fault;
  readonly server: Worker<FromServer>;
  readonly client: Worker<FromClient>;
  readonly standby: Worker<FromServer> | undefined;
  readonly port: number;
  readonly path: Path;
  readonly tallied: Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Runs the window of the trial: host readings, the fault and its end, and the server's peers before and after. */
async function breakAndWatch(breaking: Breaking): Promise<{
  injected: Injected;
  host: HostReadings;
  kernel: ReturnType<typeof startKernelCount>;
  peers: { before: PeerCount | undefined; dead: PeerCount | undefined };
}> {
  const { epochNs, specification, tallied, signal } = breaking;
  const { warmupNs, windowNs } = specification;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  tallied.catch(reject);
  failed.catch(() => undefined);
  await Promise.race([sleepUntil(epochNs, warmupNs, signal), failed]);
  const watch = new HostWatch(availableParallelism());
  try {
    const kernel = startKernelCount(breaking.path.isOnHostNetwork ? [] : [breaking.server.pid, breaking.client.pid]);
    const watched = watchPeers(breaking);
    const [injected, peers] = await Promise.race([Promise.all([injectFault(breaking), watched]), failed]);
    await Promise.race([sleepUntil(epochNs, warmupNs + windowNs, signal), failed]);
    return { injected, host: watch.stop(), kernel, peers };
  } finally {
    // Stops the timer even if the trial failed meanwhile.
    watch.pause();
  }
}

/** Times and hit connections of the fault as the relay reports them. */
function relayMoments(relay: RelayTally | undefined): Partial<Injected> {
  const fault = relay?.fault;
  if (fault?.faultNs === undefined) return {};
  return { faultNs: fault.faultNs, ...(fault.healNs !== undefined && { healNs: fault.healNs }), hit: fault.hit };
}
