// Admission of a stream request: the same decision on every transport, before anything is sent.

import type { Certificate } from '../bench/contract/certificate.ts';
import { NS_PER_S } from '../bench/contract/units.ts';
import type { PlannedStreams, StreamPlan, StreamRequest } from './planned-streams.ts';
import type { Admission, Streams } from './streams.ts';
import type { TurnsParts } from './turns/turn-ledger.ts';

/**
 * Limits a stream described by its request: n and rate, each within its own bounds, could otherwise
 * hold a place for months.
 */
const LONGEST_DESCRIBED_NS = 3600 * NS_PER_S;
const TOO_LONG =
  'the stream would last for more than an hour: ask for fewer tokens with n, or for a higher rate';

export interface TwinParts {
  readonly streams: Streams;
  readonly planned: Pick<PlannedStreams, 'find'>;
  readonly now: () => number;
  /** The certificate of a server over TLS. */
  readonly tls?: Certificate | undefined;
  /** Set for a twin that takes turns of conversations, and nothing else. */
  readonly turns?: TurnsParts | undefined;
}

/**
 * @param after The cursor of a resuming receiver, as sent; it has no meaning when streams end with
 * their connections.
 */
export function admit(
  { streams, planned }: TwinParts,
  request: StreamRequest,
  after?: string,
): Admission {
  const { lasting } = streams;
  if (lasting !== undefined) {
    const plan = planned.find({ id: request.id });
    if (plan !== undefined) lasting.adopt(plan, after);
    const known = lasting.lookUp(request.id, after);
    if (known !== undefined) return known;
  }
  if (streams.isFull)
    return {
      outcome: 'refused',
      statusCode: 503,
      message: 'the server has as many streams as it may',
    };
  const plan = planned.find(request);
  if (plan !== undefined)
    return lastsTooLong(plan)
      ? { outcome: 'refused', statusCode: 400, message: TOO_LONG }
      : { outcome: 'serve', plan };
  return { outcome: 'refused', statusCode: 404, message: `no stream ${request.id} in this trial` };
}

/** A stream planned by a trial may last as long as the trial asks for. */
function lastsTooLong({ trialIndex, isRehearsal, offsetsNs }: StreamPlan): boolean {
  return trialIndex === undefined && !isRehearsal && (offsetsNs.at(-1) ?? 0) > LONGEST_DESCRIBED_NS;
}
