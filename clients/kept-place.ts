// Decides which streams share a connection: those of one slot, if the trial keeps connections.

import type { TrialSpecification } from '../bench/contract/messages.ts';
import type { KeptPlace, StreamTarget } from './stream-client.ts';

/** Fields to be added to a stream's target. */
export function keptPlace(
  { connecting }: Pick<TrialSpecification, 'connecting'>,
  place: KeptPlace,
): Pick<StreamTarget, 'kept'> {
  return connecting?.kind === 'kept' ? { kept: place } : {};
}
