// Common interface of receivers. Some are given an address and reconnect by themselves, as an
// EventSource does; others only read, and leave a reconnect with their state to the caller.

import type { SeenEvent } from './vector.ts';

export interface Received {
  readonly events: readonly SeenEvent[];
  /** Final state of a receiver that does not reconnect by itself; undefined for those that do. */
  readonly state?: { readonly lastEventId: string; readonly retryMs: number | undefined };
}

export interface Reception {
  readonly url: string;
  /** Longest wait for the receiver to reconnect, from when it notices the end. */
  readonly patienceMs: number;
}

export interface Receiver {
  readonly id: ReceiverId;
  readonly version: string;
  /**
   * Reads the stream, and if the receiver reconnects by itself, waits until it has been stopped or
   * patience is over.
   */
  readonly receive: (reception: Reception) => Promise<Received>;
}

/** Titles in the order of the table. */
export const receiverTitles = {
  chromium: 'Chromium',
  undici: 'undici',
  eventsource: 'eventsource',
  parser: 'eventsource-parser',
  probe: 'probe',
  framer: 'framer',
  minimal: 'minimal',
} as const satisfies Record<string, string>;

export type ReceiverId = keyof typeof receiverTitles;

/** A stream of bytes that never ends must not delay the others. */
export const RECEPTION_LIMIT_MS = 90_000;
