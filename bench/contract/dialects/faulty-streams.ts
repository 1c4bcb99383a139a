// Streams of seven dialects with each of twelve faults, and what must be reported of each. A fault
// that a dialect gives no means to see is listed as such: it is no failure of the reader.

import type { DialectId } from './dialect-ids.ts';
import type { Framing } from './dialect.ts';

export const streamFaults = {
  none: 'a sound stream',
  'cut-in-event': 'the connection is reset within an event',
  'cut-between-events': 'the connection is reset between two events',
  'no-terminator': 'nothing but the terminator is missing',
  'no-finish': 'the event that finishes the generation is missing',
  'error-after-200': 'an error in band, after tokens',
  'error-first': 'an error in band, as the first event',
  'half-utf-8': 'a token has half of a character',
  'broken-json': 'the JSON of a token ends in the middle, and its event does not',
  gap: 'an event is missing that the dialect accounts for, if it accounts for any',
  'repeated-end': 'the last event comes twice',
  'after-end': 'a token comes after the last event',
  empty: 'a response without an event',
} as const;

type StreamFault = keyof typeof streamFaults;

type FaultyDialect =
  | 'openai-chat'
  | 'responses'
  | 'anthropic'
  | 'gemini'
  | 'ollama'
  | 'ai-sdk'
  | 'mcp';

export interface FaultyStream {
  readonly dialect: DialectId & FaultyDialect;
  readonly fault: StreamFault;
  readonly framing: Exclude<Framing, 'messages'>;
  readonly contentType: string;
  /** The body, of which each piece is a write. */
  readonly pieces: readonly Uint8Array[];
  /** The server ends the response in this way. */
  readonly ending: 'in-order' | 'cut';
  /**
   * Causes that must be among those that are reported; none for a stream that is whole as far as
   * its dialect lets a client see.
   */
  readonly causes: readonly string[];
}

type Role = 'start' | 'token' | 'accounted' | 'finish' | 'terminator';

/** An event by what it is for, and its data. */
type Part = readonly [Role, string];

interface SoundStream {
  readonly framing: FaultyStream['framing'];
  readonly contentType: string;
  readonly frame: (data: string) => string;
  /** At least three tokens, of which the second has a crab. */
  readonly parts: readonly Part[];
  readonly error: string;
  /** Whether the terminator follows an error. */
  readonly endsAfterError?: true;
  /** The parts with fault `gap`; absent where nothing is accounted for. */
  readonly withGap?: (parts: readonly Part[]) => readonly Part[];
  readonly gapCause?: string;
}

const CRAB = '🦀';

const asEvent = (data: string): string => `data: ${data}\n\n`;
const asNamedEvent = (data: string): string =>
  `event: ${(JSON.parse(data) as { readonly type: string }).type}\ndata: ${data}\n\n`;

const EVENT_STREAM = 'text/event-stream';

const withoutRole =
  (role: Role) =>
  (parts: readonly Part[]): readonly Part[] =>
    parts.filter(([of]) => of !== role);

/** A further choice or candidate, which never finishes. */
const withUnfinished =
  (data: string) =>
  (parts: readonly Part[]): readonly Part[] => [
    ...parts.slice(0, 2),
    ['token', data],
    ...parts.slice(2),
  ];

const chat = (delta: string, finish = 'null', index = 0): string =>
  `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1730000000,"model":"m","choices":[{"index":${index},"delta":${delta},"finish_reason":${finish}}]}`;

const response = (type: string, number: number, more: string): string =>
  `{"type":"response.${type}","sequence_number":${number},${more}}`;
const textDelta = (number: number, text: string): string =>
  response(
    'output_text.delta',
    number,
    `"item_id":"m","output_index":0,"content_index":0,"delta":"${text}"`,
  );

const block = (text: string): string =>
  `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}`;

const candidate = (text: string, more = '', index = 0): string =>
  `{"candidates":[{"content":{"parts":[{"text":"${text}"}],"role":"model"},"index":${index}${more}}]}`;

const line = (text: string): string =>
  `{"model":"m","message":{"role":"assistant","content":"${text}"},"done":false}`;

const part = (text: string): string => `{"type":"text-delta","id":"0","delta":"${text}"}`;

const progress = (number: number, message: string): string =>
  `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":${number},"message":"${message}"}}`;

