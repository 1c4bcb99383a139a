// The readings of a trial whose processes run on agents: each agent reads its machine and its
// processes; here they are added up as if one had read them all.

import type { AgentEvent } from '../contract/agent-messages.ts';
import type { ProcessReading } from '../contract/course.ts';
import type { TcpInfo, WindowCalls } from '../contract/run-file.ts';
import type { HostReadings } from '../trial/host-watch.ts';
import type { MachineReader, MachineReadings, WindowClock } from '../trial/machine-reader.ts';
import { addMemory } from '../trial/merge-tallies.ts';
import type { ResidentMemory } from '../trial/resident-watch.ts';
import type { Member } from './member.ts';
import { machineOf } from './shares.ts';

type Watched = Extract<AgentEvent, { kind: 'watched' }>['readings'];

export interface WatchedAgents {
  tracers: readonly string[];
}

interface AgentsOfTrial {
  readonly members: readonly Member[];
  /** The agent of each server, in their order. */
  readonly serverOf: readonly Member[];
  /** T0 on the clock of an agent. */
  readonly epochOf: (member: Member) => bigint;
  readonly ownBootId: string;
  /** Filled in when the window is over. */
  readonly watched: WatchedAgents;
}

const READ_TIMEOUT_MS = 30_000;

export function readAgents(
  { members, serverOf, epochOf, ownBootId, watched }: AgentsOfTrial,
  clock: WindowClock,
): MachineReader {
  const servers = members.filter(({ part }) => part === 'server');
  return {
    readServerMemory: async () =>
      addMemory(
        await Promise.all(
          servers.map(
            async (member) => (await member.order<'read-memory'>({ kind: 'read-memory' })).servers,
          ),
        ),
      ),
    readTcpInfo: async (ports) =>
      addTcpInfo(
        await Promise.all(
          servers.map(async (member) => {
            const own = ports.filter((_, index) => serverOf[index] === member);
            const order = { kind: 'read-sockets', ports: own } as const;
            return (await member.order<'read-sockets'>(order, READ_TIMEOUT_MS)).tcp;
          }),
        ),
      ),
    watch: async (window) => {
      const cpu = process.cpuUsage();
      const readings = await Promise.all(
        members.map(async (member) => {
          const heard = nextWatched(member);
          await member.order<'watch'>({
            kind: 'watch',
            epochNs: String(epochOf(member)),
            fromNs: window.fromNs,
            toNs: window.toNs,
            ...(window.stallAtNs !== undefined && { stallAtNs: window.stallAtNs }),
          });
          // Ends as soon as a load process fails.
          await clock.until(window.toNs);
          return { member, readings: await heard };
        }),
      );
      const { user, system } = process.cpuUsage(cpu);
      watched.tracers = [...new Set(readings.flatMap((one) => one.readings.tracers))];
      return mergeReadings(readings, { bootId: ownBootId, cpuNs: (user + system) * 1000 });
    },
  };
}

function nextWatched(member: Member): Promise<Watched> {
  const before = { onEvent: member.onEvent, onLost: member.onLost };
  const { promise, resolve, reject } = Promise.withResolvers<Watched>();
  // Awaited after the window; an early failure must not be an unhandled rejection until then.
  promise.catch(() => undefined);
  member.onEvent = (event) => {
    if (event.kind === 'watched') resolve(event.readings);
    before.onEvent?.(event);
  };
  member.onLost = (error) => {
    reject(error);
    before.onLost?.(error);
  };
  return promise;
}

interface OfMember {
  readonly member: Member;
  readonly readings: Watched;
}

/** Exported for its test. @param own What this process used, where it shares a machine. */
export function mergeReadings(
  all: readonly OfMember[],
  own: { readonly bootId: string; readonly cpuNs: number },
): MachineReadings {
  const residents = all.flatMap(({ member, readings: { resident } }) =>
    member.part === 'server' && resident !== undefined ? [resident] : [],
  );
  return {
    host: mergeHosts(all, own),
    calls: mergeCalls(all.map(({ readings: { calls } }) => calls)),
    processes: mergeProcesses(all.map(({ readings: { processes } }) => processes)),
    resident: residents.length === 0 ? undefined : mergeResident(residents),
  };
}

