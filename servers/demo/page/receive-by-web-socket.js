// Receives a stream over WebSocket: one text message per token. The page itself must reconnect.

/** @import { Receive } from './stream-receiver.ts' */

import { keepConnected } from './reconnecting.js';

/** The twin's meaning of the close codes after which there is nothing to resume. */
const FINAL_CODES = new Map([
  [1008, 'The WebSocket twin did not understand the cursor.'],
  [4404, 'The WebSocket twin keeps no such stream.'],
  [4409, 'Another connection took the stream over.'],
]);

/** @type {Receive} */
export function receiveByWebSocket({ twins, id, described, cursor }, listener) {
  const url = new URL(`/v1/ws/${id}`, twins.ws);
  for (const [name, value] of Object.entries(described)) url.searchParams.set(name, String(value));

  const stop = keepConnected(
    ({ progressed, lost }) => {
      const after = cursor();
      // The twin then waits for the cursor before it sends anything: a page cannot put it into the
      // handshake.
      if (after !== undefined) url.searchParams.set('resume', '1');
      const socket = new WebSocket(url);
      socket.addEventListener('open', () => {
        listener.connected();
        if (after !== undefined) socket.send(JSON.stringify({ type: 'resume', after }));
      });
      socket.addEventListener('message', ({ data }) => {
        progressed();
        listener.counted(framedLength(data));
        listener.event(typeOf(data), data);
      });
      socket.addEventListener('close', ({ code }) => {
        const reason = FINAL_CODES.get(code);
        if (reason === undefined) lost();
        else listener.failed(reason);
      });
      return () => socket.close();
    },
    {
      onLoss: listener.lost,
      onGivingUp: (attempts) =>
        listener.failed(`The WebSocket twin does not answer: given up after ${attempts} attempts.`),
    },
  );
  return stop;
}

/**
 * Every message but a token begins with its type.
 * @param {string} data
 */
function typeOf(data) {
  return /^\{"type":"([^"]*)"/.exec(data)?.[1] ?? 'message';
}

const encoder = new TextEncoder();

/**
 * Bytes of an unmasked text frame (RFC 6455 §5.2).
 * @param {string} data
 */
function framedLength(data) {
  const { length } = encoder.encode(data);
  if (length < 126) return 2 + length;
  return (length < 65_536 ? 4 : 10) + length;
}
