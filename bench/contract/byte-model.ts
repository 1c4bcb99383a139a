// Bytes that each transport puts on the socket, by the letter of its specification: the oracle for the byte counters.
// A trial whose sockets counted anything else is INVALID.

import { renderTyped, SSE_RETRY_MS, type DoneEvent, type OpenEvent } from './control-events.ts';
import type { TransportId } from './transports.ts';

interface TokenBytes {
  /** UTF-8 bytes of the payload. */
  readonly payloadBytes: number;
  /** 1-based. */
  readonly sequence: number;
  /** Length of the SSE `id:` value before the sequence, with its dot; undefined when the payload profile has no ids. */
  readonly idPrefixBytes: number | undefined;
}

interface TransportBytes {
  readonly token: (token: TokenBytes) => number;
  readonly open: (event: OpenEvent, hasIds: boolean) => number;
  readonly done: (event: DoneEvent, epoch: string, hasIds: boolean) => number;
  /** Bytes that end the stream after `done`: the last chunk, or the close frame with its code. */
  readonly endBytes: number;
  /** The same when the connection is kept for another stream. */
  readonly keptEndBytes: number;
}

/** RFC 9112 §7.1: hexadecimal size, CRLF, data, CRLF. */
const chunkBytes = (bodyBytes: number): number => bodyBytes.toString(16).length + 4 + bodyBytes;

/** RFC 6455 §5.2, unmasked (server to client). */
const frameBytes = (bytes: number): number => bytes + (bytes <= 125 ? 2 : bytes <= 65_535 ? 4 : 10);

const textBytes = (text: string): number => Buffer.byteLength(text);

/** `event: NAME`, `id: …`, `retry: …`, `data: …`, each with its line end, then the blank line. */
function namedEventBytes(name: string, id: string | undefined, retryMs: number | undefined, data: string): number {
  let bytes = 'event: \n'.length + name.length + 'data: \n\n'.length + textBytes(data);
  if (id !== undefined) bytes += 'id: \n'.length + id.length;
  if (retryMs !== undefined) bytes += `retry: ${retryMs}\n`.length;
  return bytes;
}

/**
 * Bytes that a token's resume id adds: the `id:` line, and one more digit of the chunk's size where needed. The rest of a
 * token besides this and its payload is framing.
 */
export function resumeIdBytes(transport: TransportId, token: TokenBytes): number {
  const model = byteModel[transport];
  return model.token(token) - model.token({ ...token, idPrefixBytes: undefined });
}

export const byteModel: Record<TransportId, TransportBytes> = {
  sse: {
    token: ({ payloadBytes, sequence, idPrefixBytes }) =>
      chunkBytes(
        'data: \n\n'.length + payloadBytes + (idPrefixBytes === undefined ? 0 : 'id: \n'.length + idPrefixBytes + String(sequence).length),
      ),
    open: (event, hasIds) =>
      chunkBytes(namedEventBytes('open', hasIds ? `${event.epoch}.0` : undefined, SSE_RETRY_MS, JSON.stringify(event))),
    done: (event, epoch, hasIds) =>
      chunkBytes(namedEventBytes('done', hasIds ? `${epoch}.${event.s}` : undefined, undefined, JSON.stringify(event))),
    endBytes: '0\r\n\r\n'.length,
    keptEndBytes: '0\r\n\r\n'.length,
  },
  ws: {
    token: ({ payloadBytes }) => frameBytes(payloadBytes),
    open: (event) => frameBytes(textBytes(renderTyped('open', event))),
    done: (event) => frameBytes(textBytes(renderTyped('done', event))),
    // A close frame with a two-byte code and no reason.
    endBytes: 4,
    keptEndBytes: 0,
  },
  tcp: {
    token: ({ payloadBytes }) => payloadBytes + 1,
    open: (event) => textBytes(renderTyped('open', event)) + 1,
    done: (event) => textBytes(renderTyped('done', event)) + 1,
    endBytes: 0,
    keptEndBytes: 0,
  },
};