/** A machine counts once, however many agents are on it. */
function mergeHosts(
  all: readonly OfMember[],
  own: { readonly bootId: string; readonly cpuNs: number },
): HostReadings {
  const machines = [...Map.groupBy(all, ({ member }) => machineOf(member)).values()];
  const firsts = machines.flatMap(([first]) => first?.readings.host ?? []);
  const isHere = all.some(({ member }) => machineOf(member) === own.bootId);
  const most = (of: (host: Watched['host']) => number | undefined): number | undefined =>
    firsts.map(of).reduce(maxOf, undefined);
  const sum = (of: (host: Watched['host']) => number | undefined): number | undefined =>
    sumOf(firsts.map(of));
  return {
    stealMean: most(({ stealMean }) => stealMean),
    stealMax: most(({ stealMax }) => stealMax),
    busyNs: sum(({ busyNs }) => busyNs),
    ownNs:
      all.reduce((total, { readings: { host } }) => total + host.ownNs, 0) +
      (isHere ? own.cpuNs : 0),
    wallNs: most(({ wallNs }) => wallNs) ?? 0,
    cpus: sum(({ cpus }) => cpus) ?? 1,
    throttledNs: sum(({ throttledNs }) => throttledNs),
    swappedInPages: sum(({ swappedInPages }) => swappedInPages),
    outOfMemoryKills: sum(({ outOfMemoryKills }) => outOfMemoryKills),
  };
}

function maxOf(most: number | undefined, value: number | undefined): number | undefined {
  if (most === undefined || value === undefined) return most ?? value;
  return Math.max(most, value);
}

/** Undefined when any is: a sum over some would look like the sum over all. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

function mergeCalls(all: readonly (WindowCalls | undefined)[]): WindowCalls | undefined {
  const known = all.filter((calls) => calls !== undefined);
  if (known.length < all.length) return undefined;
  const sum = (of: (calls: WindowCalls) => number): number =>
    known.reduce((total, calls) => total + of(calls), 0);
  return {
    spanNs: Math.max(...known.map(({ spanNs }) => spanNs)),
    serverReads: sum(({ serverReads }) => serverReads),
    serverWrites: sum(({ serverWrites }) => serverWrites),
    clientReads: sum(({ clientReads }) => clientReads),
    clientWrites: sum(({ clientWrites }) => clientWrites),
  };
}

/** The n-th readings of all are a few ms apart at most. */
function mergeProcesses(
  all: readonly (readonly ProcessReading[] | undefined)[],
): readonly ProcessReading[] | undefined {
  const known = all.filter((readings) => readings !== undefined);
  const [first] = known;
  if (first === undefined || known.length < all.length) return undefined;
  const length = Math.min(...known.map((readings) => readings.length));
  return first.slice(0, length).map(({ atNs }, index) => {
    const those = known.flatMap((readings) => readings[index] ?? []);
    const resident = sumOf(those.map(({ serverResidentBytes }) => serverResidentBytes));
    const cpu = {
      atNs,
      serverCpuNs: those.reduce((sum, { serverCpuNs }) => sum + serverCpuNs, 0),
      clientCpuNs: those.reduce((sum, { clientCpuNs }) => sum + clientCpuNs, 0),
    };
    return resident === undefined ? cpu : Object.assign(cpu, { serverResidentBytes: resident });
  });
}

function mergeResident(all: readonly Partial<ResidentMemory>[]): ResidentMemory {
  const sum = (of: (one: Partial<ResidentMemory>) => number | undefined): number | undefined =>
    sumOf(all.map(of));
  return {
    beforeBytes: sum(({ beforeBytes }) => beforeBytes),
    peakBytes: sum(({ peakBytes }) => peakBytes),
    endBytes: sum(({ endBytes }) => endBytes),
  };
}

function addTcpInfo(all: readonly (TcpInfo | undefined)[]): TcpInfo | undefined {
  const known = all.filter((tcp) => tcp !== undefined);
  if (known.length === 0 || known.length < all.length) return undefined;
  const sum = (of: (tcp: TcpInfo) => number): number =>
    known.reduce((total, tcp) => total + of(tcp), 0);
  return {
    sockets: sum(({ sockets }) => sockets),
    bytesSent: sum(({ bytesSent }) => bytesSent),
    bytesRetransmitted: sum(({ bytesRetransmitted }) => bytesRetransmitted),
    segmentsOut: sum(({ segmentsOut }) => segmentsOut),
    segmentsIn: sum(({ segmentsIn }) => segmentsIn),
    dataSegmentsOut: sum(({ dataSegmentsOut }) => dataSegmentsOut),
  };
}
