// Decides which streams share a connection, on a transport on which they do: those of neighbouring
// slots, so that each connection has the same number of them at a time.

import type { Slice, TrialSpecification } from '../bench/contract/messages.ts';
import type { SharedPlace, StreamTarget } from './stream-client.ts';

interface Place extends Pick<SharedPlace, 'streamId'> {
  readonly slot: number;
  /** The slots of this process, whose numbers leave one remainder; absent where it has all. */
  readonly slice?: Slice | undefined;
}

/** Fields to be added to a stream's target. */
export function sharedPlace(
  { streamsPerConnection }: Pick<TrialSpecification, 'streamsPerConnection'>,
  { slot, streamId, slice }: Place,
): Pick<StreamTarget, 'shared'> {
  if (streamsPerConnection === undefined) return {};
  const ownSlot = Math.floor(slot / (slice?.of ?? 1));
  return { shared: { connection: Math.floor(ownSlot / streamsPerConnection), streamId } };
}
