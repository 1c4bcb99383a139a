// Limits on the memory of streams that outlive their connections, on fake sockets that are full
// when the test says so.

import { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import type { GapEvent } from '../bench/contract/control-events.ts';
import { renderCursor, streamEpoch } from '../bench/contract/control-events.ts';
import { planRehearsal } from '../bench/contract/population.ts';
import {
  DEFAULT_RESUME_LIMITS,
  type RecoverySpecification,
  type ResumeLimits,
} from '../bench/contract/recovery.ts';
import { LastingStreams } from './lasting-streams.ts';
import { textOf } from './payload-forms.ts';
import { PlannedStreams } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';
import type { StreamsOptions } from './streams.ts';
import { fastWorkload } from './twin-fixture.ts';

const TTL_NS = 50e6;
/** Approximate size of a lean token's payload; none of the bundled texts has a larger one. */
const MOST_TOKEN_BYTES = 200;
const planned = new PlannedStreams(fastWorkload);

const epochNs = process.hrtime.bigint();
const now = (): number => Number(process.hrtime.bigint() - epochNs);

interface Options {
  readonly limits?: Partial<ResumeLimits>;
  readonly isResumable?: boolean;
  readonly streams?: Partial<StreamsOptions>;
}

const started: LastingStreams[] = [];
afterEach(() => {
  for (const streams of started.splice(0)) {
    streams.sayBye();
    streams.abortAll();
  }
});

function startStreams({ limits, isResumable = true, streams }: Options = {}): LastingStreams {
  const recovery: RecoverySpecification = {
    fault: 'reset',
    policy: 'identical',
    faultNs: 0,
    outageNs: 0,
    isResumable,
    limits: { ...DEFAULT_RESUME_LIMITS, ttlNs: TTL_NS, ...limits },
    retryMs: 1000,
  };
  const one = new LastingStreams({
    now,
    source: planned.source,
    payload: 'lean',
    stamps: undefined,
    backpressureBytes: 1e9,
    maxStreams: 10_000,
    recovery,
    ...streams,
  });
  started.push(one);
  return one;
}

/** A connection whose socket is full when the test says so. */
class FakeConnection {
  readonly sequences: number[] = [];
  readonly gaps: GapEvent[] = [];
  readonly events: string[] = [];
  readonly socket = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    writableLength: 0,
    cork: () => {},
    uncork: () => {},
  });
  /** Fills the socket after this token. */
  fullAfter: number | undefined;
  #close: () => void = () => {};
  #bytes = 0;

  get sink(): StreamSink {
    return {
      channel: this.socket,
      headBytes: 0,
      bytesWritten: () => this.#bytes,
      onClose: (callback) => (this.#close = callback),
      open: ({ from }) => this.events.push(`open ${from}`),
      message: () => {},
      token: (sequence, payload) => {
        this.sequences.push(sequence);
        this.#bytes += textOf(payload).length;
        if (sequence === this.fullAfter) this.socket.writableNeedDrain = true;
      },
      gap: (event) => this.gaps.push(event),
      done: () => this.events.push('done'),
      heartbeat: () => this.events.push('heartbeat'),
      isAnswering: () => undefined,
      bye: () => this.end('bye'),
      replaced: () => this.end('replaced'),
      abort: () => this.end('abort'),
      writeUndeclared: () => 0,
    };
  }

  end(event: string): void {
    this.events.push(event);
    this.cut();
  }

  cut(): void {
    const close = this.#close;
    this.#close = () => {};
    close();
  }

  drain(): void {
    this.socket.writableNeedDrain = false;
    this.fullAfter = undefined;
    this.socket.emit('drain');
  }
}

interface Asked {
  readonly id?: string;
  readonly n?: number;
  readonly rate?: number;
  readonly after?: string;
}

