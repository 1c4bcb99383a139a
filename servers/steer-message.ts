// The WebSocket form of `POST /v1/streams/:id/steer`. What is accepted has no answer but its token.

import type { WebSocket } from 'ws';
import { closeCodes } from '../bench/contract/control-events.ts';
import type { Streams } from './streams.ts';

/**
 * One that crosses the `done` of its stream finds the stream over, and has its answer in that. Closes
 * with 1008 where the stream takes no input, and with 1013 where too much waits.
 */
export function steerByMessage(
  streams: Streams,
  webSocket: WebSocket,
  { id, text }: { readonly id: string; readonly text: string },
): void {
  const outcome = streams.steer(id, text);
  if (outcome === 'not-steerable') webSocket.close(closeCodes.badRequest);
  else if (outcome === 'full') webSocket.close(closeCodes.overload);
}
