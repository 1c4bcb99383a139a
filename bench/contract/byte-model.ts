// The form in which a transport states the bytes that it puts on the socket, by the letter of its
// specification: the oracle for the byte counters. A trial whose sockets counted anything else is
// INVALID.

import type { DoneEvent, OpenEvent } from './control-events.ts';
import type { ApiMessage, PayloadProfile } from './payloads/payload-profile.ts';

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
  /** Name of the SSE event, where the payload's API names the events of tokens. */
  readonly eventName?: string | undefined;
}

/** The parts of a payload's profile that decide the form of an event stream. */
type EventForm = Pick<PayloadProfile, 'isNumbered' | 'api'>;

export interface TransportBytes {
  readonly token: (token: TokenBytes) => number;
  readonly open: (event: OpenEvent, form: EventForm) => number;
  /** A message of the payload's API that carries no token. */
  readonly message: (message: ApiMessage) => number;
  readonly done: (event: DoneEvent, epoch: string, form: EventForm) => number;
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

interface SseEvent {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  readonly retryMs?: number;
  readonly data: string;
}

/** `event: NAME`, `id: …`, `retry: …`, `data: …`, each with its line end, then the blank line. */
export function eventBytes({ name, id, retryMs, data }: SseEvent): number {
  let bytes = eventNameBytes(name) + 'data: \n\n'.length + textBytes(data);
  if (id !== undefined) bytes += 'id: \n'.length + id.length;
  if (retryMs !== undefined) bytes += `retry: ${retryMs}\n`.length;
  return bytes;
}

/** The `event:` line, which an event of the default type has not. */
export const eventNameBytes = (name: string | undefined): number =>
  name === undefined ? 0 : 'event: \n'.length + name.length;

/**
 * Bytes that a token's resume id adds: the `id:` line, and one more digit of the chunk's size where
 * needed. The rest of a token besides this and its payload is framing.
 */
export function resumeIdBytes(model: TransportBytes, token: TokenBytes): number {
  return model.token(token) - model.token({ ...token, idPrefixBytes: undefined });
}
