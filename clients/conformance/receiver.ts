// What receivers have in common. Some are told an address and come back by themselves, as an EventSource does; others only
// read, and what they would come back with is for their caller.

import type { SeenEvent } from './vectors.ts';

export interface Received {
  readonly events: readonly SeenEvent[];
  /** What a receiver that does not come back by itself knows at the end; undefined for those that do. */
  readonly state?: { readonly lastEventId: string; readonly retryMs: number | undefined };
}

export interface Reception {
  readonly url: string;
  /** How long to wait for the receiver to come back, from when it knows of the end. */
  readonly patienceMs: number;
}

export interface Receiver {
  readonly id: ReceiverId;
  readonly version: string;
  /** Reads the stream, and where the receiver comes back by itself, waits until it has been told to stop or patience is over. */
  readonly receive: (reception: Reception) => Promise<Received>;
}

/** In the order of the table. */
export const receiverTitles = {
  chromium: 'Chromium',
  undici: 'undici',
  eventsource: 'eventsource',
  parser: 'eventsource-parser',
  probe: 'probe',
} as const satisfies Record<string, string>;

export type ReceiverId = keyof typeof receiverTitles;

/** A stream of bytes that never ends must not hold the others up. */
export const RECEPTION_LIMIT_MS = 90_000;