function connect(
  streams: LastingStreams,
  { id = 'one', n = 40, rate = 2000, after }: Asked = {},
): FakeConnection {
  const connection = new FakeConnection();
  const plan = planned.find({ id, n, rate, seed: 1 })!;
  streams.start(plan, connection.sink, { handlerNs: now(), after });
  return connection;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const cursor = (sequence: number): string => renderCursor({ epoch: streamEpoch(1), sequence });

async function untilForgotten(streams: LastingStreams): Promise<void> {
  await expect
    .poll(() => streams.countKept(), { timeout: 10_000 })
    .toEqual({ heard: 0, streams: 0, bufferedBytes: 0 });
}

it('streams of clients that never come back are forgotten when their time to live is over, not before', async () => {
  const ttlNs = 1e9;
  const streams = startStreams({ limits: { ttlNs } });
  for (let index = 0; index < 50; index++) connect(streams, { id: `s${index}` }).cut();
  await expect.poll(() => streams.recovery.unheardTokens).toBe(50 * 40);
  const finishedNs = now();
  expect(streams.countKept()).toMatchObject({ heard: 0, streams: 50 });
  expect(streams.countKept().bufferedBytes).toBeGreaterThan(0);
  await untilForgotten(streams);
  // The last token was generated up to one poll interval, plus any delay of the poll, before the
  // test saw it.
  expect(now() - finishedNs).toBeGreaterThan(ttlNs / 2);
  expect(streams.lookUp('s0', cursor(3))).toEqual({ outcome: 'unknown' });
  expect(streams.recovery.evictedStreams).toBe(0);
});

it('a client that comes back a thousand times costs what it costs once', async () => {
  const streams = startStreams();
  connect(streams, { rate: 200 }).cut();
  for (let turn = 0; turn < 1000; turn++) {
    connect(streams, {
      after: [cursor(0), 'zzzz.3', cursor(1_000_000), 'garbage'][turn % 4]!,
    }).cut();
    // Lets its tokens come due in between.
    await new Promise((resolve) => setImmediate(resolve));
    expect(streams.countKept().streams).toBeLessThanOrEqual(1);
  }
  expect(streams.openStreams).toBe(0);
  await untilForgotten(streams);
  expect(streams.recovery.peakBufferedBytes).toBeLessThan(40 * MOST_TOKEN_BYTES);
});

it('all buffers together never hold more than their cap, and the longest unheard pays first', async () => {
  const totalBytes = 4000;
  const streams = startStreams({ limits: { totalBytes, ttlNs: 60e9 } });
  const heard = connect(streams, { id: 'heard' });
  for (let index = 0; index < 20; index++) connect(streams, { id: `s${index}` }).cut();
  await expect.poll(() => streams.recovery.unheardTokens).toBe(20 * 40);
  expect(streams.recovery.peakBufferedBytes).toBeLessThanOrEqual(totalBytes);
  expect(streams.recovery.peakBufferedBytes).toBeGreaterThan(totalBytes - MOST_TOKEN_BYTES);
  expect(streams.countKept().bufferedBytes).toBeLessThanOrEqual(totalBytes);
  expect(heard.sequences).toEqual(range(1, 40));
  // It kept its tokens while it had a receiver; the stream that lost its receiver first kept
  // nothing.
  const back = connect(streams, { id: 'heard', after: cursor(0) });
  expect(back.sequences).toEqual(range(1, 40));
  const first = connect(streams, { id: 's0', after: cursor(1) });
  expect([first.gaps, first.sequences, first.events]).toEqual([
    [{ missing: 2, from: 41 }],
    [],
    ['open 41', 'done'],
  ]);
});

it('a cap that even those who are listened to exceed costs each stream its own oldest tokens', async () => {
  const streams = startStreams({ limits: { totalBytes: 500 } });
  const connections = range(1, 5).map((index) => connect(streams, { id: `s${index}` }));
  await expect.poll(() => connections.every(({ events }) => events.includes('done'))).toBe(true);
  for (const { sequences } of connections) expect(sequences).toEqual(range(1, 40));
  expect(streams.recovery.peakBufferedBytes).toBeLessThanOrEqual(500);
});

it('a buffer that was dropped for want of memory fills again once somebody has listened', async () => {
  const streams = startStreams({ limits: { totalBytes: 800 } });
  connect(streams, { n: 4000, rate: 100 }).cut();
  await expect.poll(() => streams.recovery.unheardTokens).toBeGreaterThan(0);
  const greedy = connect(streams, { id: 'greedy' });
  await expect.poll(() => greedy.events).toContain('done');
  streams.cancel('greedy');
  const { unheardTokens } = streams.recovery;
  await expect.poll(() => streams.recovery.unheardTokens).toBeGreaterThan(unheardTokens);
  expect(streams.countKept().bufferedBytes).toBe(0);
  const back = connect(streams, { after: cursor(0) });
  expect([back.gaps.length, back.sequences]).toEqual([1, []]);
  const from = back.gaps[0]!.from;
  back.cut();
  await expect.poll(() => streams.countKept().bufferedBytes).toBeGreaterThan(0);
  const again = connect(streams, { after: cursor(from - 1) });
  expect([again.gaps, again.sequences[0]]).toEqual([[], from]);
});

it('a server that keeps nothing buffers nothing', async () => {
  const streams = startStreams({ isResumable: false });
  connect(streams).cut();
  await untilForgotten(streams);
  expect(streams.recovery).toMatchObject({
    peakBufferedBytes: 0,
    evictedTokens: 0,
    unheardTokens: 40,
  });
});

it('a full server gives the place of a finished stream that nobody listens to, but no other', async () => {
  const streams = startStreams({ limits: { ttlNs: 60e9 }, streams: { maxStreams: 2 } });
  connect(streams, { id: 'finished' }).cut();
  connect(streams, { id: 'running', n: 4000, rate: 100 }).cut();
  expect(streams.isFull).toBe(true);
  await expect.poll(() => streams.isFull).toBe(false);
  connect(streams, { id: 'new', n: 4000, rate: 100 });
  expect(streams.isFull).toBe(true);
  expect(streams.recovery.evictedStreams).toBe(1);
  expect(streams.lookUp('finished', cursor(1))).toEqual({ outcome: 'unknown' });
  expect(streams.lookUp('running', cursor(0))).toMatchObject({ outcome: 'serve' });
});

it.each([true, false])(
  'a receiver whose socket is full is sent the rest when it drains, resumable or not: %s',
  async (isResumable) => {
    const streams = startStreams({ isResumable, limits: { ttlNs: 60e9 } });
    const connection = new FakeConnection();
    connection.fullAfter = 5;
    streams.start(planned.find({ id: 'one', n: 40, rate: 2000, seed: 1 })!, connection.sink, {
      handlerNs: now(),
    });
    const other = connect(streams, { id: 'other' });
    await expect.poll(() => other.events).toContain('done');
    expect(connection.sequences).toEqual(range(1, 5));
    connection.drain();
    await expect.poll(() => connection.events).toContain('done');
    expect(connection.sequences).toEqual(range(1, 40));
    expect(streams.recovery).toMatchObject({ gaps: 0, replayedTokens: 0 });
    expect(streams.counts).toMatchObject({ backpressured: 1, finished: 2, tokensWritten: 80 });
  },
);

it('a replay stops where the socket is full, and where the buffer moves on meanwhile, a gap says so', async () => {
  const streams = startStreams({ limits: { bufferTokens: 10, ttlNs: 60e9 } });
  connect(streams, { rate: 100 }).cut();
  await expect.poll(() => streams.recovery.unheardTokens).toBeGreaterThanOrEqual(12);
  const back = new FakeConnection();
  const behind = streams.recovery.unheardTokens - 10;
  back.fullAfter = behind + 3;
  streams.start(planned.find({ id: 'one', n: 40, rate: 100, seed: 1 })!, back.sink, {
    handlerNs: now(),
    after: cursor(behind),
  });
  expect(back.sequences).toEqual(range(behind + 1, behind + 3));
  await expect
    .poll(() => streams.countKept().bufferedBytes > 0 && streams.recovery.evictedTokens)
    .toBe(30);
  back.drain();
  expect(back.gaps).toEqual([{ missing: behind + 4, from: 31 }]);
  expect(back.sequences).toEqual([...range(behind + 1, behind + 3), ...range(31, 40)]);
  expect(back.events.at(-1)).toBe('done');
});

it('a receiver that is too far behind is cut, and its stream goes on', async () => {
  const streams = startStreams({ streams: { backpressureBytes: 300 } });
  const connection = new FakeConnection();
  connection.fullAfter = 2;
  streams.start(planned.find({ id: 'one', n: 400, rate: 500, seed: 1 })!, connection.sink, {
    handlerNs: now(),
  });
  await expect.poll(() => streams.counts.cut).toEqual({ 'slow-consumer': 1 });
  expect([connection.sequences, connection.events]).toEqual([
    [1, 2],
    ['open 1', 'abort'],
  ]);
  await expect.poll(() => streams.recovery.unheardTokens).toBeGreaterThan(0);
  const back = connect(streams, { after: cursor(2) });
  expect(back.sequences.slice(0, 10)).toEqual(range(3, 12));
});

it('a receiver that still has not taken its last tokens when the time to live is over goes with its stream', async () => {
  const streams = startStreams();
  const connection = new FakeConnection();
  connection.fullAfter = 2;
  streams.start(planned.find({ id: 'one', n: 40, rate: 2000, seed: 1 })!, connection.sink, {
    handlerNs: now(),
  });
  await untilForgotten(streams);
  expect(connection.events).toEqual(['open 1', 'abort']);
  expect(streams.counts.cut).toEqual({ expired: 1 });
});

it('a rehearsal leaves nothing behind when it is over', async () => {
  const rehearsal = planRehearsal(fastWorkload, 1, 1000);
  const none = {
    streams: 0,
    startNs: new Float64Array(0),
    tokens: new Int32Array(0),
    seeds: new Uint32Array(0),
    slots: new Int32Array(0),
    base: new Int32Array(0),
  };
  const plans = new PlannedStreams(fastWorkload, {
    population: { ...none, totalTokens: 0 },
    rehearsal,
  });
  const streams = startStreams({ limits: { ttlNs: 60e9 } });
  const [stays, leaves] = [new FakeConnection(), new FakeConnection()];
  streams.start(plans.find({ id: 'r0' })!, stays.sink, { handlerNs: now() });
  streams.start(plans.find({ id: 'r1' })!, leaves.sink, { handlerNs: now() });
  leaves.cut();
  await expect.poll(() => stays.events).toContain('done');
  stays.cut();
  await untilForgotten(streams);
});

it('a thousand streams that were left alone give all their memory back', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapBytes = (): number => {
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const [count, tokens] = [1000, 400];
  const streams = startStreams({ limits: { ttlNs: 1500e6 } });
  // Warms up: what the first streams leave compiled or cached is not counted.
  for (let index = 0; index < count; index++) connect(streams, { id: `warm${index}`, n: 10 }).cut();
  await untilForgotten(streams);
  streams.resetCounts();
  const before = heapBytes();
  for (let index = 0; index < count; index++)
    connect(streams, { id: `s${index}`, n: tokens, rate: 10_000 }).cut();
  await expect.poll(() => streams.recovery.unheardTokens, { timeout: 10_000 }).toBe(count * tokens);
  // Proves that the test can fail: the kept tokens take far more than the tolerance.
  expect(heapBytes()).toBeGreaterThan(before * 1.3);
  await untilForgotten(streams);
  expect(heapBytes()).toBeLessThan(before * 1.1);
});