const soundStreams: Readonly<Record<FaultyDialect, SoundStream>> = {
  'openai-chat': {
    framing: 'event-stream',
    contentType: EVENT_STREAM,
    frame: asEvent,
    parts: [
      ['start', chat('{"role":"assistant","content":""}')],
      ['token', chat('{"content":"One"}')],
      ['token', chat(`{"content":" two ${CRAB} crabs"}`)],
      ['token', chat('{"content":" three"}')],
      ['finish', chat('{}', '"stop"')],
      ['start', '{"choices":[],"usage":{"completion_tokens":3}}'],
      ['terminator', '[DONE]'],
    ],
    error: '{"error":{"message":"out of memory","code":500}}',
    endsAfterError: true,
    withGap: withUnfinished(chat('{"content":"A"}', 'null', 1)),
    gapCause: 'no-finish',
  },
  responses: {
    framing: 'event-stream',
    contentType: EVENT_STREAM,
    frame: asNamedEvent,
    parts: [
      ['start', response('created', 0, '"response":{"id":"r1"}')],
      ['token', textDelta(1, 'One')],
      ['token', textDelta(2, ` two ${CRAB} crabs`)],
      ['accounted', textDelta(3, ' three')],
      [
        'start',
        response(
          'output_text.done',
          4,
          `"item_id":"m","output_index":0,"content_index":0,"text":"One two ${CRAB} crabs three"`,
        ),
      ],
      [
        'finish',
        response(
          'completed',
          5,
          '"response":{"id":"r1","status":"completed","usage":{"output_tokens":3}}',
        ),
      ],
    ],
    error: '{"type":"error","sequence_number":2,"code":"server_error","message":"out of memory"}',
    withGap: withoutRole('accounted'),
    gapCause: 'sequence-gap',
  },
  anthropic: {
    framing: 'event-stream',
    contentType: EVENT_STREAM,
    frame: asNamedEvent,
    parts: [
      ['start', '{"type":"message_start","message":{"id":"m1","usage":{"output_tokens":1}}}'],
      [
        'start',
        '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      ],
      ['token', block('One')],
      ['token', block(` two ${CRAB} crabs`)],
      ['token', block(' three')],
      ['accounted', '{"type":"content_block_stop","index":0}'],
      [
        'finish',
        '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}',
      ],
      ['terminator', '{"type":"message_stop"}'],
    ],
    error: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    withGap: withoutRole('accounted'),
    gapCause: 'part-open',
  },
  gemini: {
    framing: 'event-stream',
    contentType: EVENT_STREAM,
    frame: (data) => `data: ${data}\r\n\r\n`,
    parts: [
      ['token', candidate('One')],
      ['token', candidate(` two ${CRAB} crabs`)],
      ['token', candidate(' three')],
      ['finish', candidate(' four', ',"finishReason":"STOP"')],
    ],
    error: '{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}',
    withGap: withUnfinished(candidate('A', '', 1)),
    gapCause: 'no-finish',
  },
  ollama: {
    framing: 'lines',
    contentType: 'application/x-ndjson',
    frame: (data) => `${data}\n`,
    parts: [
      ['token', line('One')],
      ['token', line(` two ${CRAB} crabs`)],
      ['token', line(' three')],
      [
        'finish',
        '{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":3}',
      ],
    ],
    error: '{"error":"out of memory"}',
  },
  'ai-sdk': {
    framing: 'event-stream',
    contentType: EVENT_STREAM,
    frame: asEvent,
    parts: [
      ['start', '{"type":"start","messageId":"m1"}'],
      ['start', '{"type":"text-start","id":"0"}'],
      ['token', part('One')],
      ['token', part(` two ${CRAB} crabs`)],
      ['token', part(' three')],
      ['accounted', '{"type":"text-end","id":"0"}'],
      ['finish', '{"type":"finish","finishReason":"stop"}'],
      ['terminator', '[DONE]'],
    ],
    error: '{"type":"error","errorText":"out of memory"}',
    endsAfterError: true,
    withGap: withoutRole('accounted'),
    gapCause: 'part-open',
  },
  mcp: {
    framing: 'event-stream',
    contentType: EVENT_STREAM,
    frame: (data) => `event: message\ndata: ${data}\n\n`,
    parts: [
      ['start', ''],
      ['token', progress(1, 'One')],
      ['token', progress(2, `two ${CRAB} crabs`)],
      ['token', progress(3, 'three')],
      [
        'finish',
        '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Six"}],"isError":false}}',
      ],
    ],
    error: '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"out of memory"}}',
  },
};

type Broken = Pick<FaultyStream, 'pieces' | 'causes'> & Partial<Pick<FaultyStream, 'ending'>>;

const encode = (text: string): Uint8Array => Buffer.from(text);

function framed({ frame }: SoundStream, parts: readonly Part[]): readonly Uint8Array[] {
  return parts.map(([, data]) => encode(frame(data)));
}

/** Place of the second token, at which a stream is broken. */
const secondToken = ({ parts }: SoundStream): number =>
  parts.findIndex(([role, data]) => role === 'token' && data.includes(CRAB));

/** The stream with other bytes for its second token. */
function replaced(
  sound: SoundStream,
  replace: (whole: string) => Uint8Array,
): readonly Uint8Array[] {
  const place = secondToken(sound);
  const [, data] = sound.parts[place] ?? ['token', ''];
  return framed(sound, sound.parts).with(place, replace(sound.frame(data)));
}

const halfOf = (text: string): string => text.slice(0, text.indexOf(CRAB) - 2);

/** Two of the four bytes of the crab. */
function withHalfCrab(text: string): Uint8Array {
  const [before = '', after = ''] = text.split(CRAB);
  return Buffer.concat([encode(before), encode(CRAB).subarray(0, 2), encode(after)]);
}

/** The event whose data ends before the crab. */
function withHalfData(text: string): Uint8Array {
  const lineEnds = /(?:\r?\n)+$/.exec(text)?.[0] ?? '';
  return encode(`${halfOf(text)}${lineEnds}`);
}

function hasRole({ parts }: SoundStream, role: Role): boolean {
  return parts.some(([of]) => of === role);
}

const breakings: Readonly<Record<StreamFault, (sound: SoundStream) => Broken>> = {
  none: (sound) => ({ pieces: framed(sound, sound.parts), causes: [] }),
  'cut-in-event': (sound) => ({
    pieces: replaced(sound, (text) => encode(halfOf(text))).slice(0, secondToken(sound) + 1),
    ending: 'cut',
    causes: ['cut', 'half-event'],
  }),
  'cut-between-events': (sound) => ({
    pieces: framed(sound, sound.parts).slice(0, secondToken(sound) + 1),
    ending: 'cut',
    causes: ['cut'],
  }),
  'no-terminator': (sound) => ({
    pieces: framed(sound, withoutRole('terminator')(sound.parts)),
    // Without one of its own the dialect ends with the finish, and nothing is missing.
    causes: hasRole(sound, 'terminator') ? ['no-terminator'] : [],
  }),
  'no-finish': (sound) => ({
    pieces: framed(sound, withoutRole('finish')(sound.parts)),
    causes: ['no-finish'],
  }),
  'error-after-200': (sound) => ({
    pieces: framed(sound, [
      ...sound.parts.slice(0, secondToken(sound)),
      ['start', sound.error],
      ...(sound.endsAfterError === true ? sound.parts.slice(-1) : []),
    ]),
    causes: ['error'],
  }),
  'error-first': (sound) => ({
    pieces: framed(sound, [['start', sound.error]]),
    causes: ['error'],
  }),
  'half-utf-8': (sound) => ({
    pieces: replaced(sound, withHalfCrab),
    causes: ['invalid-utf-8'],
  }),
  'broken-json': (sound) => ({ pieces: replaced(sound, withHalfData), causes: ['unreadable'] }),
  gap: (sound) => ({
    // A token that is missing, where nothing would tell of it.
    pieces: framed(
      sound,
      sound.withGap?.(sound.parts) ?? sound.parts.toSpliced(secondToken(sound), 1),
    ),
    causes: sound.gapCause === undefined ? [] : [sound.gapCause],
  }),
  'repeated-end': (sound) => ({
    pieces: framed(sound, [...sound.parts, ...sound.parts.slice(-1)]),
    causes: ['repeated-end'],
  }),
  'after-end': (sound) => ({
    pieces: framed(sound, [...sound.parts, ...sound.parts.slice(secondToken(sound)).slice(0, 1)]),
    causes: ['after-end'],
  }),
  empty: () => ({ pieces: [], causes: ['empty'] }),
};

function faultyStream(dialect: FaultyDialect, fault: StreamFault): FaultyStream {
  const sound = soundStreams[dialect];
  const { framing, contentType } = sound;
  return {
    dialect,
    fault,
    framing,
    contentType,
    ending: 'in-order',
    ...breakings[fault](sound),
  };
}

export const faultyStreams: readonly FaultyStream[] = (
  Object.keys(soundStreams) as FaultyDialect[]
).flatMap((dialect) =>
  (Object.keys(streamFaults) as StreamFault[]).map((fault) => faultyStream(dialect, fault)),
);
