import { expect, test } from 'vitest';
import { quantileOf } from '../../contract/distribution.ts';
import { partDelivery, type NeighbourStamps } from './neighbours.ts';

/**
 * Two streams with tokens due at 100, 200 … 500; the first receives 1 ns late until 299 and 5 ns
 * late from then on, the second never reads.
 */
const stamps: NeighbourStamps = {
  population: {
    streams: 2,
    startNs: new Float64Array(2),
    tokens: new Int32Array([5, 5]),
    seeds: new Uint32Array(2),
    slots: new Int32Array([0, 1]),
    base: new Int32Array([0, 5]),
    totalTokens: 10,
  },
  offsetsNs: [Float64Array.of(100, 200, 300, 400, 500), Float64Array.of(100, 200, 300, 400, 500)],
  windowStartNs: 100,
  windowEndNs: 500,
  leftOut: new Set([1]),
  client: {
    receivedNs: Float64Array.of(
      101,
      201,
      305,
      405,
      505,
      900,
      900,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ),
  },
};

test('delivery is parted by when a token was due, over the clients that read on', () => {
  const { beforeFaultDeliveryNs, neighbourDeliveryNs } = partDelivery(stamps, 300);
  expect([beforeFaultDeliveryNs!.count, neighbourDeliveryNs!.count]).toEqual([2, 2]);
  expect([0, 1].map((q) => quantileOf(beforeFaultDeliveryNs, q as 0 | 1))).toEqual([1, 1]);
  expect([0, 1].map((q) => quantileOf(neighbourDeliveryNs, q as 0 | 1))).toEqual([5, 5]);
});

test('a side without a token has no distribution', () => {
  expect(partDelivery(stamps, 100).beforeFaultDeliveryNs).toBeUndefined();
  expect(partDelivery(stamps, 500).neighbourDeliveryNs).toBeUndefined();
});
