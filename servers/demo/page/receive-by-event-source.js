// Receives a stream over EventSource. The browser reconnects by itself and sends the id of the last
// event; this file only listens.

/** @import { Receive } from './stream-receiver.ts' */

/** Named events of a stream; tokens have no name. */
const NAMED = ['done', 'gap', 'bye'];

/** @type {Receive} */
export function receiveByEventSource({ twins, id, described, cursor }, listener) {
  const url = new URL(`/v1/streams/${id}`, twins.sse);
  for (const [name, value] of Object.entries(described)) url.searchParams.set(name, String(value));
  // A page cannot set the field Last-Event-ID of a new EventSource, and later the browser sends a
  // newer one.
  const after = cursor();
  if (after !== undefined) url.searchParams.set('lastEventId', after);

  const source = new EventSource(url);
  /** @param {MessageEvent<string>} event */
  const take = ({ type, data, lastEventId }) => {
    listener.counted(rebuiltLength(type, data, lastEventId));
    listener.event(type, data);
  };
  source.addEventListener('message', take);
  for (const name of NAMED)
    source.addEventListener(name, (event) => take(/** @type {MessageEvent<string>} */ (event)));
  // Two events have this name: the browser's own when the response begins, and the first of the
  // stream.
  source.addEventListener('open', (event) =>
    event instanceof MessageEvent ? take(event) : listener.connected(),
  );
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED)
      listener.failed(
        'The SSE twin refused the stream, or keeps it no longer. EventSource does not tell a page which.',
      );
    else listener.lost();
  });
  return () => source.close();
}

const encoder = new TextEncoder();

/**
 * Bytes of an event as the twins write it, without comments and `retry`, which never reach a page.
 * @param {string} type
 * @param {string} data
 * @param {string} id
 */
function rebuiltLength(type, data, id) {
  const name = type === 'message' ? '' : `event: ${type}\n`;
  return encoder.encode(`${name}id: ${id}\ndata: ${data}\n\n`).length;
}
