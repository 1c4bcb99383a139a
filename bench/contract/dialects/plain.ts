// Streams without a dialect that we know: every event with data is a token, as are every line and
// every message. They have no end of their own, so a stream is whole if its transport says so.

import type { Dialect, Framing, WireEvent } from './dialect.ts';
import type { DialectId } from './dialect-ids.ts';
import { openReader, type Grammar } from './grammar.ts';
import { parseJson } from './json-members.ts';
import {
  errorFromData,
  errorMember,
  errorSign,
  ping,
  terminator,
  tokenOf,
  type Reading,
} from './readings.ts';

/** Names that servers give to events that only keep a connection alive. */
const pingNames: ReadonlySet<string> = new Set([
  'ping',
  'heartbeat',
  'keepalive',
  'keep-alive',
  'keep_alive',
]);

/** Most servers that stream language models end like OpenAI's. */
const END_MARK = '[DONE]';

/** An object with an `error` that says something: text, or an object. */
function errorIn(data: string): unknown {
  if (!data.startsWith('{') || !data.includes('"error"')) return undefined;
  return errorMember(parseJson(data));
}

function read({ name = '', data }: WireEvent): readonly Reading[] {
  if (data === '' || pingNames.has(name)) return ping;
  if (data.trim() === END_MARK) return terminator;
  if (name === 'error') return [errorFromData(data)];
  const error = errorIn(data);
  return error === undefined ? tokenOf('content', data) : [errorSign(error)];
}

const grammar: Grammar = { ends: {}, read };

const plain = (id: DialectId, title: string, framing: Framing): Dialect => ({
  id,
  title,
  framing: [framing],
  // Anything can be a stream of text.
  matches: (seen) => (seen.framing === framing ? 1 : 0),
  open: () => openReader(grammar),
});

export const plainSse = plain(
  'plain-sse',
  'Any event stream: every event with data is a token',
  'event-stream',
);
export const plainLines = plain('plain-lines', 'Lines of any kind: each is a token', 'lines');
export const plainWs = plain('plain-ws', 'Any WebSocket: every message is a token', 'messages');
