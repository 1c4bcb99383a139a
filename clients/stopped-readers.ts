// Chooses the clients that stop reading in the fault `slow-reader`: the same ones in every arm of a
// block.

import { chooseStopped } from '../bench/contract/stall.ts';

/** Streams in rising order; at least one, and exactly `share` of them, rounded. */
export function chooseStoppedReaders(
  workloadSeed: number,
  options: { readonly streams: number; readonly share: number },
): number[] {
  const { streams, share } = options;
  return chooseStopped(workloadSeed, {
    streams,
    count: Math.min(streams, Math.max(1, Math.round(share * streams))),
  });
}
