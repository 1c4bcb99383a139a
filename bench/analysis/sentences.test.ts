import { expect, test } from 'vitest';
import { factorOn, fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import { analyseRun } from '../scenarios/readings.ts';

function sentence(metric: string, options: FixtureOptions = {}): string | undefined {
  return analyseRun(fixtureRun({ noise: 0, ...options })).loadPoints[0]?.comparisons.find(
    (one) => one.metric === metric,
  )?.sentence;
}

test('a winner is named with what it saves', () => {
  const factor = factorOn('serverCpu', 'ws', 0.75);
  expect(sentence('cpu.server.token', { factor })).toBe(
    'WebSocket had lower server CPU per token than SSE: 25 % less (95 % interval 25 to 25 %).',
  );
});

test('a baseline that wins saves a share of what the other needs', () => {
  const factor = factorOn('serverCpu', 'ws', 2);
  expect(sentence('cpu.server.token', { factor })).toBe(
    'SSE had lower server CPU per token than WebSocket: 50 % less (95 % interval 50 to 50 %).',
  );
});

test('what is compared by difference is told in its unit', () => {
  const factor = factorOn('ttftOverheadNs', 'ws', 20);
  expect(sentence('ttft.overhead.p50', { factor })).toMatch(
    /^SSE had lower TTFT overhead p50 than WebSocket: \d+ ms less \(95 % interval \d+ to \d+ ms\)\.$/,
  );
});

test('equivalence names its margin', () => {
  expect(sentence('delivery.p50')).toBe(
    'Delivery latency p50: what differs is negligible to a user (within 10 % or 0.1 ms): WebSocket / SSE = 1, 95 % interval 1 to 1.',
  );
});

test('counted bytes are told as they are', () => {
  expect(sentence('bytes.token')).toBe(
    'Bytes per token with resume id: SSE 38 bytes, WebSocket 26 bytes; WebSocket needed 32 % less.',
  );
});

test('a part of the counted bytes has a ratio and no winner, and none where it is equal or 0', () => {
  expect(sentence('bytes.framing')).toBe(
    'Framing bytes per token: SSE 14 bytes, WebSocket 2 bytes; WebSocket / SSE = 0.143.',
  );
  expect(sentence('bytes.payload')).toBe(
    'Payload bytes per token: SSE 24 bytes, WebSocket 24 bytes.',
  );
  expect(sentence('bytes.id')).toBe('Resume id bytes per token: SSE 0 bytes, WebSocket 0 bytes.');
});

test('no sentence says that there is no difference or praises an arm', () => {
  for (const noise of [0, 0.04, 0.3]) {
    for (const { sentence: text } of analyseRun(fixtureRun({ noise })).loadPoints.flatMap(
      ({ comparisons }) => comparisons,
    )) {
      expect(text).not.toMatch(/no difference|best|winner|excellent|superior/i);
      expect(text).toMatch(/^\S.*\.$/);
    }
  }
});
