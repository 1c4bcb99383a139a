// Measures how far apart the subscribers of one source receive each message. Uses receipts alone,
// on one host: the server's stamps take no part, and its lateness cancels.

import assert from 'node:assert/strict';
import type { Distribution } from '../../contract/distribution.ts';
import type { DistributionName } from '../../contract/run-file.ts';
import type { StampColumns } from '../../contract/stamps.ts';
import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import type { WindowPlan } from '../../analysis/window-members.ts';

export interface BroadcastStamps extends WindowPlan {
  /** `receivedNs` by token; ns since T0, NaN when never taken. */
  readonly client: StampColumns;
}

export interface Spread {
  /**
   * One sample per message: from its first receipt to its last, and from when it was due to either.
   */
  readonly distributions: Partial<
    Record<Extract<DistributionName, 'spreadNs' | 'firstReceiptNs' | 'lastReceiptNs'>, Distribution>
  >;
  /**
   * Messages of the window that all subscribers received, and of them those that had not reached
   * the last when the next was due.
   */
  readonly messages: number;
  readonly overruns: number;
}

/**
 * Covers the subscribers that are not left out, each of which is planned to get all messages at the
 * same moments.
 */
export function measureSpread(stamps: BroadcastStamps): Spread {
  const { population, offsetsNs, windowStartNs, windowEndNs, leftOut } = stamps;
  const receivedNs = stamps.client['receivedNs'];
  assert(
    receivedNs?.length === population.totalTokens,
    'stamps receivedNs have one entry for each token',
  );
  const bases = Array.from(population.base).filter((_, stream) => leftOut?.has(stream) !== true);
  const dueNs = commonDueTimes(stamps);
  const samples = {
    spreadNs: [] as number[],
    firstReceiptNs: [] as number[],
    lastReceiptNs: [] as number[],
  };
  let overruns = 0;
  for (const [message, due] of dueNs.entries()) {
    if (due < windowStartNs || due >= windowEndNs) continue;
    const { first, last } = extremes(bases, (base) => receivedNs[base + message] as number);
    if (Number.isNaN(first)) continue;
    samples.spreadNs.push(last - first);
    samples.firstReceiptNs.push(first - due);
    samples.lastReceiptNs.push(last - due);
    const nextNs = dueNs[message + 1];
    if (nextNs !== undefined && last > nextNs) overruns++;
  }
  const distributions: Record<string, Distribution> = {};
  for (const [name, values] of Object.entries(samples)) {
    const summary = summariseDistribution(Float64Array.from(values));
    if (summary !== undefined) distributions[name] = summary;
  }
  assert(offsetsNs.length === population.streams, 'every stream has offsets');
  return { distributions, messages: samples.spreadNs.length, overruns };
}

/** When each message is due, ns since T0. */
function commonDueTimes({ population, offsetsNs }: WindowPlan): Float64Array {
  const dueOf = (stream: number): Float64Array =>
    (offsetsNs[stream] ?? new Float64Array()).map(
      (offset) => (population.startNs[stream] as number) + offset,
    );
  const first = dueOf(0);
  for (let stream = 1; stream < population.streams; stream++) {
    const due = dueOf(stream);
    assert(
      due.length === first.length && due[0] === first[0] && due.at(-1) === first.at(-1),
      'all subscribers get the same messages',
    );
  }
  return first;
}

/** NaN when any value is NaN. */
function extremes(
  bases: readonly number[],
  valueOf: (base: number) => number,
): { first: number; last: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const base of bases) {
    const value = valueOf(base);
    // Both of Math.min and Math.max are NaN from the first NaN on.
    first = Math.min(first, value);
    last = Math.max(last, value);
  }
  return { first, last };
}
