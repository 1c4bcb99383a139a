// Broadcast from one source to many subscribers, and receivers that stop reading, on fake sockets
// that are full when the test says so.

import { EventEmitter } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { planRehearsal, planAllOffsetsNs, populationOf } from '../bench/contract/population.ts';
import type { Payload } from '../bench/contract/payload.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import { ConnectedStreams } from './connected-streams.ts';
import { PlannedStreams } from './planned-streams.ts';
import { Stalls } from './stalls.ts';
import type { StreamSink } from './stream-sink.ts';
import { fastWorkload } from './twin-fixture.ts';

const SUBSCRIBERS = 20;
const END_NS = 310 * NS_PER_MS;
const workload = { ...fastWorkload, tokensPerSecond: 200 };
const specification = {
  workload,
  connections: SUBSCRIBERS,
  workloadSeed: 5,
  rampNs: 10 * NS_PER_MS,
  warmupNs: 20 * NS_PER_MS,
  windowNs: END_NS - 20 * NS_PER_MS,
  tailNs: 0,
  timetable: {
    isBroadcast: true,
    phases: [
      {
        connections: SUBSCRIBERS,
        openFromNs: 0,
        openToNs: 10 * NS_PER_MS,
        streamFromNs: 10 * NS_PER_MS,
        streamToNs: END_NS,
      },
      {
        connections: 0,
        openFromNs: END_NS,
        openToNs: END_NS,
        streamFromNs: END_NS,
        streamToNs: END_NS,
      },
    ],
  },
};
const population = populationOf(specification);
const planned = new PlannedStreams(workload, {
  population,
  rehearsal: planRehearsal(workload, 1, 0),
  timetabledOffsetsNs: planAllOffsetsNs(specification, population),
});

interface Served {
  readonly subscriber: string;
  readonly sequence: number;
  readonly payload: Payload;
}

class FakeConnection {
  readonly socket = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    writableLength: 0,
    cork: () => {},
    uncork: () => {},
  });
  readonly ended: Promise<'done' | 'aborted'>;
  #end: (how: 'done' | 'aborted') => void = () => {};
  #close: () => void = () => {};

  constructor() {
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  sink(subscriber: string, served: Served[]): StreamSink {
    const close = (how: 'done' | 'aborted'): void => {
      this.#end(how);
      this.#close();
    };
    return {
      channel: this.socket,
      headBytes: 0,
      bytesWritten: () => served.filter((one) => one.subscriber === subscriber).length * 100,
      onClose: (callback) => (this.#close = callback),
      open: () => {},
      message: () => {},
      token: (sequence, payload) => void served.push({ subscriber, sequence, payload }),
      done: () => close('done'),
      gap: () => {},
      heartbeat: () => {},
      isAnswering: () => undefined,
      bye: () => {},
      replaced: () => {},
      abort: () => close('aborted'),
      writeUndeclared: () => 0,
    };
  }
}

const started: ConnectedStreams[] = [];
afterEach(() => {
  for (const streams of started.splice(0)) streams.sayBye();
});

function startStreams(
  options: { stalls?: Stalls; backpressureBytes?: number } = {},
): ConnectedStreams {
  const epochNs = process.hrtime.bigint();
  const streams = new ConnectedStreams({
    now: () => Number(process.hrtime.bigint() - epochNs),
    source: planned.source,
    payload: 'lean',
    stamps: undefined,
    backpressureBytes: 1e9,
    maxStreams: 1000,
    isBroadcast: true,
    ...options,
  });
  started.push(streams);
  return streams;
}

test('every message goes to all subscribers in the order in which they joined', async () => {
  const streams = startStreams();
  const served: Served[] = [];
  // Subscribers need not join in the order of their numbers.
  const joined = Array.from({ length: SUBSCRIBERS }, (_, index) =>
    String((index * 7) % SUBSCRIBERS),
  );
  const connections = joined.map((id) => {
    const connection = new FakeConnection();
    streams.start(planned.find({ id })!, connection.sink(id, served), { handlerNs: 0 });
    return connection;
  });
  expect(await Promise.all(connections.map(async ({ ended }) => await ended))).toEqual(
    joined.map(() => 'done'),
  );
  const messages = Map.groupBy(served, ({ sequence }) => sequence);
  expect(messages.size).toBe(population.tokens[0]);
  for (const deliveries of messages.values()) {
    expect(deliveries.map(({ subscriber }) => subscriber)).toEqual(joined);
    expect(new Set(deliveries.map(({ payload }) => payload)).size).toBe(1);
  }
});

test('a full socket holds up its own subscriber alone, is noted, and is cut beyond the cap', async () => {
  const stalls = new Stalls([1]);
  const streams = startStreams({ stalls, backpressureBytes: 150 });
  const served: Served[] = [];
  const connections = ['0', '1'].map((id) => {
    const connection = new FakeConnection();
    streams.start(planned.find({ id })!, connection.sink(id, served), { handlerNs: 0 });
    return connection;
  });
  stalls.stop();
  connections[1]!.socket.writableNeedDrain = true;
  expect(await Promise.all(connections.map(async ({ ended }) => await ended))).toEqual([
    'done',
    'aborted',
  ]);
  expect(served.filter(({ subscriber }) => subscriber === '1')).toHaveLength(1);
  expect(served.filter(({ subscriber }) => subscriber === '0')).toHaveLength(population.tokens[0]!);
  const [noted] = stalls.list();
  expect(noted).toMatchObject({ stream: 1, takenBytes: 100 });
  expect(noted!.cutNs!).toBeGreaterThan(noted!.blockedNs!);
  expect(streams.counts.cut).toEqual({ 'slow-consumer': 1 });
});

test('bytes of a stopped reader are not among those that both ends count', async () => {
  const stalls = new Stalls([1]);
  const streams = startStreams({ stalls });
  const served: Served[] = [];
  const connections = ['0', '1'].map((id) => {
    const connection = new FakeConnection();
    streams.start(planned.find({ id })!, connection.sink(id, served), { handlerNs: 0 });
    return connection;
  });
  await Promise.all(connections.map(async ({ ended }) => await ended));
  expect(streams.counts.finished).toBe(2);
  expect(streams.counts.bytesWritten).toBe(100 * population.tokens[0]!);
});

test('bytes before the first token are those that have left by then, however late a compressor lets them go', async () => {
  const streams = startStreams();
  const served: Served[] = [];
  const connection = new FakeConnection();
  const sink = connection.sink('0', served);
  const open = { bytes: 0 };
  const counted: unknown[] = [];
  streams.start(
    planned.find({ id: '0' })!,
    {
      ...sink,
      bytesWritten: () => open.bytes + sink.bytesWritten(),
      token: (sequence, payload) => {
        if (sequence === 2) counted.push(streams.countOpen());
        sink.token(sequence, payload);
      },
    },
    { handlerNs: 0 },
  );
  open.bytes = 60;
  expect(streams.countOpen()).toEqual({ streams: 1, tokens: 0, bytes: 60, preludeBytes: 60 });
  await connection.ended;
  expect(counted).toEqual([{ streams: 1, tokens: 1, bytes: 160, preludeBytes: 60 }]);
});
