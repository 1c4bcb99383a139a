// The form in which a transport states the bytes that it puts on the socket, by the letter of its
// specification: the oracle for the byte counters. A trial whose sockets counted anything else is
// INVALID.

import type { DoneEvent, OpenEvent } from './control-events.ts';

interface TokenBytes {
  /** UTF-8 bytes of the payload. */
  readonly payloadBytes: number;
  /** 1-based. */
  readonly sequence: number;
  /**
   * Length of the SSE `id:` value before the sequence, with its dot; undefined when the payload
   * profile has no ids.
   */
  readonly idPrefixBytes: number | undefined;
}

export interface TransportBytes {
  readonly token: (token: TokenBytes) => number;
  readonly open: (event: OpenEvent, hasIds: boolean) => number;
  readonly done: (event: DoneEvent, epoch: string, hasIds: boolean) => number;
  /** Bytes that end the stream after `done`: the last chunk, or the close frame with its code. */
  readonly endBytes: number;
  /** The same when the connection is kept for another stream. */
  readonly keptEndBytes: number;
}

/** RFC 9112 §7.1: hexadecimal size, CRLF, data, CRLF. */
export const chunkBytes = (bodyBytes: number): number =>
  bodyBytes.toString(16).length + 4 + bodyBytes;

/** RFC 6455 §5.2, unmasked (server to client). */
export const frameBytes = (bytes: number): number =>
  bytes + (bytes <= 125 ? 2 : bytes <= 65_535 ? 4 : 10);

export const textBytes = (text: string): number => Buffer.byteLength(text);

/** `event: NAME`, `id: …`, `retry: …`, `data: …`, each with its line end, then the blank line. */
export function namedEventBytes(
  name: string,
  id: string | undefined,
  retryMs: number | undefined,
  data: string,
): number {
  let bytes = 'event: \n'.length + name.length + 'data: \n\n'.length + textBytes(data);
  if (id !== undefined) bytes += 'id: \n'.length + id.length;
  if (retryMs !== undefined) bytes += `retry: ${retryMs}\n`.length;
  return bytes;
}

/**
 * Bytes that a token's resume id adds: the `id:` line, and one more digit of the chunk's size where
 * needed. The rest of a token besides this and its payload is framing.
 */
export function resumeIdBytes(model: TransportBytes, token: TokenBytes): number {
  return model.token(token) - model.token({ ...token, idPrefixBytes: undefined });
}
