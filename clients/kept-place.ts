// Which streams share a connection: those of one slot, where the trial says so.

import type { TrialSpecification } from '../bench/contract/messages.ts';
import type { KeptPlace, StreamTarget } from './stream-client.ts';

/** To be added to a stream's target. */
export function keptPlace({ connecting }: Pick<TrialSpecification, 'connecting'>, place: KeptPlace): Pick<StreamTarget, 'kept'> {
  return connecting?.kind === 'kept' ? { kept: place } : {};
}
