// Runs the processes of one trial from start to tallies, whatever is measured meanwhile: fresh servers and load processes,
// clock proof, one T0 for all, and in the end the merged tallies and stamps of each kind.

import type { ClockBound } from '../contract/clock-proof.ts';
import type { FromClient, FromServer, TrialSpecification } from '../contract/messages.ts';
import type { MemoryReading, Plan } from '../contract/run-file.ts';
import type { StampColumns } from '../contract/stamps.ts';
import type { ClientTally, OpenCount, RelayTally, ServerTally } from '../contract/tally.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { openPath } from '../path/open-path.ts';
import type { Path } from '../path/path.ts';
import type { FromUpstream, UpstreamTally } from '../contract/upstream.ts';
import { loopbackAddresses } from '../plan/ports.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { followProgress, type LiveRate } from './live-rate.ts';
import { addMemory, addOpenCounts, mergeClientTallies, mergeServerTallies } from './merge-tallies.ts';
import type { ProcessGroup } from './process-group.ts';
import { readMemory } from './process-memory.ts';
import { stampFiles } from './stamp-files.ts';
import { checkClock, START_LEAD_NS } from './trial-moments.ts';
import {
  makeWorkingDirectory,
  START_TIMEOUT_MS,
  startChildren,
  startBetween,
  startUpstreams,
  type ProcessOptions,
} from './trial-processes.ts';

export interface RunningTrialOptions extends ProcessOptions {
  readonly plan: Pick<Plan, 'clientProcesses' | 'serverProcesses' | 'clientAddresses' | 'source'>;
  readonly signal: AbortSignal;
  readonly keepStampsIn: string | undefined;
  readonly onProgress: (live: LiveRate) => void;
  /** Awaited once all processes are ready and rehearsed, before T0: the servers are idle meanwhile. */
  readonly beforeStart?: (ports: readonly number[]) => Promise<void>;
}

interface FinishedProcesses {
  /** Merged over all processes of a kind; see merge-tallies.ts. */
  readonly server: ServerTally;
  readonly client: ClientTally;
  readonly serverStamps: StampColumns;
  readonly clientStamps: StampColumns;
  /** Set only on path `relay`. */
  readonly relay: RelayTally | undefined;
  /** Empty when a timer paces the tokens. */
  readonly upstreams: readonly UpstreamTally[];
  readonly clientProcesses: number;
  /** Time from T0 until the last load process had drained. */
  readonly drainedNs: number;
}

export interface RunningTrial extends AsyncDisposable {
  readonly specification: TrialSpecification;
  readonly servers: ProcessGroup<FromServer>;
  readonly clients: ProcessGroup<FromClient>;
  /** Ports of the servers, in their order. */
  readonly ports: readonly number[];
  readonly path: Path;
  /** T0 on the monotonic clock. */
  readonly epochNs: bigint;
  readonly rehearsalNs: number;
  /** Memory of all servers together, when they began to listen. */
  readonly memoryAtStart: MemoryReading | undefined;
  /** Rejects as soon as a load process fails; resolves when all have drained. */
  readonly drained: Promise<void>;
  readonly readServerMemory: () => MemoryReading | undefined;
  readonly countOpen: () => Promise<OpenCount>;
  /** Waits for the load processes to drain, then stops the servers. Call once. */
  readonly finish: () => Promise<FinishedProcesses>;
  /** The loosest clock bounds of all load processes, each against its own server; complete after `finish`. */
  readonly clock: () => { before: ClockBound; after: ClockBound; sameTimeNamespace: boolean };
}

/** Timeout a process to start, to rehearse and to stop; 16 servers and 16 load processes on two CPUs took 0.3 to 0.4 s each. */
const PROCESS_MS = 1000;

/** Two runs in a row begin at different addresses: see loopbackAddresses. */
let turn = process.pid;

/**
 * Resolves when T0 is agreed.
 * @param specify Gives the specification, once the address is known on which the servers listen.
 * @throws BenchError for anything that makes the trial a failed one.
 */
