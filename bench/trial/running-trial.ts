// A trial between T0 and its end: the moments of its clock, the failure of a load process while
// others wait, readings of its servers, and the tallies of all processes when it is over.

import assert from 'node:assert/strict';
import type { FromClient, FromServer, TrialSpecification } from '../contract/messages.ts';
import type { MemoryReading } from '../contract/run-file.ts';
import type { ClientTally, OpenCount, RelayTally, ServerTally } from '../contract/tally.ts';
import type { FromUpstream, UpstreamTally } from '../contract/upstream.ts';
import type { Path } from '../path/path.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { Canary } from './canary.ts';
import { addOpenCounts, mergeServerTallies } from './merge-tallies.ts';
import type { MachineReader, WindowClock } from './machine-reader.ts';
import { ProcessGroup } from './process-group.ts';
import type { ProvenTrial, StartedSite } from './site.ts';
import { sleepUntil } from './trial-moments.ts';
import { START_TIMEOUT_MS } from './trial-processes.ts';
import type { Worker } from './worker.ts';

/** The last message of a load process; its kind depends on the procedure. */
type TallyMessage = Extract<FromClient, { tally: unknown }>;
export type TallyKind = TallyMessage['kind'];
type TallyOf<Kind extends TallyKind> = Extract<TallyMessage, { kind: Kind }>['tally'];

/** Processes, path and readings that were started before T0. */
interface StartedTrial {
  readonly planned: PlannedTrial;
  readonly specification: TrialSpecification;
  readonly path: Path;
  readonly servers: ProcessGroup<FromServer>;
  readonly clients: ProcessGroup<FromClient>;
  /** A server that takes the place of the first one before the trial ends. */
  readonly standby: Worker<FromServer> | undefined;
  readonly canary: Canary | undefined;
  /** Ports of the servers, in their order, and those that their clients connect to. */
  readonly ports: readonly number[];
  readonly clientPorts: readonly number[];
  /** Memory of all servers together, when they began to listen. */
  readonly memoryAtStart: MemoryReading | undefined;
  readonly rehearsalNs: number;
  readonly signal: AbortSignal;
}

interface Finished<Kind extends TallyKind> {
  /** Merged over all servers; see merge-tallies.ts. */
  readonly server: ServerTally;
  /** One of each load process, in their order. */
  readonly clients: readonly TallyOf<Kind>[];
  readonly relay: RelayTally | undefined;
  /** Empty when a timer paces the tokens. */
  readonly upstreams: readonly UpstreamTally[];
}

/** Times of a finished trial. */
interface Closing extends ProvenTrial {
  /** Time from T0 until the last load process had drained. */
  readonly drainedNs: number;
  /** When the last process was stopped, on the monotonic clock. */
  readonly endedNs: bigint;
}

export interface RunningTrial<Kind extends TallyKind> extends StartedTrial, AsyncDisposable {
  /** T0 on the monotonic clock of this process. */
  readonly epochNs: bigint;
  /** Reads the machines on which the processes run. */
  readonly machines: MachineReader;
  /** Rejects as soon as a load process fails; resolves when all have drained. */
  readonly drained: Promise<void>;
  /** Settles as the promise does, or rejects as soon as a load process fails. */
  readonly orFailure: <Value>(promise: Promise<Value>) => Promise<Value>;
  /**
   * Resolves at this moment, in ns since T0, or at once when it has passed. @throws as soon as a
   * load process fails
   */
  readonly until: (atNs: number) => Promise<void>;
  /** Ns since T0. */
  readonly now: () => number;
  /** Processes in whose network namespaces the trial is; empty for that of this process. */
  readonly networkPids: readonly number[];
  readonly countOpen: () => Promise<OpenCount>;
  /**
   * Waits for the load processes to drain, then stops the servers, or the standby that took their
   * place. Call once.
   */
  readonly finish: () => Promise<Finished<Kind>>;
  /** Call after `finish`. */
  readonly closing: () => Closing;
}

interface StartedOptions extends StartedTrial {
  readonly upstreams: ProcessGroup<FromUpstream> | undefined;
  readonly started: StartedSite;
  readonly readerOf: (clock: WindowClock) => MachineReader;
  /** Timeout of each answer, and of the tallies of the load processes. */
  readonly patienceMs: number;
  readonly longestMs: number;
  readonly owned: AsyncDisposableStack;
}

export function runningTrial<Kind extends TallyKind>(
  tally: Kind,
  options: StartedOptions,
): RunningTrial<Kind> {
  const { upstreams, started, readerOf, patienceMs, longestMs, owned, ...opened } = options;
  const { path, servers, clients, standby, signal } = opened;
  const { epochNs } = started;
  const now = (): number => Number(process.hrtime.bigint() - epochNs);
  const tallied = expectTallies(clients, tally, { timeoutMs: longestMs, signal });
  let drainedNs = 0;
  const drained = tallied.then(() => void (drainedNs = now()));
  const failure = rejectionOf(drained);
  const orFailure = async <Value>(promise: Promise<Value>): Promise<Value> =>
    await Promise.race([promise, failure]);
  const until = async (atNs: number): Promise<void> =>
    await orFailure(sleepUntil(epochNs, atNs, signal));
  let closing: Closing | undefined;
  return {
    ...opened,
    epochNs,
    machines: readerOf({ until, now }),
    drained,
    orFailure,
    until,
    now,
    networkPids: path.isOnHostNetwork ? [] : [...servers.pids, ...clients.pids],
    countOpen: async () => {
      servers.send({ kind: 'count-open' });
      return addOpenCounts(
        (await servers.expect('open-count', START_TIMEOUT_MS, signal)).map(({ open }) => open),
      );
    },
    finish: async () => {
      await drained;
      const fromClients = await tallied;
      const last = standby === undefined ? servers : new ProcessGroup([standby]);
      last.send({ kind: 'stop' });
      const fromServers = await last.expect('tally', patienceMs, signal);
      const relay = await path.tally(signal);
      upstreams?.send({ kind: 'stop' });
      const fromUpstreams = (await upstreams?.expect('tally', patienceMs, signal)) ?? [];
      const proven = await started.prove({
        servers: fromServers.map((message) => message.tally),
        clients: fromClients.map((message) => message.tally as Partial<ClientTally>),
        clocks: fromClients.map(({ clock }) => clock),
      });
      closing = { ...proven, drainedNs, endedNs: process.hrtime.bigint() };
      return {
        server: mergeServerTallies(fromServers.map((message) => message.tally)),
        clients: fromClients.map((message) => message.tally as TallyOf<Kind>),
        relay,
        upstreams: fromUpstreams.map((message) => message.tally),
      };
    },
    closing: () => {
      assert(closing !== undefined, 'a trial is finished before its times are read');
      return closing;
    },
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  };
}

async function expectTallies(
  clients: ProcessGroup<FromClient>,
  kind: TallyKind,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<readonly TallyMessage[]> {
  return await clients.expect(kind, timeoutMs, signal);
}

/** Never resolves. */
function rejectionOf(promise: Promise<unknown>): Promise<never> {
  const { promise: rejection, reject } = Promise.withResolvers<never>();
  promise.catch(reject);
  // Awaited later; an early failure must not be an unhandled rejection until then.
  rejection.catch(() => undefined);
  return rejection;
}
