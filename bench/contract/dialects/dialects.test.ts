import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TEXT, type Sign, type TransportEnd, type WireEvent } from './dialect.ts';
import { detectDialect, dialectIds, dialects, type DialectId } from './dialects.ts';
import { DEFAULT_PROMPT, fillRequest } from './fill-request.ts';
import { parsePointer, valueAt } from './json-pointer.ts';
import { pointerDialect } from './pointer-dialect.ts';
import { MAX_QUOTED } from './readings.ts';
import { dialectVectors } from './vectors/vectors.ts';

const SEED = 20_261_130;

const eventsOf = (id: DialectId): readonly WireEvent[] =>
  dialectVectors[id].flatMap(({ events, wire }) =>
    (events ?? (wire as readonly string[])).map((event) =>
      typeof event === 'string' ? { data: event } : event,
    ),
  );

/** Events of all vectors: what is foreign to one dialect is of another. */
const realEvents: readonly WireEvent[] = dialectIds.flatMap(eventsOf);

const nesting = 20_000;

const oddNames = [
  'type',
  'choices',
  'delta',
  'error',
  'response',
  'candidates',
  'message',
  'token',
  'usage',
  'done',
  'jsonrpc',
  'id',
  'index',
  'sequence_number',
  'content_block',
  '__proto__',
];

/** JSON whose members have the names that dialects look for, and values that they do not expect. */
const oddMembers = fc
  .dictionary(fc.constantFrom(...oddNames), fc.jsonValue())
  .map((value) => JSON.stringify(value));

const arbitraryEvent: fc.Arbitrary<WireEvent> = fc.record(
  {
    data: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      oddMembers,
      fc.constantFrom(...realEvents.map(({ data }) => data)),
      fc.constantFrom('[DONE]', '', '"', '{', 'null', '[]', '['.repeat(nesting)),
    ),
    name: fc.oneof(
      fc.string(),
      fc.constantFrom('error', 'message', 'ping', ...realEvents.map(({ name }) => name ?? '')),
    ),
    id: fc.string(),
    isBinary: fc.constant(true as const),
  },
  { requiredKeys: ['data'] },
);

const nested = '['.repeat(nesting) + ']'.repeat(nesting);

/** The dialect's own events, of each kind one, with every member but its kind nested. */
function nestedEvents(id: DialectId): readonly WireEvent[] {
  const kinds = new Map<string, WireEvent>();
  for (const event of eventsOf(id).filter(({ data }) => data.startsWith('{"'))) {
    const members = Object.entries(JSON.parse(event.data) as Record<string, unknown>).map(
      ([member, value]) =>
        `"${member}":${/type|object|jsonrpc|method|done/.test(member) ? JSON.stringify(value) : nested}`,
    );
    const data = `{${members.join(',')}}`;
    kinds.set(data, { ...event, data });
  }
  return [...kinds.values()];
}

const arbitraryStream = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: arbitraryEvent },
    { weight: 3, arbitrary: fc.constantFrom(...realEvents) },
  ),
  { maxLength: 20 },
);

const ends: readonly TransportEnd[] = [
  { kind: 'in-order' },
  { kind: 'closed', why: 'no length' },
  { kind: 'by-client' },
  { kind: 'cut', why: 'reset' },
  { kind: 'timeout', why: '30 s without a byte' },
];

/** Text of the server in a sign, other than what was spoken. */
function quoted(sign: Sign): readonly string[] {
  if (sign.kind === 'foreign') return [sign.why];
  return sign.kind === 'error' ? [sign.message, sign.code ?? ''] : [];
}

/** A whole stream of a dialect must have had these. */
const neededEnds: Readonly<Partial<Record<DialectId, Sign['kind']>>> = {
  'openai-chat': 'terminator',
  responses: 'finish',
  realtime: 'finish',
  anthropic: 'terminator',
  gemini: 'finish',
  ollama: 'finish',
  tgi: 'finish',
  'ai-sdk': 'terminator',
  mcp: 'finish',
  streamduel: 'finish',
};

