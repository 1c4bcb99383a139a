import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Injection } from '../bench/contract/injection.ts';
import { payloads } from '../bench/contract/payload.ts';
import type { StreamPlan } from './planned-streams.ts';
import { Injected } from './injected.ts';
import { textOf } from './payload-forms.ts';
import type { StreamSink } from './stream-sink.ts';

interface Written {
  readonly kind: 'token' | 'done';
  readonly sequence: number;
  readonly payload: string;
  readonly at: number;
}

interface Recording {
  readonly sink: StreamSink;
  readonly written: Written[];
  readonly undeclaredBytes: () => number;
  close: () => void;
}

const UNDECLARED_BYTES = 7;

function recordSink(): Recording {
  const written: Written[] = [];
  const closers: (() => void)[] = [];
  let bytes = 0;
  const note = (kind: Written['kind'], sequence: number, payload: string): void =>
    void written.push({ kind, sequence, payload, at: performance.now() });
  return {
    written,
    undeclaredBytes: () => bytes,
    close: () => closers.forEach((closer) => closer()),
    sink: {
      channel: new EventEmitter() as unknown as StreamSink['channel'],
      headBytes: 0,
      bytesWritten: () => 0,
      onClose: (callback) => void closers.push(callback),
      open: () => {},
      message: () => {},
      token: (sequence, payload) => note('token', sequence, textOf(payload)),
      done: (event) => note('done', event.s, ''),
      gap: () => {},
      heartbeat: () => {},
      isAnswering: () => undefined,
      bye: () => {},
      replaced: () => {},
      abort: () => {},
      writeUndeclared: () => {
        bytes += UNDECLARED_BYTES;
        return UNDECLARED_BYTES;
      },
    },
  };
}

const plan = {
  id: '0',
  seed: 7,
  tokens: 3000,
  trialIndex: { stream: 0, base: 0, startNs: 0 },
} as StreamPlan;
const TOKENS = 3000;

function stream(injection: Injection, planned = plan): Recording & { injected: Injected } {
  const recording = recordSink();
  const injected = new Injected({ injection, seed: 1 });
  const sink = injected.wrap(recording.sink, planned);
  for (let sequence = 1; sequence <= TOKENS; sequence++) sink.token(sequence, `{"s":${sequence}}`);
  sink.done({ s: TOKENS + 1, n: TOKENS, sha256: '', finish: 'stop' });
  return { ...recording, injected };
}

it('damage drops, repeats and alters as many tokens as it says, each in its place', () => {
  const { written, injected } = stream({ kind: 'damage', every: 50 });
  const tokens = written.filter(({ kind }) => kind === 'token');
  const { dropped = 0, duplicated = 0, corrupted = 0 } = injected.counts;
  expect(Math.min(dropped, duplicated, corrupted)).toBeGreaterThan(30);
  expect(tokens).toHaveLength(TOKENS - dropped + duplicated);
  expect(tokens.filter(({ payload }) => payload.endsWith(']'))).toHaveLength(corrupted);
  expect(new Set(tokens.map(({ sequence }) => sequence)).size).toBe(TOKENS - dropped);
  expect(tokens.map(({ sequence }) => sequence)).toEqual(
    tokens.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
  );
});

it('the same seed damages the same tokens', () => {
  const [first, second] = [
    stream({ kind: 'damage', every: 50 }),
    stream({ kind: 'damage', every: 50 }),
  ];
  expect(first.written.map(({ payload }) => payload)).toEqual(
    second.written.map(({ payload }) => payload),
  );
});

it('undeclared bytes are written beside the tokens, and counted', () => {
  const { written, injected, undeclaredBytes } = stream({ kind: 'undeclared', every: 100 });
  expect(written).toHaveLength(TOKENS + 1);
  expect(undeclaredBytes()).toBeGreaterThan(0);
  expect(undeclaredBytes()).toBe(injected.counts['undeclaredBytes']);
});

it('a tail holds back some tokens without blocking, and no later token overtakes', async () => {
  const { written, injected } = stream({ kind: 'tail', every: 1000, delayNs: 10e6 });
  // All tokens were handed over, and the held ones still wait, so nothing blocked.
  expect(written.length).toBeLessThan(TOKENS);
  while (written.at(-1)?.kind !== 'done') await wait(1);
  expect(injected.counts['held']).toBeGreaterThan(0);
  expect(written.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: TOKENS + 1 }, (_, index) => index + 1),
  );
  const held = written.filter(
    (one, index) => index > 0 && one.at - (written[index - 1]?.at ?? 0) > 9,
  );
  expect(held.length).toBeGreaterThanOrEqual(injected.counts['held'] ?? 0);
});

it('computing before a write delays it, computing after one does not', () => {
  const before = stream({ kind: 'spin-before-write', spinNs: 20_000 });
  const gaps = before.written
    .slice(1, TOKENS)
    .map(({ at }, index) => at - (before.written[index]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.02 - 0.001);
  let writtenAt = 0;
  const recording = recordSink();
  const sink = new Injected({ injection: { kind: 'spin-after-write', spinNs: 5e6 }, seed: 1 }).wrap(
    { ...recording.sink, token: () => void (writtenAt = performance.now()) },
    plan,
  );
  sink.token(1, '');
  expect(performance.now() - writtenAt).toBeGreaterThanOrEqual(4.9);
});

it('computing after the turn writes nothing in it, then everything in order, and says how long it computed at least', async () => {
  const { written, injected } = stream({
    kind: 'spin-before-write',
    spinNs: 1000,
    when: 'after-turn',
  });
  expect(written).toEqual([]);
  await wait(0);
  expect(written.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: TOKENS + 1 }, (_, index) => index + 1),
  );
  expect(injected.counts['shortestSpinNs']).toBeGreaterThanOrEqual(1000);
  expect(injected.pacerArmed).toBeUndefined();
});

it('retained memory is given back when the stream closes', () => {
  const { injected, close } = stream({ kind: 'retained', bytesPerStream: 10_000 });
  expect(injected.counts['retainedBytes']).toBe(10_000);
  expect(injected.retainedStreams).toBe(1);
  close();
  expect(injected.retainedStreams).toBe(0);
});

it('streams of the rehearsal are served as they are', () => {
  const { written } = stream({ kind: 'damage', every: 3 }, { ...plan, trialIndex: undefined });
  expect(written).toHaveLength(TOKENS + 1);
});

it('a stall blocks the event loop once a period', async () => {
  const injected = new Injected({
    injection: { kind: 'stall', everyNs: 40e6, stallNs: 20e6 },
    seed: 1,
  });
  injected.start();
  while ((injected.counts['stalls'] ?? 0) < 2) await wait(1);
  injected.stop();
  const { stalls } = injected.counts;
  await wait(100);
  expect(injected.counts['stalls']).toBe(stalls);
});

it('damage to a token that is bytes alters one of them', () => {
  const { sink, written } = recordSink();
  const injected = new Injected({ injection: { kind: 'damage', every: 3 }, seed: 1 });
  const wrapped = injected.wrap(sink, plan);
  const template = payloads.audio.template('0');
  const chunk = Buffer.alloc(9);
  for (let sequence = 1; sequence <= 100; sequence++)
    wrapped.token(sequence, { template, sequence, chunk });
  const altered = written.filter(({ payload }) => payload.includes('"AQAAAAAAAAAA"'));
  expect(altered).toHaveLength(injected.counts['corrupted']!);
  expect(altered.length).toBeGreaterThan(10);
  expect(chunk.every((byte) => byte === 0)).toBe(true);
});
