// Judges how far the clocks of server and client may be apart when trials missed that gate, and
// which endpoints that affects.

import type { Gate } from '../contract/run-file.ts';
import { amount } from './amounts.ts';
import type { MeasuredArm } from './measured-trials.ts';
import type { Metric } from './metrics/metric.ts';

/**
 * The same share as for gates of the harness: fewer misses are noise that the interval contains.
 */
const PERSISTENT_SHARE = 0.25;

/**
 * The widest bound of each arm that missed a gate of clocks in more than a quarter of its trials.
 */
export function findClockDoubts(arms: readonly MeasuredArm[]): readonly Gate[] {
  return arms.flatMap(({ completed }) => {
    const misses = completed.flatMap(
      ({ gates }) => gates.find(({ ok, boundsClocks }) => boundsClocks === true && !ok) ?? [],
    );
    if (misses.length <= completed.length * PERSISTENT_SHARE) return [];
    return misses.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0)).slice(0, 1);
  });
}

/**
 * Why an endpoint that subtracts stamps of two processes gets no verdict, in words. Two trials may
 * be off in opposite directions, so twice the bound counts; without an absolute margin, the limit
 * of the gate takes its place.
 */
export function whyClocksTooFar(
  { isOneWay, margin }: Pick<Metric, 'isOneWay' | 'margin'>,
  doubts: readonly Gate[],
): string | undefined {
  if (isOneWay !== true) return undefined;
  const doubt = doubts.find(
    ({ value = Infinity, limit }) => 2 * value > (margin?.absolute ?? limit),
  );
  if (doubt === undefined) return undefined;
  const within = doubt.value === undefined ? 'an unknown time' : amount(doubt.value, doubt.unit);
  return `the clocks of server and client agree within ${within} only (${doubt.id}), too little for the margin`;
}
