// Feeds bytes to a framer in pieces and keeps what it hands on.

import type { Framing, WireEvent } from '../../bench/contract/dialects/dialect.ts';
import { EventStreamFramer } from './event-stream-framer.ts';
import type { Framer, FramerListener, FramerOptions } from './framer.ts';
import { LinesFramer } from './lines-framer.ts';

export interface Framed {
  readonly events: readonly WireEvent[];
  readonly comments: readonly string[];
  /** The last one. */
  readonly retryMs: number | undefined;
  readonly failures: readonly string[];
  readonly hasHalfEvent: boolean;
  readonly framer: Framer;
}

const framers: Readonly<
  Record<Exclude<Framing, 'messages'>, (listener: FramerListener, options: FramerOptions) => Framer>
> = {
  'event-stream': (listener, options) => new EventStreamFramer(listener, options),
  lines: (listener, options) => new LinesFramer(listener, options),
};

export function frame(
  framing: keyof typeof framers,
  pieces: readonly Uint8Array[],
  options: FramerOptions = {},
): Framed {
  const events: WireEvent[] = [];
  const comments: string[] = [];
  const failures: string[] = [];
  let retryMs: number | undefined;
  const framer = framers[framing](
    {
      onEvent: (event) => events.push(event),
      onComment: (text) => comments.push(text),
      onRetry: (ms) => (retryMs = ms),
      onFailure: (cause, message) => failures.push(`${cause}: ${message}`),
    },
    options,
  );
  for (const piece of pieces) {
    // The bytes are only valid during the call.
    const shared = Uint8Array.from(piece);
    framer.push(shared);
    shared.fill(0);
  }
  const { hasHalfEvent } = framer.end();
  return { events, comments, retryMs, failures, hasHalfEvent, framer };
}

export const byByte = (bytes: Uint8Array): readonly Uint8Array[] =>
  Array.from(bytes, (byte) => Uint8Array.of(byte));

/** Pieces that end at the places, and the rest. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set(places.filter((place) => place < bytes.length))].toSorted(
    (a, b) => a - b,
  );
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}
