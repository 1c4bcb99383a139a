// Fits the lengths of streams: a table of quantiles, and beside it how far a lognormal would be.

import { drawNormal, seededDraw } from '../../contract/random.ts';
import { lengthAt, type StreamLengths } from '../../contract/stream-lengths.ts';
import { distanceBetween } from './goodness.ts';

const SHARES = [
  0, 0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8,
  0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1,
] as const;
const SAMPLES = 50_000;
const SEED = 1;

export interface LengthsFit {
  readonly lengths: StreamLengths;
  /** Kolmogorov–Smirnov distance of the trace from the table, and from the best lognormal. */
  readonly distance: number;
  readonly lognormalDistance: number;
}

export function fitLengths(tokens: readonly number[]): LengthsFit {
  const sorted = tokens.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  const lengths: StreamLengths = { quantiles: SHARES.map((share) => [share, at(share)]) };
  const draw = seededDraw(SEED);
  const trace = Float64Array.from(tokens);
  const logs = tokens.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const sigma = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
  return {
    lengths,
    distance: distanceBetween(
      trace,
      sample(() => lengthAt(lengths, draw())),
    ),
    lognormalDistance: distanceBetween(
      trace,
      sample(() => Math.exp(mean + sigma * drawNormal(draw))),
    ),
  };
}

function sample(one: () => number): Float64Array {
  return Float64Array.from({ length: SAMPLES }, () => Math.max(1, Math.round(one())));
}
