// Finds the streams and tokens of the measurement window. The plan alone decides, so that both arms
// of a block have the same members, however late either was: a slow arm cannot push its slow tokens
// out of the window.

import assert from 'node:assert/strict';
import type { Population } from '../contract/population.ts';

export interface WindowPlan {
  readonly population: Population;
  /**
   * Due times of the tokens by stream, ns after the server's route handler began, or in a timetable
   * after the planned start.
   */
  readonly offsetsNs: readonly Float64Array[];
  /** Bounds of the window in ns since T0; the end is excluded. */
  readonly windowStartNs: number;
  readonly windowEndNs: number;
  /** Streams that are no members, such as those whose receivers stop reading as planned. */
  readonly leftOut?: ReadonlySet<number>;
}

export interface WindowMembers {
  /** Streams planned to start in the window, in that order. */
  readonly starting: Uint32Array;
  /** Streams whose last token is planned in the window, in order of that time. */
  readonly ending: Uint32Array;
  /** Columns over the tokens planned in the window, in order of planned time. */
  readonly tokens: {
    /** Position in the columns over all tokens. */
    readonly position: Uint32Array;
    readonly stream: Uint32Array;
    readonly plannedNs: Float64Array;
  };
  /** Streams planned to be open, averaged over the window: from planned start to last token. */
  readonly meanConcurrent: number;
}

export function findWindowMembers(plan: WindowPlan): WindowMembers {
  const { population, windowStartNs, windowEndNs } = plan;
  const isInside = (ns: number): boolean => ns >= windowStartNs && ns < windowEndNs;
  const starting: number[] = [];
  const ending: number[] = [];
  const endNs: number[] = [];
  const position = new Uint32Array(population.totalTokens);
  const stream = new Uint32Array(population.totalTokens);
  const plannedNs = new Float64Array(population.totalTokens);
  let members = 0;
  let openNs = 0;
  for (let index = 0; index < population.streams; index++) {
    if (plan.leftOut?.has(index) === true) continue;
    const startNs = population.startNs[index] as number;
    const base = population.base[index] as number;
    const tokens = population.tokens[index] as number;
    const offsets = plan.offsetsNs[index];
    assert(
      offsets !== undefined && offsets.length >= tokens,
      'every token of every stream has an offset',
    );
    const lastNs = startNs + (offsets[tokens - 1] ?? 0);
    if (isInside(startNs)) starting.push(index);
    if (isInside(lastNs)) {
      ending.push(index);
      endNs.push(lastNs);
    }
    openNs += Math.max(0, Math.min(lastNs, windowEndNs) - Math.max(startNs, windowStartNs));
    for (let token = 0; token < tokens; token++) {
      const dueNs = startNs + (offsets[token] as number);
      if (!isInside(dueNs)) continue;
      position[members] = base + token;
      stream[members] = index;
      plannedNs[members] = dueNs;
      members++;
    }
  }
  const order = orderByTime(plannedNs.subarray(0, members), plan);
  return {
    starting: Uint32Array.from(starting),
    ending: Uint32Array.from(
      orderByTime(Float64Array.from(endNs), plan),
      (index) => ending[index] as number,
    ),
    tokens: {
      position: gather(new Uint32Array(members), position, order),
      stream: gather(new Uint32Array(members), stream, order),
      plannedNs: gather(new Float64Array(members), plannedNs, order),
    },
    meanConcurrent: openNs / (windowEndNs - windowStartNs),
  };
}

function gather<T extends Uint32Array | Float64Array>(to: T, from: T, order: Uint32Array): T {
  for (let rank = 0; rank < order.length; rank++) to[rank] = from[order[rank] as number] as number;
  return to;
}

const BUCKETS = 1 << 16;
const LARGEST_KEY = 2 ** 32 - 1;

/**
 * Indices in order of time, by two stable radix passes over the place in the window as 32 bits: a
 * comparison sort of a million indices takes most of a second. Times nearer than 2⁻³² of the window
 * (2 ns in 10 s) keep their order.
 */
function orderByTime(
  timesNs: Float64Array,
  window: { readonly windowStartNs: number; readonly windowEndNs: number },
): Uint32Array {
  const scale = (LARGEST_KEY + 1) / (window.windowEndNs - window.windowStartNs);
  const keys = new Uint32Array(timesNs.length);
  for (let index = 0; index < keys.length; index++)
    keys[index] = Math.min(
      LARGEST_KEY,
      ((timesNs[index] as number) - window.windowStartNs) * scale,
    );
  let from = new Uint32Array(keys.length);
  for (let index = 0; index < from.length; index++) from[index] = index;
  let to = new Uint32Array(keys.length);
  for (const shift of [0, 16]) {
    const next = new Uint32Array(BUCKETS + 1);
    for (let index = 0; index < keys.length; index++) {
      const after = (((keys[index] as number) >>> shift) & (BUCKETS - 1)) + 1;
      next[after] = (next[after] as number) + 1;
    }
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      next[bucket + 1] = (next[bucket + 1] as number) + (next[bucket] as number);
    for (let rank = 0; rank < from.length; rank++) {
      const index = from[rank] as number;
      const bucket = ((keys[index] as number) >>> shift) & (BUCKETS - 1);
      const place = next[bucket] as number;
      to[place] = index;
      next[bucket] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
