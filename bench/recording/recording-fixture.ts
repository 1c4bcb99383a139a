// Test fixture: recordings with known texts and times.

import { writeFileSync } from 'node:fs';
import { encodeEvent } from '../contract/recording/event-text.ts';
import type { StreamRecord } from '../contract/recording/stream-record.ts';
import type { WireEvent } from '../contract/dialects/dialect.ts';
import { NS_PER_MS } from '../contract/units.ts';

type TimedText = readonly [ms: number, text: string];

const chunk = (choice: object): WireEvent => ({
  data: JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] }),
});

/** A whole stream of OpenAI's chat completions; texts of one time came in one read. */
export function recordedChat(
  texts: readonly TimedText[],
  rest: Partial<StreamRecord> = {},
): StreamRecord {
  const endMs = texts.at(-1)?.[0] ?? 0;
  const events: readonly (readonly [ms: number, event: WireEvent])[] = [
    [texts[0]?.[0] ?? 0, chunk({ delta: { role: 'assistant', content: '' } })],
    ...texts.map(([ms, content]) => [ms, chunk({ delta: { content } })] as const),
    [endMs, chunk({ delta: {}, finish_reason: 'stop' })],
    [endMs, { data: '[DONE]' }],
  ];
  const timesNs = [...new Set(events.map(([ms]) => ms * NS_PER_MS))];
  return {
    version: 1,
    arrivalNs: 0,
    dialect: 'openai-chat',
    request: { url: 'http://h/v1/chat/completions', method: 'POST', headers: [] },
    head: {
      status: 200,
      httpVersion: '1.1',
      headers: {},
      contentType: 'text/event-stream',
      framing: 'event-stream',
    },
    events: events.map(([ms, event]) =>
      encodeEvent(ms * NS_PER_MS, event, { framing: 'event-stream' }),
    ),
    reads: timesNs.map((ns) => [ns, 100]),
    end: { kind: 'in-order', ns: endMs * NS_PER_MS },
    ...rest,
  };
}

export function writeRecording(path: string, records: readonly object[]): string {
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

const syllables = ['ka', ' lo', ' über', ' 水', ' 🌊🫠', ' «né»', '\n', ' ten'];

/** Different in every stream; some tokens come two or three in a read. */
export function variedChats(streams: number, tokens: number): readonly StreamRecord[] {
  return Array.from({ length: streams }, (_, stream) => {
    let ms = 10 + stream;
    return recordedChat(
      Array.from({ length: tokens }, (_, token) => {
        const isTogether = (stream + token) % 4 === 0;
        // No whole milliseconds, which a timer of Node would keep by itself.
        if (!isTogether) ms += 8.375 + ((stream * 7 + token * 5) % 23);
        const text = syllables[(stream + token) % syllables.length] ?? '';
        return [ms, `${text}${stream}.${token}`] as const;
      }),
      { arrivalNs: stream * NS_PER_MS },
    );
  });
}
