// A stream as a real server sends it, with what a reader must make of it. The expected values are
// written by hand, never taken from a reader.

import type { Channel, Framing, Rung, WireEvent } from '../dialect.ts';

export interface DialectVector {
  /** It is unique among the vectors of its dialect. */
  readonly name: string;
  /** It names the servers that send such a stream, and what is special in it. */
  readonly what: string;
  readonly framing: Framing;
  /** The body, of which text is encoded as UTF-8; or the text messages of a WebSocket. */
  readonly wire: string | Uint8Array | readonly string[];
  /** The events of the body, a text for one that is nothing but data; the messages if absent. */
  readonly events?: readonly (string | WireEvent)[];
  /** Texts of the comments, blank lines among lines included. */
  readonly comments?: readonly string[];
  readonly retryMs?: number;
  /** The id from which to resume, where no event has it. */
  readonly lastEventId?: string;
  /** Whether there are bytes that are no UTF-8. */
  readonly hasInvalidUtf8?: true;
  /** Whether the body ends within an event. */
  readonly hasHalfEvent?: true;

  readonly tokens?: Readonly<Partial<Record<Channel, readonly string[]>>>;
  readonly finishes?: readonly (string | undefined)[];
  /** The last number of tokens that the server named. */
  readonly outputTokens?: number;
  /** `code: message`, or `message` without a code. */
  readonly errors?: readonly string[];
  readonly pings?: number;
  readonly terminators?: number;
  readonly foreign?: number;
  /** This is the judgement after the transport has ended in order. */
  readonly judged: {
    readonly reached: Rung | undefined;
    readonly checkable: Rung;
    /** Empty for a stream that is whole. */
    readonly causes: readonly string[];
  };
}

export const whole = (rung: Rung): DialectVector['judged'] => ({
  reached: rung,
  checkable: rung,
  causes: [],
});

/** The events as `data: …` and a blank line each, as most servers write them. */
export const asData = (...events: readonly string[]): string =>
  events.map((data) => `data: ${data}\n\n`).join('');

/** The events as `event: <type>`, `data: …` and a blank line each, named by their type. */
export const asNamed = (...events: readonly WireEvent[]): string =>
  events.map(({ name, data }) => `event: ${name}\ndata: ${data}\n\n`).join('');

/** An event that is named by the `type` in its data. */
export function typed(data: string): WireEvent {
  const { type } = JSON.parse(data) as { readonly type: string };
  return { name: type, data };
}

export const asLines = (...lines: readonly string[]): string =>
  lines.map((line) => `${line}\n`).join('');

/** Bytes of texts and of single bytes: for what is no UTF-8. */
export function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}