describe.each(dialectIds)('%s', (id) => {
  it('reads any events without throwing, and calls none whole that has an error, a cut or no end', () => {
    fc.assert(
      fc.property(arbitraryStream, fc.boolean(), (events, hasHalfEvent) => {
        const reader = dialects[id].open();
        const signs = events.flatMap((event) => reader.read(event));
        const kinds = new Set(signs.map(({ kind }) => kind));
        const needed = neededEnds[id];
        for (const end of ends) {
          const { isWhole, reached, checkable, failures } = reader.judge(end, { hasHalfEvent });
          expect(isWhole).toBe(failures.length === 0);
          expect(isWhole).toBe(reached !== undefined && reached >= checkable);
          if (!isWhole) continue;
          expect(end.kind).not.toMatch(/cut|timeout/);
          expect(hasHalfEvent && end.kind !== 'by-client').toBe(false);
          expect(kinds).not.toContain('error');
          expect(needed === undefined || kinds.has(needed)).toBe(true);
        }
      }),
      { numRuns: 100, seed: SEED },
    );
  });

  it('reads members that are nested deeper than a call stack', () => {
    const reader = dialects[id].open();
    for (const event of nestedEvents(id)) reader.read(event);
    expect(reader.judge({ kind: 'cut', why: 'reset' }, { hasHalfEvent: false }).isWhole).toBe(
      false,
    );
  });

  it('has a sign for every event, and says nothing of it at length', () => {
    fc.assert(
      fc.property(arbitraryStream, (events) => {
        const reader = dialects[id].open();
        for (const event of events) {
          const signs = reader.read(event);
          expect(signs.length).toBeGreaterThan(0);
          const lengths = signs.flatMap(quoted).map(({ length }) => length);
          // The ellipsis is one more.
          expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(MAX_QUOTED + 1);
        }
        reader.cursor();
      }),
      { numRuns: 50, seed: SEED },
    );
  });

  it('reads each stream for itself', () => {
    const [first, second] = [dialects[id].open(), dialects[id].open()];
    for (const event of realEvents) first.read(event);
    expect(second.text()).toEqual({ text: '', length: 0 });
    expect(second.isOver()).toBe(false);
  });
});

const requests = dialectIds.flatMap((id) => {
  const { request } = dialects[id];
  return request === undefined ? [] : [[id, request] as const];
});

it.each(requests)('a request of %s has model and prompt, and names its secrets', (_id, request) => {
  const filled = JSON.stringify(fillRequest(request, { model: 'a/b', prompt: 'Say $& now' }));
  expect(filled).not.toMatch(/\$\{(MODEL|PROMPT)\}/);
  expect(filled.match(/\$\{\w+\}/g)).toEqual(JSON.stringify(request.headers).match(/\$\{\w+\}/g));
  expect(filled.includes('Say $& now')).toBe(JSON.stringify(request).includes('${PROMPT}'));
});

const seen = (framing: 'event-stream' | 'lines' | 'messages', ...data: readonly string[]) => ({
  headers: {},
  events: data.map((text) => ({ data: text })),
  framing,
});

it('a request without wishes has the model of its dialect and a prompt that makes it speak', () => {
  const { request } = dialects.anthropic;
  expect(fillRequest(request!).body).toMatchObject({
    model: request!.model,
    messages: [{ content: DEFAULT_PROMPT }],
  });
});

