// Interface of what makes events of the bytes of a body, however reads cut them.

import type { WireEvent } from '../../bench/contract/dialects/dialect.ts';

export interface FramerListener {
  onEvent: (event: WireEvent) => void;
  /** The text of a comment; '' for a blank line among lines, which serves the same end. */
  onComment: (text: string) => void;
  /** A reconnection time that the stream asks for. */
  onRetry: (ms: number) => void;
  /** The bytes exceed a bound: nothing more is read of them. */
  onFailure: (cause: FramingFailure, message: string) => void;
}

export type FramingFailure = 'line-too-long' | 'event-too-long';

/** A server ends its lines in this way. */
interface LineEnds {
  readonly lf: number;
  readonly crlf: number;
  readonly cr: number;
}

export interface Framer {
  /** The bytes may be overwritten as soon as this returns. */
  push: (bytes: Uint8Array) => void;
  /** The body has ended. */
  end: () => {
    /** Whether bytes of an unfinished event were left. */
    readonly hasHalfEvent: boolean;
  };
  readonly lineEnds: LineEnds;
  /** Whether any bytes were no UTF-8; in the events U+FFFD stands for them. */
  readonly hasInvalidUtf8: boolean;
}

export interface FramerOptions {
  /** Longest line, and longest data of an event, bytes: 1 MiB where it is absent. */
  readonly maxBytes?: number;
}

export const MAX_EVENT_BYTES = 1024 * 1024;

export const tooLong = (what: string, maxBytes: number): string =>
  `${what} of more than ${maxBytes} bytes`;
