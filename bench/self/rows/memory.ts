// Measures whether one load process can open and hold as many connections as the scenarios require.

import { median } from '../../analysis/statistics/moments.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import { BenchError } from '../../contract/errors.ts';
import type { TrialSpecification } from '../../contract/messages.ts';
import type { Timetable } from '../../contract/timetable.ts';
import { KIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { onlyOne } from '../../trial/merge-tallies.ts';
import { readMemory } from '../../trial/process-memory.ts';
import { openTrial } from '../../trial/open-trial.ts';
import { specifyTrial } from '../../trial/specification.ts';
import { contenders, planSelf, quietly, tell } from '../self-trial.ts';
import type { Row, RowGroup } from './row.ts';

const CONNECTIONS = 10_000;
const OPEN_FROM_NS = 200 * NS_PER_MS;
/** Requests 5000 connections a second. */
const OPENING_NS = 2 * NS_PER_S;
const OPEN_TO_NS = OPEN_FROM_NS + OPENING_NS;
const SILENT_NS = 500 * NS_PER_MS;
/**
 * Sends one token over each stream, so that whatever a stream allocates for its first token is
 * allocated.
 */
const TOKENS_PER_SECOND = 2;
const STREAMING_NS = NS_PER_S / TOKENS_PER_SECOND;
const COLLECT_NS = OPEN_TO_NS + 2 * SILENT_NS + STREAMING_NS;
const READ_NS = COLLECT_NS + SILENT_NS;
const CLOSING_NS = 2 * NS_PER_S;
const REHEARSAL_TOKENS = 20_000;

const MOST_KIB = 6;
const FEWEST_PER_SECOND = 4000;
/** At this utilisation the server is the bottleneck, so the rate says nothing about the probe. */
const SERVER_BUSY = 0.9;

export const memory: RowGroup = {
  name: 'memory',
  measure: async (rounds) => {
    const rows: Row[] = [];
    for (const transport of contenders) rows.push(...(await describeProbe(rounds, transport)));
    return rows;
  },
};

async function describeProbe(rounds: number, transport: TransportId): Promise<readonly Row[]> {
  const all: Held[] = [];
  for (let round = 1; round <= rounds; round++) all.push(await holdConnections(transport, round));
  const perConnection = all.flatMap(({ bytesPerConnection }) =>
    bytesPerConnection === undefined ? [] : [bytesPerConnection / KIB],
  );
  return [
    {
      what: `probe memory (RSS) per connection, ${transport}, ${CONNECTIONS} connections`,
      value: median(perConnection),
      limit: { atMost: MOST_KIB },
      unit: 'KiB',
      note:
        perConnection.length === 0
          ? 'the memory of a process cannot be read here'
          : rangeOf(perConnection, 2),
    },
    describeOpening(transport, all),
  ];
}

function describeOpening(transport: TransportId, all: readonly Held[]): Row {
  const rates = all.map(({ openedPerSecond }) => openedPerSecond);
  const value = median(rates);
  const [probe = 0, server = 0] = [
    median(all.map(({ probeUse }) => probeUse)),
    median(all.map(({ serverUse }) => serverUse)),
  ];
  const isServersLimit = server >= SERVER_BUSY && (value ?? 0) < FEWEST_PER_SECOND;
  const busy = `the probe was busy ${Math.round(100 * probe)} % of the time, the server ${Math.round(100 * server)} %`;
  return {
    what: `probe connections opened, ${transport}, ${CONNECTIONS} asked for in ${OPENING_NS / NS_PER_S} s`,
    value,
    ...(!isServersLimit && { limit: { atLeast: FEWEST_PER_SECOND } }),
    unit: 'connections/s',
    note: `${rangeOf(rates, 0)}; ${busy}${isServersLimit ? ', so this is its limit' : ''}`,
  };
}

interface Held {
  readonly bytesPerConnection: number | undefined;
  readonly openedPerSecond: number;
  /** Event-loop utilisation while connections were opened. */
  readonly probeUse: number;
  readonly serverUse: number;
}

/**
 * Opens all connections, sends one token over each, and looks at the load process while they are
 * silent.
 */
async function holdConnections(transports: TransportId, round: number): Promise<Held> {
  const flags = {
    transports,
    client: 'probe',
    connections: String(CONNECTIONS),
    rate: String(TOKENS_PER_SECOND),
  } as const;
  const { plan, planned, tokenFile } = await planSelf(flags, round);
  const specify = (host: string): TrialSpecification => ({
    ...specifyTrial(planned, { plan, tokenFile, host, port: 0 }),
    timetable: planHolding(),
    rehearsalTokens: REHEARSAL_TOKENS,
    rampNs: OPENING_NS,
    warmupNs: OPEN_FROM_NS,
    windowNs: OPENING_NS,
    collectNs: COLLECT_NS,
  });
  await using trial = await openTrial(planned, { tally: 'tally', specify }, { ...quietly, plan });
  const [pid = 0] = trial.clients.pids;
  const before = readMemory(pid);
  await trial.until(READ_NS);
  const after = readMemory(pid);
  const { clients, server } = await trial.finish();
  const client = onlyOne(clients);
  const clientStamps = await trial.clients.stamps();
  if (client.streamsVerified < CONNECTIONS)
    throw new BenchError(
      'STREAM',
      `${client.streamsVerified} of ${CONNECTIONS} streams over ${transports} were whole`,
    );
  const bytesPerConnection = before && after && (after.rssBytes - before.rssBytes) / CONNECTIONS;
  const openedPerSecond = rateOf(clientStamps['acceptNs'] ?? new Float64Array());
  tell(
    `${transports}: ${bytesPerConnection?.toFixed(0)} bytes a connection, ${openedPerSecond.toFixed(0)} opened a second`,
  );
  return {
    bytesPerConnection,
    openedPerSecond,
    probeUse: client.use.eventLoopUtilisation,
    serverUse: server.use.eventLoopUtilisation,
  };
}

function planHolding(): Timetable {
  const streamFromNs = OPEN_TO_NS + SILENT_NS;
  const endNs = READ_NS + SILENT_NS;
  return {
    isBroadcast: false,
    phases: [
      {
        connections: CONNECTIONS,
        openFromNs: OPEN_FROM_NS,
        openToNs: OPEN_TO_NS,
        streamFromNs,
        streamToNs: streamFromNs + STREAMING_NS,
      },
      {
        connections: 0,
        openFromNs: endNs,
        openToNs: endNs + CLOSING_NS,
        streamFromNs: endNs,
        streamToNs: endNs,
      },
    ],
  };
}

/**
 * Rate of the middle eight tenths, by time of acceptance, so that the beginning and the end do not
 * distort it.
 */
function rateOf(acceptNs: Float64Array): number {
  const sorted = acceptNs.toSorted();
  const [from, to] = [Math.floor(sorted.length * 0.1), Math.floor(sorted.length * 0.9)];
  return ((to - from) / ((sorted[to] ?? Number.NaN) - (sorted[from] ?? Number.NaN))) * NS_PER_S;
}

function rangeOf(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)} over ${values.length} rounds`;
}
