// Which clients stop reading in the fault `slow-reader`: the same ones in every arm of a block.

import { deriveSeed } from '../bench/contract/random.ts';

const PAUSE_SEED = 0x70617573;

/** Streams in rising order; at least one, and exactly `share` of them, rounded. */
export function chooseStoppedReaders(workloadSeed: number, options: { readonly streams: number; readonly share: number }): number[] {
  const { streams, share } = options;
  const drawn = Array.from({ length: streams }, (_, stream) => ({ stream, lot: deriveSeed(workloadSeed, PAUSE_SEED, stream) }));
  drawn.sort((a, b) => a.lot - b.lot || a.stream - b.stream);
  const count = Math.min(streams, Math.max(1, Math.round(share * streams)));
  return drawn
    .slice(0, count)
    .map(({ stream }) => stream)
    .sort((a, b) => a - b);
}
