// Seeded randomness. Everything random in a run comes from its one published seed, so that two
// arms, two processes and two machines draw the same workload.

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Uniform on [0, 1). */
export type Draw = () => number;

export function seededDraw(seed: number): Draw {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/**
 * Derives a seed for a part of the work: (seed, part) → u32, by the finaliser of MurmurHash3, so
 * neighbouring parts are unrelated.
 */
export function deriveSeed(seed: number, ...parts: readonly number[]): number {
  let hash = seed >>> 0;
  for (const part of parts) {
    hash = (hash ^ Math.imul((part + 0x9e3779b9) >>> 0, 0x85ebca6b)) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
    hash = (hash ^ (hash >>> 16)) >>> 0;
  }
  return hash;
}

/** Standard normal, by Box–Muller; two draws each. */
export function drawNormal(draw: Draw): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draw()));
  return radius * Math.cos(2 * Math.PI * draw());
}

/** An integer in [0, bound). */
export function drawBelow(draw: Draw, bound: number): number {
  return Math.floor(draw() * bound);
}

/** A new array in random order (Fisher–Yates). */
export function shuffled<T>(draw: Draw, values: readonly T[]): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = drawBelow(draw, last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
