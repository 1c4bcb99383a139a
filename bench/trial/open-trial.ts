// Opens one trial of any procedure: the path, fresh servers and load processes, clock proof,
// rehearsal, and one T0 for all.

import { startClockEcho, timeNamespace } from '../contract/clock-proof.ts';
import type { FromClient, FromServer, TrialSpecification } from '../contract/messages.ts';
import type { Plan } from '../contract/run-file.ts';
import type { PathName } from '../contract/arms/paths.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { FromUpstream } from '../contract/upstream.ts';
import type { Path, PathOptions } from '../path/path.ts';
import { loopbackAddresses } from '../plan/ports.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { startCanary, type Canary } from './canary.ts';
import { followProgress, type LiveRate } from './live-rate.ts';
import type { MachineReader, WindowClock } from './machine-reader.ts';
import type { ProcessGroup } from './process-group.ts';
import { runningTrial, type RunningTrial, type TallyKind } from './running-trial.ts';
import { localSite, type SiteTrial, type TrialSite } from './site.ts';
import { stampFiles, type StampFiles } from './stamp-files.ts';
import {
  makeWorkingDirectory,
  START_TIMEOUT_MS,
  startBetween,
  startServer,
  startUpstreams,
  type ProcessOptions,
} from './trial-processes.ts';
import type { Worker } from './worker.ts';

export interface TrialOptions extends ProcessOptions {
  readonly plan: Pick<
    Plan,
    'clientProcesses' | 'serverProcesses' | 'clientAddresses' | 'source' | 'canary'
  >;
  readonly signal: AbortSignal;
  /**
   * Stamp files are written here as NAME-server.stamps and NAME-client.stamps and left there;
   * undefined deletes them.
   */
  readonly keepStampsIn: string | undefined;
  readonly onProgress: (live: LiveRate) => void;
  /** This machine when absent. */
  readonly site?: TrialSite | undefined;
}

/**
 * How the trials of a procedure are opened; the optional fields are its differences from a usual
 * trial.
 */
export interface Opening<Kind extends TallyKind> {
  /** The message with which load processes end the trial. */
  readonly tally: Kind;
  /** Gives the specification, once the address is known on which the servers listen. */
  readonly specify: (host: string) => TrialSpecification;
  /** Replaces the arm's path. */
  readonly path?: PathName | undefined;
  /** Bandwidth of the link to all clients. */
  readonly linkBytesPerSecond?: number | undefined;
  /** Round trip that the path adds. */
  readonly roundTripNs?: number | undefined;
  /** Bandwidth of the link from all clients. */
  readonly uplinkBytesPerSecond?: number | undefined;
  /** The fault that the path itself makes. */
  readonly pathFault?: PathOptions['fault'];
  /** The limits of idle time of a real proxy are divided by this; 1 when absent. */
  readonly idleScale?: number | undefined;
  /** Starts a further server, which takes the place of the first before the trial ends. */
  readonly standby?: { readonly keepsState: boolean } | undefined;
  /**
   * Proves the clock of this process and not that of the servers, which may end before the trial
   * does.
   */
  readonly provesOwnClock?: boolean | undefined;
  /**
   * Ns since T0 until which no other trial of the run starts, where several run side by side: what
   * is timed until then does not compete with processes that start.
   */
  readonly aloneNs?: number | undefined;
  /** Time that load processes may take beyond the end of drain. */
  readonly extraNs?: number | undefined;
  /** Called when all processes are rehearsed, just before T0. */
  readonly onReady?: () => void;
}

/**
 * Timeout a process to start, to rehearse and to stop; 16 servers and 16 load processes on two CPUs
 * took 0.3 to 0.4 s each.
 */
const PROCESS_MS = 1000;

/** A trial has no clock before it starts. */
const NOT_STARTED: WindowClock = { until: () => Promise.resolve(), now: () => 0 };

/** Two runs in a row begin at different addresses: see loopbackAddresses. */
let turn = process.pid;

