// Whether one load process can open and hold as many connections as the scenarios ask of it.

import { median } from '../../analysis/statistics/moments.ts';
import { BenchError } from '../../contract/errors.ts';
import type { Timetable } from '../../contract/timetable.ts';
import type { TransportId } from '../../contract/transports.ts';
import { KIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { readMemory } from '../../trial/process-memory.ts';
import { openTrial } from '../../trial/running-trial.ts';
import { specifyTrial } from '../../trial/specification.ts';
import { sleepUntil } from '../../trial/trial-moments.ts';
import { HOST } from '../../trial/trial-processes.ts';
import { contenders, planSelf, quietly, tell } from '../self-trial.ts';
import type { Row, RowGroup } from './row.ts';

const CONNECTIONS = 10_000;
/** 5000 are asked for in a second. */
const OPENING_NS = 2 * NS_PER_S;
const SILENT_NS = 200 * NS_PER_MS;
/** One token each, so that whatever a stream allocates for the first one is allocated. */
const TOKENS_PER_SECOND = 2;
const STREAMING_NS = NS_PER_S / TOKENS_PER_SECOND;
const READ_NS = OPENING_NS + SILENT_NS + STREAMING_NS + 500 * NS_PER_MS;
const CLOSING_NS = 2 * NS_PER_S;
const REHEARSAL_TOKENS = 20_000;

const MOST_KIB = 6;
const FEWEST_PER_SECOND = 4000;

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
  const perConnection = all.flatMap(({ bytesPerConnection }) => (bytesPerConnection === undefined ? [] : [bytesPerConnection / KIB]));
  const rates = all.map(({ openedPerSecond }) => openedPerSecond);
  return [
    {
      what: `probe memory (RSS) per connection, ${transport}, ${CONNECTIONS} connections`,
      value: median(perConnection),
      limit: { atMost: MOST_KIB },
      unit: 'KiB',
      note: perConnection.length === 0 ? 'the memory of a process cannot be read here' : rangeOf(perConnection, 2),
    },
    {
      what: `probe connections opened, ${transport}, ${CONNECTIONS} asked for in ${OPENING_NS / NS_PER_S} s`,
      value: median(rates),
      limit: { atLeast: FEWEST_PER_SECOND },
      unit: 'connections/s',
      note: rangeOf(rates, 0),
    },
  ];
}

interface Held {
  readonly bytesPerConnection: number | undefined;
  readonly openedPerSecond: number;
}

/** Opens all connections, sends one token over each, and looks at the load process while they are silent. */
async function holdConnections(transports: TransportId, round: number): Promise<Held> {
  const flags = {
    transports,
    client: 'probe',
    connections: String(CONNECTIONS),
    rate: String(TOKENS_PER_SECOND),
    duration: '500ms',
  } as const;
  const { plan, planned, tokenFile } = await planSelf(flags, round);
  const specification = {
    ...specifyTrial(planned, { plan, tokenFile, host: HOST, port: 0 }),
    timetable: planHolding(),
    rehearsalTokens: REHEARSAL_TOKENS,
    rampNs: OPENING_NS,
    warmupNs: READ_NS,
    windowNs: plan.windowNs,
  };
  await using trial = await openTrial(planned, specification, { ...quietly, plan });
  const [pid = 0] = trial.clients.pids;
  const before = readMemory(pid);
  await Promise.race([sleepUntil(trial.epochNs, READ_NS, quietly.signal), trial.drained]);
  const after = readMemory(pid);
  const { client, clientStamps } = await trial.finish();
  if (client.streamsVerified < CONNECTIONS)
    throw new BenchError('STREAM', `${client.streamsVerified} of ${CONNECTIONS} streams over ${transports} were whole`);
  const bytesPerConnection = before && after && (after.rssBytes - before.rssBytes) / CONNECTIONS;
  const openedPerSecond = rateOf(clientStamps['acceptNs'] ?? new Float64Array());
  tell(`${transports}: ${bytesPerConnection?.toFixed(0)} bytes a connection, ${openedPerSecond.toFixed(0)} opened a second`);
  return { bytesPerConnection, openedPerSecond };
}

function planHolding(): Timetable {
  const streamFromNs = OPENING_NS + SILENT_NS;
  const endNs = READ_NS + NS_PER_S;
  return {
    isBroadcast: false,
    phases: [
      { connections: CONNECTIONS, openFromNs: 0, openToNs: OPENING_NS, streamFromNs, streamToNs: streamFromNs + STREAMING_NS },
      { connections: 0, openFromNs: endNs, openToNs: endNs + CLOSING_NS, streamFromNs: endNs, streamToNs: endNs },
    ],
  };
}

/** Of the middle eight tenths, by when they were accepted: begun and ended like the rest. */
function rateOf(acceptNs: Float64Array): number {
  const sorted = acceptNs.toSorted();
  const [from, to] = [Math.floor(sorted.length * 0.1), Math.floor(sorted.length * 0.9)];
  return ((to - from) / ((sorted[to] ?? Number.NaN) - (sorted[from] ?? Number.NaN))) * NS_PER_S;
}

function rangeOf(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)} over ${values.length} rounds`;
}
