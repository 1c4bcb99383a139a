// Receives a stream as the response to a POST, as ChatGPT and the APIs of language models send
// theirs. `fetch` returns bytes: the page itself must parse the events and reconnect. It reconnects
// by GET, with the cursor.

/** @import { Receive, StreamRequest, Listener } from './stream-receiver.ts' */

import { EventStreamParser } from './event-stream-parser.js';
import { keepConnected } from './reconnecting.js';

/** @type {Receive} */
export function receiveByFetch(request, listener) {
  return keepConnected(
    ({ progressed, lost }) => {
      const abort = new AbortController();
      void read(request, listener, { signal: abort.signal, progressed }).then(
        (isFinal) => isFinal || lost(),
      );
      return () => abort.abort();
    },
    {
      onLoss: listener.lost,
      onGivingUp: (attempts) =>
        listener.failed(`The SSE twin does not answer: given up after ${attempts} attempts.`),
    },
  );
}

/**
 * Reads one response to its end. Returns true when there is nothing to resume.
 * @param {StreamRequest} request
 * @param {Listener} listener
 * @param {{ signal: AbortSignal, progressed: () => void }} connection
 */
async function read(request, listener, { signal, progressed }) {
  const parser = new EventStreamParser(({ type, data }) => {
    progressed();
    // The stream may have been closed while the rest of a piece is being parsed.
    if (!signal.aborted) listener.event(type, data);
  });
  // Characters may be split between two pieces.
  const decoder = new TextDecoder();
  const response = await ask(request, signal).catch(() => undefined);
  if (response === undefined) return false;
  if (response.status !== 200) {
    listener.failed(await explain(response));
    return true;
  }
  listener.connected();
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  for (;;) {
    const piece = await reader.read().catch(() => undefined);
    if (piece === undefined || piece.done) return false;
    listener.counted(piece.value.length);
    parser.feed(decoder.decode(piece.value, { stream: true }));
  }
}

/**
 * Repeats the POST as long as there is no cursor. The id is the page's own, so this starts no
 * second generation.
 * @param {StreamRequest} request
 * @param {AbortSignal} signal
 */
async function ask({ twins, id, described, cursor }, signal) {
  const after = cursor();
  if (after !== undefined)
    return await fetch(new URL(`/v1/streams/${id}`, twins.sse), {
      headers: { 'last-event-id': after },
      signal,
    });
  return await fetch(new URL('/v1/chat', twins.sse), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...described, id, stream: true }),
    signal,
  });
}

/** @param {Response} response */
async function explain(response) {
  if (response.status === 204) return 'The SSE twin keeps no such stream.';
  /** @type {{ message?: string }} */
  const { message = '' } = await response.json().catch(() => ({}));
  return `The SSE twin refused the stream with ${response.status}: ${message}`;
}
