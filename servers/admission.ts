// What becomes of a request for a stream: the same decision on every transport, before anything is sent.

import { NS_PER_S } from '../bench/contract/units.ts';
import type { PlannedStreams, StreamPlan, StreamRequest } from './planned-streams.ts';
import type { Admission, Streams } from './streams.ts';

/** A stream that a request describes would otherwise hold its place for months: n and rate are each within their own bounds. */
const LONGEST_DESCRIBED_NS = 3600 * NS_PER_S;
const TOO_LONG = 'the stream would last for more than an hour: ask for fewer tokens with n, or for a higher rate';

export interface TwinParts {
  readonly streams: Streams;
  readonly planned: Pick<PlannedStreams, 'find'>;
  readonly now: () => number;
}

/** @param after The cursor of a receiver who comes back, as it was sent; it means nothing where streams end with their connections. */
export function admit({ streams, planned }: TwinParts, request: StreamRequest, after?: string): Admission {
  const { lasting } = streams;
  if (lasting !== undefined) {
    const plan = planned.find({ id: request.id });
    if (plan !== undefined) lasting.adopt(plan, after);
    const known = lasting.lookUp(request.id, after);
    if (known !== undefined) return known;
  }
  if (streams.isFull) return { outcome: 'refused', statusCode: 503, message: 'the server has as many streams as it may' };
  const plan = planned.find(request);
  if (plan !== undefined)
    return lastsTooLong(plan) ? { outcome: 'refused', statusCode: 400, message: TOO_LONG } : { outcome: 'serve', plan };
  return { outcome: 'refused', statusCode: 404, message: `no stream ${request.id} in this trial` };
}

/** What a trial planned lasts as long as the trial asks for. */
function lastsTooLong({ trialIndex, isRehearsal, offsetsNs }: StreamPlan): boolean {
  return trialIndex === undefined && !isRehearsal && (offsetsNs.at(-1) ?? 0) > LONGEST_DESCRIBED_NS;
}
