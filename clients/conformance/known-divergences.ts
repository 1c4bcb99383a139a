// Known divergences of the installed receivers from WHATWG HTML §9.2, and their causes. A test
// checks each entry against the installed version, so that a fix or a regression in a new one is
// noticed.

import type { Observation } from './observe.ts';
import type { ReceiverId } from './receiver.ts';

export interface KnownDivergence {
  readonly receiver: ReceiverId;
  /** Names of vectors. */
  readonly vectors: readonly string[];
  /** Fields that differ from the expected observation. */
  readonly seen: Partial<Observation>;
  /** The cause, in one sentence. */
  readonly why: string;
}

export const knownDivergences: readonly KnownDivergence[] = [
  {
    receiver: 'chromium',
    vectors: ['retry-empty', 'retry-without-colon'],
    seen: { waitMs: 3000 },
    why: 'An empty `retry` resets the reconnection time to its default, where the standard has nothing to set.',
  },
  {
    receiver: 'chromium',
    vectors: ['retry-beyond-64-bits'],
    seen: { waitMs: 3000, lastEventId: '' },
    why: 'A `retry` of more than 64 bits is ignored, where the standard knows no greatest integer.',
  },
  {
    receiver: 'undici',
    vectors: ['event-empty', 'event-without-colon'],
    seen: { events: [['foo', 'a', '']] },
    why: 'An empty `event` is ignored, where the standard lets it replace the type before it.',
  },
  {
    receiver: 'undici',
    vectors: ['retry-unfinished-event'],
    seen: { waitMs: 3000 },
    why: '`retry` takes effect at the next blank line, where the standard has it take effect at the end of its own.',
  },
  {
    receiver: 'eventsource',
    vectors: ['double-bom'],
    seen: {
      events: [
        ['message', 'a', ''],
        ['message', 'b', ''],
      ],
    },
    why: 'Its text decoder strips one BOM and its parser another.',
  },
  {
    receiver: 'eventsource',
    vectors: ['retry-long', 'retry-beyond-64-bits'],
    seen: { waitMs: 0, lastEventId: '' },
    why: 'A reconnection time of 2^31 ms or more (24.9 days) overflows the timer of Node, which then fires at once, again and again.',
  },
  ...(['eventsource', 'parser'] as const).map((receiver) => ({
    receiver,
    vectors: ['mistaken-bom'],
    seen: {
      events: [
        ['message', 'a', ''],
        ['message', 'b', ''],
      ],
    } as const,
    why: 'The parser takes decoded text, and takes the three characters "ï»¿" at its beginning for the bytes of a BOM.',
  })),
];

export function knownDivergenceOf(
  receiver: ReceiverId,
  vector: string,
): KnownDivergence | undefined {
  return knownDivergences.find(
    (known) => known.receiver === receiver && known.vectors.includes(vector),
  );
}
