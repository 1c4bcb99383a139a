import { expect, test } from 'vitest';
import { quantileOf } from '../../contract/distribution.ts';
import { measureSpread, type BroadcastStamps } from './spread.ts';

const DUE_NS = [100, 200, 300, 400];

/**
 * Receipts by subscriber and message; subscribers start at 0, 1, 2 …, messages are due at 100, 200,
 * 300 and 400.
 */
function stampsOf(
  receivedNs: readonly (readonly number[])[],
  options: Partial<BroadcastStamps> = {},
): BroadcastStamps {
  const streams = receivedNs.length;
  return {
    population: {
      streams,
      startNs: Float64Array.from(receivedNs, (_, stream) => stream),
      tokens: new Int32Array(streams).fill(DUE_NS.length),
      seeds: new Uint32Array(streams),
      slots: Int32Array.from(receivedNs, (_, stream) => stream),
      base: Int32Array.from(receivedNs, (_, stream) => stream * DUE_NS.length),
      totalTokens: streams * DUE_NS.length,
    },
    offsetsNs: receivedNs.map((_, stream) => Float64Array.from(DUE_NS, (due) => due - stream)),
    windowStartNs: 150,
    windowEndNs: 400,
    client: { receivedNs: Float64Array.from(receivedNs.flat()) },
    ...options,
  };
}

test('the spread of a message is from its first receipt to its last, over the messages of the window', () => {
  const { distributions, messages, overruns } = measureSpread(
    stampsOf([
      [101, 210, 340, 401],
      [199, 205, 310, 499],
      [102, 230, 305, 402],
    ]),
  );
  expect(messages).toBe(2);
  expect(overruns).toBe(0);
  expect([0, 1].map((q) => quantileOf(distributions.spreadNs, q as 0 | 1))).toEqual([25, 35]);
  expect([0, 1].map((q) => quantileOf(distributions.firstReceiptNs, q as 0 | 1))).toEqual([5, 5]);
  expect([0, 1].map((q) => quantileOf(distributions.lastReceiptNs, q as 0 | 1))).toEqual([30, 40]);
});

test('a message that reaches the last subscriber after the next one is due has overrun it', () => {
  const receipts = [
    [101, 201, 301, 401],
    [101, 300, 401, 402],
  ];
  expect(measureSpread(stampsOf(receipts)).overruns).toBe(1);
});

test('a subscriber who is left out, because it stopped reading, has no part in it', () => {
  const { distributions, messages } = measureSpread(
    stampsOf(
      [
        [101, 210, 310, 410],
        [101, 212, 313, 410],
        [101, Number.NaN, Number.NaN, Number.NaN],
      ],
      { leftOut: new Set([2]) },
    ),
  );
  expect(messages).toBe(2);
  expect([0, 1].map((q) => quantileOf(distributions.spreadNs, q as 0 | 1))).toEqual([2, 3]);
});

test('a message that somebody else never received is no sample', () => {
  const receipts = [
    [101, 210, 310, 410],
    [101, Number.NaN, 313, 410],
  ];
  const { distributions, messages } = measureSpread(stampsOf(receipts));
  expect(messages).toBe(1);
  expect(quantileOf(distributions.spreadNs, 0.5)).toBe(3);
});

test('subscribers that are planned to get different messages are a defect', () => {
  const receipts = [DUE_NS, DUE_NS];
  const offsetsNs = receipts.map(() => Float64Array.from(DUE_NS));
  expect(() => measureSpread(stampsOf(receipts, { offsetsNs }))).toThrow('same messages');
});
