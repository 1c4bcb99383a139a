// Test fixture: recorded streams of every framing, with times that no clock of milliseconds holds.

import type { WireEvent } from '../../contract/dialects/dialect.ts';
import { encodeEvent } from '../../contract/recording/event-text.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { recordedChat } from '../recording-fixture.ts';

const STARTED = '2026-11-30T10:00:00.125Z';

/** A chat over an event stream, whose prompt had 7 tokens and whose answer 4. */
const chat: StreamRecord = {
  ...recordedChat(
    [
      [21.000_3, 'One'],
      [40.5, ' two'],
      [40.5, ' 水'],
      [61.25, ' four'],
    ],
    {
      startedAt: STARTED,
      isWhole: true,
      sentNs: 2_345_678,
      target: 'mine',
      trial: 3,
      request: {
        url: 'https://models.example/v1/chat/completions?n=4',
        method: 'POST',
        headers: [
          ['content-type', 'application/json'],
          ['authorization', '<hidden>'],
        ],
        body: '{"model":"words-1","stream":true}',
      },
    },
  ),
};
const usage: WireEvent = {
  data: '{"id":"c-1","model":"words-1b","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":4}}',
};

const socketEvents: readonly (readonly [number, WireEvent])[] = [
  [5_000_001, '{"type":"response.created","response":{"id":"r-9","model":"words-2"}}'],
  [9_876_543, '{"type":"response.output_text.delta","delta":"Wind"}'],
  [30_000_250, '{"type":"response.output_text.delta","delta":" turns"}'],
  [
    30_100_000,
    '{"type":"response.completed","response":{"id":"r-9","status":"completed","usage":{"input_tokens":3,"output_tokens":2}}}',
  ],
].map(([ns, data]) => [ns as number, { data: data as string }]);

/** Two messages of a WebSocket, 1.5 s later. */
const socket: StreamRecord = {
  version: 1,
  arrivalNs: 1_500_000_500,
  startedAt: '2026-11-30T10:00:01.625Z',
  dialect: 'responses',
  target: 'mine',
  trial: 3,
  request: {
    url: 'ws://127.0.0.1:8080/v1/responses',
    method: 'GET',
    headers: [],
    messages: ['{"type":"response.create","model":"words-2"}'],
  },
  head: { status: 101, httpVersion: '1.1', headers: {}, contentType: '', framing: 'messages' },
  sentNs: 4_000_000,
  events: socketEvents.map(([ns, event]) => encodeEvent(ns, event, { framing: 'messages' })),
  reads: socketEvents.map(([ns]) => [ns, 90]),
  end: { kind: 'by-client', ns: 30_200_000 },
  isWhole: true,
};

/** One that was refused, and asked for between the other two. */
const refused: StreamRecord = {
  version: 1,
  arrivalNs: 700_000_000,
  startedAt: '2026-11-30T10:00:00.825Z',
  target: 'mine',
  trial: 3,
  request: { url: 'http://127.0.0.1:9/v1/chat/completions', method: 'POST', headers: [] },
  events: [],
  reads: [],
  end: { kind: 'cut', why: 'refused', ns: 800_000, cause: 'refused' },
  isWhole: false,
};

export const recordedStreams: readonly StreamRecord[] = [
  {
    ...chat,
    events: [
      ...chat.events.slice(0, -1),
      encodeEvent(61_250_000, usage, { framing: 'event-stream' }),
      ...chat.events.slice(-1),
    ],
  },
  socket,
  refused,
];
