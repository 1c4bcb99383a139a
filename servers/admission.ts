// What becomes of a request for a stream: the same decision on every transport, before anything is sent.

import type { PlannedStreams, StreamRequest } from './planned-streams.ts';
import type { Admission, Streams } from './streams.ts';

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
  if (plan !== undefined) return { outcome: 'serve', plan };
  return { outcome: 'refused', statusCode: 404, message: `no stream ${request.id} in this trial` };
}
