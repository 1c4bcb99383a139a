// Fits exponential gaps whose mean a hidden Markov chain chooses (arrival-model.ts) to the gaps of
// a trace, by the Baum–Welch algorithm (Baum et al. 1970; Rabiner 1989, with its scaling).

import type { ArrivalModel } from '../../contract/arrival-model.ts';

export interface PhasesFit {
  readonly model: ArrivalModel;
  readonly logLikelihood: number;
  /** Bayesian information criterion (Schwarz 1978): the lower, the better. */
  readonly bic: number;
}

interface Parameters {
  /** Of the gaps' phases, in the unit of the gaps. */
  readonly means: readonly number[];
  /** Probabilities of the next phase, row by row. */
  readonly next: readonly (readonly number[])[];
  readonly first: readonly number[];
}

const MOST_ROUNDS = 500;
const LEAST_GAIN = 1e-4;
/** A phase of gaps that are all 0 would have an infinite density. */
const SHORTEST_MEAN_MS = 1e-3;
/** The phases begin as parts of the sorted gaps, each a share of the one before, and last. */
const STAYS = 0.8;
const RARER = 0.25;

/** @param gapsMs In their order; above 0 in the mean. */
export function fitPhases(gapsMs: Float64Array, phases: number): PhasesFit {
  let parameters = guess(gapsMs, phases);
  let logLikelihood = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const better = improve(gapsMs, parameters);
    ({ parameters } = better);
    const gain = better.logLikelihood - logLikelihood;
    logLikelihood = better.logLikelihood;
    if (gain < LEAST_GAIN) break;
  }
  const free = phases * phases;
  return {
    model: modelOf(parameters),
    logLikelihood,
    bic: free * Math.log(gapsMs.length) - 2 * logLikelihood,
  };
}

/**
 * Parts of the sorted gaps: the shortest three quarters, then three quarters of the rest, and so on,
 * since long gaps are rare.
 */
function guess(gapsMs: Float64Array, phases: number): Parameters {
  const sorted = gapsMs.toSorted();
  const ends = Array.from({ length: phases }, (_, phase) =>
    phase === phases - 1 ? 1 : 1 - RARER ** (phase + 1),
  );
  const means = ends.map((end, phase) =>
    Math.max(
      SHORTEST_MEAN_MS,
      mean(
        sorted.subarray(
          Math.floor((ends[phase - 1] ?? 0) * sorted.length),
          Math.max(1, Math.floor(end * sorted.length)),
        ),
      ),
    ),
  );
  const other = phases === 1 ? 0 : (1 - STAYS) / (phases - 1);
  const next = means.map((_, from) =>
    means.map((__, to) => (from === to ? 1 - other * (phases - 1) : other)),
  );
  return { means, next, first: means.map(() => 1 / phases) };
}

/** One round: the parameters that are likeliest for the phases that the last ones suggest. */
function improve(
  gapsMs: Float64Array,
  { means, next, first }: Parameters,
): { readonly parameters: Parameters; readonly logLikelihood: number } {
  const phases = means.length;
  const gaps = gapsMs.length;
  const density = (gap: number, phase: number): number =>
    Math.exp(-gap / (means[phase] as number)) / (means[phase] as number);
  const forward = new Float64Array(gaps * phases);
  const scale = new Float64Array(gaps);
  for (let at = 0; at < gaps; at++) {
    for (let to = 0; to < phases; to++) {
      let share = at === 0 ? (first[to] as number) : 0;
      if (at > 0)
        for (let from = 0; from < phases; from++)
          share += (forward[(at - 1) * phases + from] as number) * (next[from]?.[to] as number);
      const value = share * density(gapsMs[at] as number, to);
      forward[at * phases + to] = value;
      scale[at] = (scale[at] as number) + value;
    }
    for (let to = 0; to < phases; to++)
      forward[at * phases + to] = (forward[at * phases + to] as number) / (scale[at] as number);
  }
  const counts = means.map(() => new Float64Array(phases));
  const weight = new Float64Array(phases);
  const weighted = new Float64Array(phases);
  let backward = new Float64Array(phases).fill(1);
  let start: readonly number[] = first;
  for (let at = gaps - 1; at >= 0; at--) {
    const gap = gapsMs[at] as number;
    const posterior = Array.from(
      backward,
      (value, phase) => value * (forward[at * phases + phase] as number),
    );
    for (let phase = 0; phase < phases; phase++) {
      weight[phase] = (weight[phase] as number) + (posterior[phase] as number);
      weighted[phase] = (weighted[phase] as number) + (posterior[phase] as number) * gap;
    }
    start = posterior;
    if (at === 0) break;
    const before = new Float64Array(phases);
    for (let from = 0; from < phases; from++)
      for (let to = 0; to < phases; to++) {
        const step =
          ((next[from]?.[to] as number) * density(gap, to) * (backward[to] as number)) /
          (scale[at] as number);
        before[from] = (before[from] as number) + step;
        (counts[from] as Float64Array)[to] =
          (counts[from]?.[to] as number) + step * (forward[(at - 1) * phases + from] as number);
      }
    backward = before;
  }
  return {
    parameters: {
      means: means.map((_, phase) =>
        Math.max(SHORTEST_MEAN_MS, (weighted[phase] as number) / (weight[phase] as number)),
      ),
      next: counts.map((row) => shares(Array.from(row))),
      first: shares(start),
    },
    logLikelihood: scale.reduce((sum, value) => sum + Math.log(value), 0),
  };
}

/** Phases from the shortest gaps to the longest, with a few digits. */
function modelOf({ means, next }: Parameters): ArrivalModel {
  const order = means.map((_, phase) => phase).sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0));
  return {
    phases: order.map((from) => ({
      meanGapMs: Number((means[from] as number).toPrecision(4)),
      next: order.map((to) => Number((next[from] as readonly number[])[to]?.toFixed(5))),
    })),
  };
}

function shares(values: readonly number[]): number[] {
  const all = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / all);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
