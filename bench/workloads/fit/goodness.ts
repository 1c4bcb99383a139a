// How well a fitted workload matches its trace: distances between distributions, and how unequal
// the numbers of starts in equal times are.

import { startGaps, type ArrivalModel } from '../../contract/arrival-model.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { seededDraw } from '../../contract/random.ts';

/** The largest difference between the cumulative shares of two samples (Kolmogorov–Smirnov). */
export function distanceBetween(one: Float64Array, other: Float64Array): number {
  const [a, b] = [one.toSorted(), other.toSorted()];
  let [inA, inB, most] = [0, 0, 0];
  while (inA < a.length && inB < b.length) {
    const at = Math.min(a[inA] as number, b[inB] as number);
    while (inA < a.length && (a[inA] as number) <= at) inA++;
    while (inB < b.length && (b[inB] as number) <= at) inB++;
    most = Math.max(most, Math.abs(inA / a.length - inB / b.length));
  }
  return most;
}

/** Variance over mean of the number of starts in stretches of this length; 1 for Poisson. */
export function dispersion(gapsMs: Float64Array, stretchMs: number): number {
  const counts: number[] = [];
  let atMs = 0;
  let starts = 0;
  for (const gap of gapsMs) {
    atMs += gap;
    while (atMs >= (counts.length + 1) * stretchMs) {
      counts.push(starts);
      starts = 0;
    }
    starts++;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  return variance / mean;
}

export function variationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Math.sqrt(variance) / mean;
}

export function sampleGapsMs(model: ArrivalModel, count: number, seed: number): Float64Array {
  const next = startGaps(model, seededDraw(seed));
  return Float64Array.from({ length: count }, () => next() / NS_PER_MS);
}
