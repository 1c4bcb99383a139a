// Parses messages of WebSocket clients: `start` on a connection that carries one stream after
// another, or several at a time; `cancel` and `steer` of one that runs; `resume` when streams outlive
// their connections.

import { steerTextOf } from '../bench/contract/control-events.ts';
import { KIB } from '../bench/contract/units.ts';

/** Clients send next to nothing: ws closes with 1009 what is longer, and HTTP answers 413. */
export const MAX_CLIENT_MESSAGE_BYTES = 16 * KIB;

type ClientMessage =
  | { readonly type: 'start'; readonly id: string; readonly lane?: number }
  | { readonly type: 'cancel'; readonly lane?: number }
  | { readonly type: 'steer'; readonly text: string }
  | { readonly type: 'resume'; readonly after: string };

/**
 * Returns undefined for anything else; neither the id of a `start` nor the cursor of a `resume` is
 * validated.
 */
export function parseClientMessage(text: string): ClientMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type === 'cancel') return { type: 'cancel', ...laneOf(message) };
  if (message.type === 'steer') {
    const text = steerTextOf(message);
    return text === undefined ? undefined : { type: 'steer', text };
  }
  if (message.type === 'start' && 'id' in message && typeof message.id === 'string')
    return { type: 'start', id: message.id, ...laneOf(message) };
  return message.type === 'resume' && 'after' in message && typeof message.after === 'string'
    ? { type: 'resume', after: message.after }
    : undefined;
}

/** The number of the stream on a connection that several share. */
function laneOf(message: object): { lane?: number } {
  return 'lane' in message && Number.isInteger(message.lane) && (message.lane as number) >= 0
    ? { lane: message.lane as number }
    : {};
}