/**
 * Resolves when T0 is agreed. @throws BenchError for anything that makes the trial a failed one.
 */
export async function openTrial<Kind extends TallyKind>(
  planned: PlannedTrial,
  opening: Opening<Kind>,
  options: TrialOptions,
): Promise<RunningTrial<Kind>> {
  const { signal } = options;
  await using owned = new AsyncDisposableStack();
  const started = await startProcesses(planned, opening, { options, owned });
  const { site, specification, path, servers, clients, upstreams, standby, canary } = started;
  const patienceMs =
    START_TIMEOUT_MS + (servers.workers.length + clients.workers.length) * PROCESS_MS;
  const listening = await listen(started, patienceMs, signal);
  const readerOf = (clock: WindowClock): MachineReader =>
    site.reader({ servers, clients, path }, clock);
  const memoryAtStart = await readerOf(NOT_STARTED).readServerMemory();
  if (standby !== undefined)
    await prepareStandby(standby, started, {
      keepsState: opening.standby?.keepsState === true,
      signal,
    });
  const ports = listening.map(({ port }) => port);
  const echo =
    opening.provesOwnClock === true && path.isOnHostNetwork
      ? owned.use(await startClockEcho(path.clientHost))
      : undefined;
  const clocks =
    echo === undefined ? listening : [{ clockPort: echo.port, timeNamespace: timeNamespace() }];
  followProgress(clients.workers, options.onProgress);
  const clientPorts: number[] = [];
  for (const port of ports) clientPorts.push(await path.connect(port, signal));
  sendLoads(started, options.plan, {
    ports: clientPorts,
    clockPorts: clocks.map(({ clockPort }) => clockPort),
  });
  const ready = await clients.expect('ready', patienceMs, signal);
  await canary?.readIdle(ports);
  opening.onReady?.();

  const timeNamespaces = clocks.map((clock) => clock.timeNamespace);
  const { warmupNs, windowNs } = specification;
  const windowEndNs = warmupNs + windowNs;
  const groups = { servers, clients, path };
  const agreed = await site.start({ ...groups, ready, timeNamespaces, windowEndNs });
  upstreams?.send({ kind: 'start', epochNs: String(agreed.epochNs) });
  path.start(agreed.epochNs);
  return runningTrial(opening.tally, {
    planned,
    specification,
    path,
    servers,
    clients,
    upstreams,
    standby,
    canary,
    ports,
    clientPorts,
    memoryAtStart,
    started: agreed,
    readerOf,
    signal,
    rehearsalNs: Math.max(...ready.map(({ rehearsalNs }) => rehearsalNs)),
    patienceMs,
    longestMs: (endNs(specification) + (opening.extraNs ?? 0)) / NS_PER_MS + patienceMs,
    owned: owned.move(),
  });
}

interface Started {
  readonly site: SiteTrial;
  readonly specification: TrialSpecification;
  readonly path: Path;
  readonly stamps: StampFiles;
  readonly servers: ProcessGroup<FromServer>;
  readonly clients: ProcessGroup<FromClient>;
  readonly upstreams: ProcessGroup<FromUpstream> | undefined;
  readonly standby: Worker<FromServer> | undefined;
  readonly canary: Canary | undefined;
}

interface StartPlace {
  readonly options: TrialOptions;
  /** Owns all that is started. */
  readonly owned: AsyncDisposableStack;
}