describe('the dialect of an answer', () => {
  it.each([
    ['event-stream', 'plain-sse'],
    ['lines', 'plain-lines'],
    ['messages', 'plain-ws'],
  ] as const)('is the plain one of %s where nothing shows another', (framing, dialect) => {
    expect(detectDialect(seen(framing, 'Hello'))).toEqual({ dialect, isSure: false });
    expect(detectDialect(seen(framing))).toEqual({ dialect, isSure: false });
    expect(detectDialect(seen(framing, '{"choices":1,"type":5}'))).toEqual({
      dialect,
      isSure: false,
    });
  });

  it.each([
    ['x-vercel-ai-ui-message-stream', 'ai-sdk'],
    ['mcp-session-id', 'mcp'],
  ] as const)('is told by the header %s before any event', (header, dialect) => {
    expect(
      detectDialect({ headers: { [header]: 'v1' }, events: [], framing: 'event-stream' }),
    ).toEqual({ dialect, isSure: true });
  });

  it('is not one that is never sent in such a framing', () => {
    const data = '{"object":"chat.completion.chunk","choices":[]}';
    expect(detectDialect(seen('lines', data)).dialect).toBe('plain-lines');
    expect(detectDialect(seen('event-stream', data)).dialect).toBe('openai-chat');
  });

  it('is told by an event after those that any dialect could have', () => {
    const ping = { name: 'ping', data: '{"type": "ping"}' };
    const start = { name: 'message_start', data: '{"type":"message_start","message":{}}' };
    expect(detectDialect({ headers: {}, events: [ping, start], framing: 'event-stream' })).toEqual({
      dialect: 'anthropic',
      isSure: true,
    });
  });
});

it('the text that is kept is bounded, and its length is not', () => {
  const reader = dialects['plain-lines'].open();
  const data = 'x'.repeat(1_000_000);
  for (let line = 0; line < 5; line++) reader.read({ data });
  expect(reader.text().length).toBe(5_000_000);
  expect(reader.text().text.length).toBe(MAX_TEXT);
});

it('a failure that comes a thousand times is said once, with its number', () => {
  const reader = dialects['openai-chat'].open();
  for (let event = 0; event < 1000; event++) reader.read({ data: 'broken' });
  const { failures } = reader.judge({ kind: 'in-order' }, { hasHalfEvent: false });
  expect(failures.map(({ cause }) => cause)).toEqual(['no-finish', 'no-terminator', 'unreadable']);
  expect(failures[2]?.message).toBe('an event is no JSON object: broken (the first of 1000)');
});

describe('from where a stream could be continued', () => {
  it('is the last id of its events, unless it was reset', () => {
    const reader = dialects.mcp.open();
    expect(reader.cursor()).toBeUndefined();
    reader.read({ id: 'a_0', data: '' });
    reader.read({ data: '{"jsonrpc":"2.0","method":"notifications/x"}' });
    expect(reader.cursor()).toEqual({ lastEventId: 'a_0' });
    reader.read({ id: '', data: '' });
    expect(reader.cursor()).toBeUndefined();
  });

  it('is the number of the last event of a response, and the stream is whole when it was', () => {
    const reader = dialects.responses.open();
    const read = (data: string) => void reader.read({ data });
    read('{"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}');
    read(
      '{"type":"response.output_text.delta","sequence_number":1,"output_index":0,"content_index":0,"delta":"Hel"}',
    );
    expect(reader.cursor()).toEqual({
      startingAfter: { responseId: 'resp_1', sequenceNumber: 1 },
    });
    // The connection is cut here, and the same reader reads what follows over another one.
    expect(reader.judge({ kind: 'cut', why: 'reset' }, { hasHalfEvent: false }).isWhole).toBe(
      false,
    );
    read(
      '{"type":"response.output_text.delta","sequence_number":2,"output_index":0,"content_index":0,"delta":"lo"}',
    );
    read(
      '{"type":"response.output_text.done","sequence_number":3,"output_index":0,"content_index":0,"text":"Hello"}',
    );
    read('{"type":"response.completed","sequence_number":4,"response":{"id":"resp_1"}}');
    expect(reader.judge({ kind: 'in-order' }, { hasHalfEvent: false })).toMatchObject({
      isWhole: true,
      reached: 3,
    });
  });
});

it('a pair of surrogates may be cut between two deltas', () => {
  const reader = dialects.tgi.open();
  reader.read({ data: '{"token":{"text":"\\ud83e"},"generated_text":null}' });
  reader.read({ data: '{"token":{"text":"\\udd80"},"generated_text":"\\ud83e\\udd80"}' });
  expect(reader.judge({ kind: 'in-order' }, { hasHalfEvent: false }).isWhole).toBe(true);
});

