// Divides the streams of a trial among several load processes: by connection slot, so that the
// streams of one slot, which follow one another, are opened by one process and go to one server.

import type { Slice } from './messages.ts';
import type { Population } from './population.ts';

/** Index, from 0, of the load process that runs the slot. */
export function processOfSlot(slot: number, processes: number): number {
  return slot % processes;
}

/** Streams that a process runs, in order of their start; all of them without a slice. */
export function streamsOf(
  { streams, slots }: Pick<Population, 'streams' | 'slots'>,
  slice: Slice | undefined,
): Uint32Array {
  const all = Uint32Array.from({ length: streams }, (_, stream) => stream);
  return slice === undefined
    ? all
    : all.filter((stream) => processOfSlot(slots[stream] as number, slice.of) === slice.index);
}
