// Measures one trial: fresh server and client processes, clock proof, warm-up, window, drain; brings back what both
// counted and stamped, and what the machine did meanwhile. Knows no statistics.

import { availableParallelism } from 'node:os';
import type { ClockBound } from '../contract/clock-proof.ts';
import type { Fault } from '../contract/faults.ts';
import type { FromServer, TrialSpecification } from '../contract/messages.ts';
import type { MemoryReading, Plan, TcpInfo } from '../contract/run-file.ts';
import { readStamps, type StampColumns } from '../contract/stamps.ts';
import type { ClientTally, OpenCount, RelayTally, ServerTally } from '../contract/tally.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { Child } from './child-process.ts';
import { HostWatch, runningTracers, settleConnections, type HostReadings } from './host-watch.ts';
import { readMemory } from './process-memory.ts';
import { specifyTrial } from './specification.ts';
import { stampFiles } from './stamp-files.ts';
import { readTcpInfo } from './tcp-info.ts';
import { checkClock, sleepUntil, START_LEAD_NS } from './trial-moments.ts';
import {
  HOST,
  makeWorkingDirectory,
  openRelay,
  START_TIMEOUT_MS,
  startChildren,
  startRelay,
  type ProcessOptions,
} from './trial-processes.ts';

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
  return {
    ...specifyTrial(planned, { ...options, host: HOST }),
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
  using stamps = stampFiles(options.keepStampsIn, planned.trial);
  using place = makeWorkingDirectory(planned);
  const { server, client } = startChildren(planned, options, place.path);
  await using serverChild = server;
  await using clientChild = client;
  await using relayChild = planned.arm.path === 'relay' ? startRelay(planned, options) : undefined;

  serverChild.send({ kind: 'serve', specification, stampsFile: stamps.server });
  const listening = await serverChild.expect('listening', START_TIMEOUT_MS, signal);
  const memoryBefore = readMemory(serverChild.pid);
  const port = relayChild === undefined ? listening.port : await openRelay(relayChild, { planned, serverPort: listening.port, signal });
  clientChild.send({
    kind: 'load',
    specification,
    stampsFile: stamps.client,
    host: HOST,
    port,
    clockPort: listening.clockPort,
  });
  clientChild.onMessage = (message) => {
    if (message.kind === 'progress') options.onProgress(message);
  };
  const ready = await clientChild.expect('ready', START_TIMEOUT_MS, signal);
  checkClock(ready.clock);

  const epochNs = process.hrtime.bigint() + BigInt(START_LEAD_NS);
  const start = { kind: 'start', epochNs: String(epochNs) };
  serverChild.send(start);
  clientChild.send(start);
  relayChild?.send(start);
  const { warmupNs, windowNs, tailNs, drainNs } = specification;
  const endNs = warmupNs + windowNs + tailNs + drainNs;
  const tallied = clientChild.expect('tally', endNs / NS_PER_MS + START_TIMEOUT_MS, signal);
  // Whichever comes first is awaited below; an early failure must not be an unhandled rejection until then.
  tallied.catch(() => undefined);
  const during = await watchWindow(epochNs, specification, { server: serverChild, port: listening.port, tallied, signal });
  const { tally: clientTally, clock: after } = await tallied;
  const drainedNs = process.hrtime.bigint();
  serverChild.send({ kind: 'stop' });
  const { tally: serverTally } = await serverChild.expect('tally', START_TIMEOUT_MS, signal);
  relayChild?.send({ kind: 'stop' });
  const relay = (await relayChild?.expect('tally', START_TIMEOUT_MS, signal))?.tally;

  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification,
    server: serverTally,
    client: clientTally,
    relay,
    serverPort: listening.port,
    epochNs,
    serverStamps: readStamps(stamps.server),
    clientStamps: readStamps(stamps.client),
    clock: { before: ready.clock, after, sameTimeNamespace: listening.timeNamespace === ready.timeNamespace },
    ...during,
    memory: { before: memoryBefore, after: during.memoryAfter, openStreams: during.openCounts.before.streams },
    tracers: runningTracers(),
    wallNs,
    overheadNs: wallNs - Number(drainedNs - epochNs) - ready.rehearsalNs,
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
async function watchWindow(
  epochNs: bigint,
  specification: TrialSpecification,
  parts: { server: Child<FromServer>; port: number; tallied: Promise<unknown>; signal: AbortSignal },
): Promise<WindowReadings> {
  const { warmupNs, windowNs } = specification;
  const { server, tallied, signal } = parts;
  const failed = tallied.then(() => undefined);
  failed.catch(() => undefined);
  await Promise.race([sleepUntil(epochNs, warmupNs, signal), failed]);
  const watch = new HostWatch(availableParallelism());
  try {
    await Promise.race([sleepUntil(epochNs, warmupNs + windowNs, signal), failed]);
  } finally {
    // Also stops its timer when the trial failed meanwhile.
    watch.pause();
  }
  const host = watch.stop();
  const memoryAfter = readMemory(server.pid);
  const before = await countOpen(server, signal);
  const tcp = await readTcpInfo(parts.port);
  const after = await countOpen(server, signal);
  return { host, memoryAfter, openCounts: { before, after }, tcp };
}

async function countOpen(server: Child<FromServer>, signal: AbortSignal): Promise<OpenCount> {
  server.send({ kind: 'count-open' });
  return (await server.expect('open-count', START_TIMEOUT_MS, signal)).open;
}
