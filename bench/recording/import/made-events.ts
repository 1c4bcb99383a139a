// Events for traces that keep times but not what each event held: a text is cut over them, as chunks
// of OpenAI's chat completions, which a reader of the recording then finds as any other.

import type { WireEvent } from '../../contract/dialects/dialect.ts';
import { tokenise } from '../../workloads/tokenise.ts';
import type { TimedEvent } from './imported-stream.ts';

/**
 * One event with text at each of these times, or at the first of them where the text is too short.
 * @param spare Times that may be of events without text.
 */
export function eventsWithText(
  timesNs: readonly number[],
  text: string,
  spare = 0,
): readonly TimedEvent[] {
  const pieces = cutText(text, timesNs.length, spare);
  const events = pieces.map((piece, index): TimedEvent => [
    timesNs[index] as number,
    chunk({ delta: { content: piece }, finish_reason: null }),
  ]);
  const endNs = timesNs.at(-1) ?? 0;
  return [
    ...events,
    [endNs, chunk({ delta: {}, finish_reason: 'stop' })],
    [endNs, { data: '[DONE]' }],
  ];
}

function chunk(choice: object): WireEvent {
  return {
    data: JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] }),
  };
}

/**
 * At most `count` pieces, none empty, that spell the text: whole tokens where it has enough, or where
 * no more than `spare` pieces may be without text.
 */
export function cutText(text: string, count: number, spare = 0): readonly string[] {
  const tokens = tokenise(text);
  const units = tokens.length + spare >= count ? tokens : Array.from(text);
  const pieces = Math.min(count, units.length);
  return Array.from({ length: pieces }, (_, index) =>
    units
      .slice(
        Math.floor((index * units.length) / pieces),
        Math.floor(((index + 1) * units.length) / pieces),
      )
      .join(''),
  );
}
