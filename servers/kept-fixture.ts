// Test fixture: streams of 3, 13 and 43 tokens, for connections that carry one after another.

import type { Population } from '../bench/contract/population.ts';

const lengths = [3, 13, 43];

export const testPopulation: Population = {
  streams: lengths.length,
  startNs: new Float64Array(lengths.length),
  tokens: Int32Array.from(lengths),
  seeds: Uint32Array.from(lengths, (_, stream) => 500 + stream),
  slots: new Int32Array(lengths.length),
  base: Int32Array.from(lengths, (_, stream) =>
    lengths.slice(0, stream).reduce((sum, length) => sum + length, 0),
  ),
  totalTokens: lengths.reduce((sum, length) => sum + length, 0),
};