export async function openTrial(
  planned: PlannedTrial,
  specify: (host: string) => TrialSpecification,
  options: RunningTrialOptions,
): Promise<RunningTrial> {
  const { signal, plan } = options;
  await using owned = new AsyncDisposableStack();
  const stamps = owned.use(stampFiles(options.keepStampsIn, planned.trial));
  const place = owned.use(makeWorkingDirectory(planned));
  const counts = { servers: plan.serverProcesses ?? 1, clients: plan.clientProcesses ?? 1 };
  const { path: pathName, injection } = planned.arm;
  const delayNs = injection?.kind === 'delay' ? injection.delayNs : 0;
  const path = owned.use(await openPath(pathName, { startWorker: (program) => startBetween(planned, program, options), delayNs }));
  const specification = specify(path.serverHost);
  const setUp = { ...options, workingDirectory: place.path, path, stampsFileOf: stamps.of };
  const { servers, clients } = startChildren(planned, setUp, counts);
  const upstreams = plan.source === 'upstream' ? owned.use(startUpstreams(planned, setUp, counts)) : undefined;
  owned.use(servers);
  owned.use(clients);

  const patienceMs = START_TIMEOUT_MS + (counts.servers + counts.clients) * PROCESS_MS;
  await openUpstreams(upstreams, specification, { patienceMs, signal });
  servers.sendEach((index) => ({
    kind: 'serve',
    specification,
    stampsFile: stamps.of('server', index),
    ...(upstreams !== undefined && { upstreamSocket: upstreamSocket(index) }),
  }));
  const listening = await servers.expect('listening', patienceMs, signal);
  const readServerMemory = (): MemoryReading | undefined => addMemory(servers.pids.map(readMemory));
  const memoryAtStart = readServerMemory();
  const ports = listening.map(({ port }) => port);
  const clientPorts: number[] = [];
  for (const port of ports) clientPorts.push(await path.connect(port, signal));
  turn++;
  const { clientAddresses: count } = plan;
  const serverOf = (client: number): (typeof listening)[number] => listening[client % listening.length] as (typeof listening)[number];
  clients.sendEach((index) => ({
    kind: 'load',
    specification,
    stampsFile: stamps.of('client', index),
    host: path.clientHost,
    port: clientPorts[index % clientPorts.length],
    clockPort: serverOf(index).clockPort,
    ...(counts.clients > 1 && { slice: { index, of: counts.clients } }),
    ...(count !== undefined && { localAddresses: loopbackAddresses(turn, { process: index, count }) }),
  }));
  followProgress(clients.workers, options.onProgress);
  const ready = await clients.expect('ready', patienceMs, signal);
  for (const { clock } of ready) checkClock(clock);
  await options.beforeStart?.(ports);

  const epochNs = process.hrtime.bigint() + BigInt(START_LEAD_NS);
  const start = { kind: 'start', epochNs: String(epochNs) };
  for (const group of [servers, clients, upstreams]) group?.send(start);
  path.start(epochNs);
  const tallied = expectTallies(clients, specification, { patienceMs, signal });
  const drained = tallied.then(() => undefined);
  // Awaited later; an early failure must not be an unhandled rejection until then.
  drained.catch(() => undefined);
  const disposables = owned.move();
  let after: readonly ClockBound[] = [];
  return {
    specification,
    servers,
    clients,
    ports,
    path,
    epochNs,
    rehearsalNs: Math.max(...ready.map(({ rehearsalNs }) => rehearsalNs)),
    memoryAtStart,
    drained,
    readServerMemory,
    countOpen: async () => {
      servers.send({ kind: 'count-open' });
      return addOpenCounts((await servers.expect('open-count', START_TIMEOUT_MS, signal)).map(({ open }) => open));
    },
    finish: async () => {
      const fromClients = await tallied;
      const drainedNs = Number(process.hrtime.bigint() - epochNs);
      after = fromClients.map(({ clock }) => clock);
      servers.send({ kind: 'stop' });
      const fromServers = await servers.expect('tally', patienceMs, signal);
      return {
        server: mergeServerTallies(fromServers.map(({ tally }) => tally)),
        client: mergeClientTallies(fromClients.map(({ tally }) => tally)),
        serverStamps: await servers.stamps(),
        clientStamps: await clients.stamps(),
        relay: await path.tally(signal),
        upstreams: await stopUpstreams(upstreams, { patienceMs, signal }),
        clientProcesses: counts.clients,
        drainedNs,
      };
    },
    clock: () => ({
      before: loosest(ready.map(({ clock }) => clock)),
      after: loosest(after),
      sameTimeNamespace: ready.every(({ timeNamespace }, index) => timeNamespace === serverOf(index).timeNamespace),
    }),
    [Symbol.asyncDispose]: async () => await disposables.disposeAsync(),
  };
}

/** Relative to the working directory shared with its server: the path of a unix socket may have 107 bytes (unix(7)). */
function upstreamSocket(index: number): string {
  return `upstream-${index + 1}.sock`;
}

interface Patience {
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

async function openUpstreams(
  upstreams: ProcessGroup<FromUpstream> | undefined,
  { warmupNs, windowNs }: TrialSpecification,
  { patienceMs, signal }: Patience,
): Promise<void> {
  upstreams?.sendEach((index) => ({ kind: 'generate', socketPath: upstreamSocket(index), warmupNs, windowNs }));
  await upstreams?.expect('generating', patienceMs, signal);
}

async function stopUpstreams(
  upstreams: ProcessGroup<FromUpstream> | undefined,
  { patienceMs, signal }: Patience,
): Promise<readonly UpstreamTally[]> {
  upstreams?.send({ kind: 'stop' });
  return ((await upstreams?.expect('tally', patienceMs, signal)) ?? []).map(({ tally }) => tally);
}

type ClientTallied = Extract<FromClient, { kind: 'tally' }>;

async function expectTallies(
  clients: ProcessGroup<FromClient>,
  { warmupNs, windowNs, tailNs, drainNs, timetable }: TrialSpecification,
  { patienceMs, signal }: Patience,
): Promise<ClientTallied[]> {
  const timetableNs = timetable?.phases.at(-1)?.openToNs ?? 0;
  const endNs = Math.max(warmupNs + windowNs + tailNs, timetableNs) + drainNs;
  return await clients.expect('tally', endNs / NS_PER_MS + patienceMs, signal);
}


/** The bound that holds for all of them. */
function loosest(bounds: readonly ClockBound[]): ClockBound {
  return {
    exchanges: Math.min(...bounds.map(({ exchanges }) => exchanges)),
    violations: bounds.reduce((sum, { violations }) => sum + violations, 0),
    lowNs: Math.min(...bounds.map(({ lowNs }) => lowNs)),
    highNs: Math.max(...bounds.map(({ highNs }) => highNs)),
  };
}