async function startProcesses<Kind extends TallyKind>(
  planned: PlannedTrial,
  opening: Opening<Kind>,
  { options, owned }: StartPlace,
): Promise<Started> {
  const { plan } = options;
  const { injection } = planned.arm;
  const site = await (options.site ?? localSite)(planned);
  const stamps = owned.use(stampFiles(options.keepStampsIn, planned.trial));
  const place = owned.use(makeWorkingDirectory(planned));
  const path = owned.use(
    await site.openPath(opening.path ?? planned.arm.path, {
      startWorker: (program) => startBetween(planned, program, options),
      delayNs: injection?.kind === 'delay' ? injection.delayNs : 0,
      bytesPerSecond: opening.linkBytesPerSecond,
      roundTripNs: opening.roundTripNs,
      uplinkBytesPerSecond: opening.uplinkBytesPerSecond,
      fault: opening.pathFault,
      idleScale: opening.idleScale,
    }),
  );
  const counts = { servers: plan.serverProcesses ?? 1, clients: plan.clientProcesses ?? 1 };
  const setUp = { ...options, workingDirectory: place.path, path, stampsFileOf: stamps.of };
  const { servers, clients } = await site.startProcesses(planned, setUp, counts);
  owned.use(servers);
  owned.use(clients);
  const upstreams =
    plan.source === 'upstream' ? owned.use(startUpstreams(planned, setUp, counts)) : undefined;
  const standby =
    opening.standby &&
    owned.use(startServer(planned, { ...setUp, within: path.withinServer, name: 'standby' }));
  const canary = owned.use(startCanary(planned, { ...options, path }));
  return {
    site,
    specification: opening.specify(path.serverHost),
    path,
    stamps,
    servers,
    clients,
    upstreams,
    standby,
    canary,
  };
}

type Listening = Extract<FromServer, { kind: 'listening' }>;

/** Resolves when all servers listen. */
async function listen(
  { site, specification, stamps, servers, upstreams }: Started,
  patienceMs: number,
  signal: AbortSignal,
): Promise<readonly Listening[]> {
  const { warmupNs, windowNs } = specification;
  upstreams?.sendEach((index) => ({
    kind: 'generate',
    socketPath: upstreamSocket(index),
    warmupNs,
    windowNs,
  }));
  await upstreams?.expect('generating', patienceMs, signal);
  servers.sendEach((index) => ({
    kind: 'serve',
    specification: { ...specification, host: site.hostOf(index) ?? specification.host },
    stampsFile: stamps.of('server', index),
    ...(upstreams !== undefined && { upstreamSocket: upstreamSocket(index) }),
  }));
  return await servers.expect('listening', patienceMs, signal);
}

/**
 * Relative to the working directory shared with its server: the path of a unix socket may have 107
 * bytes (unix(7)).
 */
function upstreamSocket(index: number): string {
  return `upstream-${index + 1}.sock`;
}

async function prepareStandby(
  standby: Worker<FromServer>,
  { specification, stamps }: Started,
  { keepsState, signal }: { readonly keepsState: boolean; readonly signal: AbortSignal },
): Promise<void> {
  standby.send({
    kind: 'serve',
    specification,
    stampsFile: stamps.server,
    standby: { keepsState },
  });
  await standby.expect('prepared', START_TIMEOUT_MS, signal);
}

/** Each load process has one server, and each server an equal share of them. */
function sendLoads(
  { site, specification, path, stamps, clients }: Started,
  { clientAddresses: count }: TrialOptions['plan'],
  {
    ports,
    clockPorts,
  }: { readonly ports: readonly number[]; readonly clockPorts: readonly number[] },
): void {
  turn++;
  const processes = clients.workers.length;
  clients.sendEach((index) => ({
    kind: 'load',
    specification,
    stampsFile: stamps.of('client', index),
    host: site.hostOf(index % ports.length) ?? path.clientHost,
    port: ports[index % ports.length],
    ...(path.through !== undefined && { through: path.through }),
    clockPort: clockPorts[index % clockPorts.length],
    ...(processes > 1 && { slice: { index, of: processes } }),
    ...(count !== undefined && {
      localAddresses: loopbackAddresses(turn, { process: index, count }),
    }),
  }));
}

function endNs({ warmupNs, windowNs, tailNs, drainNs, timetable }: TrialSpecification): number {
  const timetableNs = timetable?.phases.at(-1)?.openToNs ?? 0;
  return Math.max(warmupNs + windowNs + tailNs, timetableNs) + drainNs;
}
