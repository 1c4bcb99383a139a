// One response of the Realtime API over its WebSocket.

import { whole, type DialectVector } from './dialect-vector.ts';

const session =
  '{"type":"session.created","event_id":"event_1","session":{"type":"realtime","id":"sess_1"}}';
const created =
  '{"type":"response.created","event_id":"event_2","response":{"id":"resp_1","status":"in_progress"}}';
const place = '"response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0';
const delta = (text: string): string =>
  `{"type":"response.output_text.delta","event_id":"event_3",${place},"delta":"${text}"}`;
const textDone =
  '{"type":"response.output_text.done","event_id":"event_4",' + `${place},"text":"Hello you"}`;
const done = (status: string, more = ''): string =>
  `{"type":"response.done","event_id":"event_5","response":{"id":"resp_1","status":"${status}"${more},"usage":{"output_tokens":5}}}`;

export const realtimeVectors: readonly DialectVector[] = [
  {
    name: 'text',
    what: 'OpenAI Realtime: text deltas, their whole text, and the socket stays open',
    framing: 'messages',
    wire: [session, created, delta('Hello'), delta(' you'), textDone, done('completed')],
    tokens: { content: ['Hello', ' you'] },
    finishes: ['completed'],
    outputTokens: 5,
    judged: whole(3),
  },
  {
    name: 'audio',
    what: 'OpenAI Realtime: sound in base64, and what is said in it as text',
    framing: 'messages',
    wire: [
      session,
      `{"type":"response.output_audio.delta","event_id":"event_3",${place},"delta":"AAAA"}`,
      `{"type":"response.output_audio_transcript.delta","event_id":"event_3",${place},"delta":"Hello"}`,
      `{"type":"response.output_audio_transcript.done","event_id":"event_3",${place},"transcript":"Hello"}`,
      done('completed'),
    ],
    tokens: { audio: ['AAAA', 'Hello'] },
    finishes: ['completed'],
    outputTokens: 5,
    judged: whole(3),
  },
  {
    name: 'failed',
    what: 'OpenAI Realtime: a response that failed says why',
    framing: 'messages',
    wire: [
      session,
      delta('Hello'),
      done('failed', ',"status_details":{"type":"failed","error":{"type":"server_error"}}'),
    ],
    tokens: { content: ['Hello'] },
    finishes: ['failed'],
    outputTokens: 5,
    errors: ['server_error: {"type":"server_error"}'],
    judged: { reached: 1, checkable: 2, causes: ['error', 'failed'] },
  },
  {
    name: 'error',
    what: 'OpenAI Realtime: an event that the server refused',
    framing: 'messages',
    wire: [
      session,
      '{"type":"error","event_id":"event_9","error":{"type":"invalid_request_error","code":"unknown_parameter","message":"Unknown parameter"}}',
    ],
    errors: ['unknown_parameter: Unknown parameter'],
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'error'] },
  },
];