it('other text of the same length is another text', () => {
  const reader = dialects.tgi.open();
  reader.read({ data: '{"token":{"text":"Hello"},"generated_text":"Jello"}' });
  expect(
    reader.judge({ kind: 'in-order' }, { hasHalfEvent: false }).failures.map(({ cause }) => cause),
  ).toEqual(['text-mismatch']);
});

const signsOf = (options: Parameters<typeof pointerDialect>[0], ...data: readonly string[]) => {
  const reader = pointerDialect(options).open();
  const signs = data.flatMap((text) => reader.read({ data: text }));
  return { signs, completeness: reader.judge({ kind: 'in-order' }, { hasHalfEvent: false }) };
};

describe('a dialect that is described by pointers', () => {
  it('has no end of its own unless one is described', () => {
    const { signs, completeness } = signsOf({ token: '/t' }, '{"t":"Hello"}', '{"t":""}');
    expect(signs).toEqual([
      { kind: 'token', channel: 'content', text: 'Hello' },
      { kind: 'structure' },
    ]);
    expect(completeness).toMatchObject({ reached: 1, checkable: 1, isWhole: true });
  });

  it('can take the whole document as the token', () => {
    expect(signsOf({ token: '' }, '"Hello"').signs).toEqual([
      { kind: 'token', channel: 'content', text: 'Hello' },
    ]);
  });

  it.each([
    [{ pointer: '/end' }, '{"end":"stop"}', 'stop'],
    [{ pointer: '/end' }, '{"end":true}', undefined],
    [{ pointer: '/end', equals: true }, '{"end":true}', undefined],
    [{ pointer: '/end', equals: { a: [1] } }, '{"end":{"a":[1]}}', undefined],
    [{ pointer: '/end', equals: null }, '{"end":null}', undefined],
  ])('ends where %j leads in %s', (finish, data, reason) => {
    const { signs, completeness } = signsOf({ token: '/t', finish }, '{"t":"a"}', data);
    expect(signs.at(-1)).toEqual({ kind: 'finish', reason });
    expect(completeness).toMatchObject({ reached: 2, isWhole: true });
  });

  it.each([
    [{ pointer: '/end' }, '{"end":null}'],
    [{ pointer: '/end' }, '{"end":false}'],
    [{ pointer: '/end', equals: true }, '{"end":"true"}'],
    [{ pointer: '/end', equals: null }, '{"t":"a"}'],
  ])('does not end where %j leads in %s', (finish, data) => {
    const { completeness } = signsOf({ token: '/t', finish }, '{"t":"a"}', data);
    expect(completeness.failures.map(({ cause }) => cause)).toEqual(['no-finish']);
  });

  it('is refused with a pointer that is none', () => {
    expect(() => pointerDialect({ token: '/t', error: 'error' })).toThrow(
      '`error` of the dialect: error is no JSON pointer',
    );
  });
});

describe('a JSON pointer', () => {
  const document = {
    a: [{ b: 1 }, 2],
    '': 3,
    'x/y': 4,
    'm~n': 5,
    '~1': 6,
    '01': 7,
  };

  // The examples of RFC 6901 §5 in kind: escapes, empty names, indices.
  it.each([
    ['', document],
    ['/a/0/b', 1],
    ['/a/1', 2],
    ['/', 3],
    ['/x~1y', 4],
    ['/m~0n', 5],
    ['/~01', 6],
    ['/01', 7],
    ['/a/01', undefined],
    ['/a/-', undefined],
    ['/a/2', undefined],
    ['/a/length', undefined],
    ['/toString', undefined],
    ['/a/0/b/c', undefined],
  ])('%j leads to its value', (pointer, value) => {
    expect(valueAt(document, parsePointer(pointer) ?? ['no pointer'])).toEqual(value);
  });

  it.each(['a', 'a/b', '/a~', '/a~2b'])('%j is none', (text) => {
    expect(parsePointer(text)).toBeUndefined();
  });
});
