import { createParser } from 'eventsource-parser';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryReads, AT, pushInReads } from './cut.ts';
import { SseReader } from './sse-reader.ts';

interface SeenEvent {
  readonly name: string;
  readonly data: string;
  readonly lastEventId: string;
}

interface SeenStream {
  readonly events: SeenEvent[];
  readonly lastEventId: string;
  readonly retryMs: number | undefined;
}

function read(stream: Buffer | string, reads: readonly number[] = [1_000_000]): SeenStream {
  const events: SeenEvent[] = [];
  const reader: SseReader = new SseReader((name, buffer, start, end) =>
    events.push({
      name,
      data: buffer.toString('utf8', start, end),
      lastEventId: reader.lastEventId,
    }),
  );
  const failure = pushInReads(reader, Buffer.from(stream as string), reads);
  if (failure !== undefined) throw failure;
  return { events, lastEventId: reader.lastEventId, retryMs: reader.retryMs };
}

/** Reads the same stream with eventsource-parser. */
function readWithOracle(stream: Buffer, reads: readonly number[]): SeenStream {
  const events: SeenEvent[] = [];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let lastEventId = '';
  let retryMs: number | undefined;
  const parser = createParser({
    onEvent: ({ event = '', data }) => events.push({ name: event, data, lastEventId }),
    onId: (id) => (lastEventId = id),
    onRetry: (ms) => (retryMs = ms),
  });
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const end = at + (reads[turn % reads.length] ?? 1);
    parser.feed(decoder.decode(stream.subarray(at, end), { stream: true }));
    at = end;
  }
  return { events, lastEventId, retryMs };
}

const field = fc.constantFrom(
  'data',
  'data:',
  'data: ',
  'data:  ',
  'event',
  'event:',
  'event: ',
  'id',
  'id:',
  'id: ',
  'retry:',
  'retry: ',
  ':',
  '',
  'date: ',
  ' data: ',
  'Data: ',
  'unknown: ',
);
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    '{"s":1,"d":" tok"}',
    'k3f9.17',
    '1000',
    '12x',
    '-1',
    '日本語',
    '🦀🦀',
    '\u0000',
    '\u2028\u0085\v\f',
    '\uFEFF',
    'a: b',
    'done',
  ),
);
const lineEnd = fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r', '');
const arbitraryStream = fc
  .tuple(
    fc.constantFrom('', '\uFEFF', '\uFEFF\uFEFF'),
    fc.array(
      fc.tuple(field, value, lineEnd).map((parts) => parts.join('')),
      { maxLength: 12 },
    ),
  )
  .map(([bom, lines]) => bom + lines.join(''));

describe('against eventsource-parser', () => {
  test('any stream gives the same events, ids and retry, wherever reads end', () => {
    fc.assert(
      fc.property(arbitraryStream, arbitraryReads, (text, reads) => {
        const stream = Buffer.from(text);
        expect(read(stream, reads)).toEqual(readWithOracle(stream, reads));
      }),
      { seed: 4, numRuns: 2000 },
    );
  });

  test('any bytes give the same events, valid UTF-8 or not', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 5 }),
      fc.constantFrom('data: ', 'id: ', '\n', '\r', '\n\n', 'é').map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), arbitraryReads, (parts, reads) => {
        const stream = Buffer.concat(parts);
        expect(read(stream, reads)).toEqual(readWithOracle(stream, reads));
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  test('it takes the text "ï»¿" at the beginning for a BOM, which WHATWG HTML §9.2.5 does not', () => {
    const stream = Buffer.from('ï»¿data: x\n\n');
    expect(read(stream).events).toEqual([]);
    expect(readWithOracle(stream, [100]).events).toHaveLength(1);
  });
});

describe('by WHATWG HTML §9.2.6', () => {
  test.each<[string, string, Partial<SeenEvent>[]]>([
    [
      'data lines are joined by LF',
      'data: YHOO\ndata: +2\ndata: 10\n\n',
      [{ data: 'YHOO\n+2\n10' }],
    ],
    [
      'one space after the colon is removed',
      'data:test\n\ndata: test\n\ndata:  test\n\n',
      [{ data: 'test' }, { data: 'test' }, { data: ' test' }],
    ],
    [
      'an empty data line is an event',
      'data\n\ndata\ndata\n\ndata:',
      [{ data: '' }, { data: '\n' }],
    ],
    ['a block without data is no event', 'event: x\nid: 1\n\n', []],
    ['an unfinished block is discarded', 'data: whole\n\ndata: cut\n', [{ data: 'whole' }]],
    [
      'the name lasts for one event',
      'event: add\ndata: 1\n\ndata: 2\n\n',
      [{ name: 'add' }, { name: '' }],
    ],
    ['an empty name is the default', 'event: add\nevent:\ndata: 1\n\n', [{ name: '' }]],
    [
      'comments and unknown fields are ignored',
      ': hb\nfoo: bar\nData: x\n data: y\ndata: z\n\n',
      [{ data: 'z' }],
    ],
    ['a colon in the value stays', 'data: a: b\n\n', [{ data: 'a: b' }]],
    [
      'an id lasts until the next',
      'id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n',
      [{ lastEventId: '1' }, { lastEventId: '1' }, { lastEventId: '' }],
    ],
    [
      'an id with NUL is ignored',
      'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
      [{ lastEventId: '1' }, { lastEventId: '1' }],
    ],
    ['only one BOM is removed', '\uFEFF\uFEFFdata: a\n\ndata: b\n\n', [{ data: 'b' }]],
    [
      'only LF, CR and CRLF end lines',
      'data: a\u2028b\u0085c\vd\fe\n\n',
      [{ data: 'a\u2028b\u0085c\vd\fe' }],
    ],
    [
      'CR, LF and CRLF can be mixed',
      'data: a\rdata: b\r\ndata: c\n\r\ndata: d\r\r',
      [{ data: 'a\nb\nc' }, { data: 'd' }],
    ],
  ])('%s', (_what, stream, events) => {
    for (const reads of [[1_000_000], [1], [2, 3]]) {
      const seen = read(stream, reads).events;
      expect(seen).toHaveLength(events.length);
      expect(seen).toMatchObject(events);
    }
  });

  test('half a BOM is part of the first line', () => {
    const stream = Buffer.concat([
      Buffer.from([0xef, 0xbb]),
      Buffer.from('data: a\n\ndata: b\n\n'),
    ]);
    for (const reads of [[100], [1], [2]])
      expect(read(stream, reads).events).toMatchObject([{ data: 'b' }]);
  });

  test('the id of an unfinished block does not count', () => {
    expect(read('id: 1\ndata: a\n\nid: 2\ndata: b\n').lastEventId).toBe('1');
  });

  test('an id without data counts', () => {
    expect(read('id: 1\n\n').lastEventId).toBe('1');
  });

  test.each([
    ['retry: 200\n', 200],
    ['retry: 200\nretry: 12x\nretry: -1\nretry: 1.5\nretry:\n', 200],
    ['retry: 200', undefined],
  ])('retry counts from its line end on, if it is all digits: %j', (stream, retryMs) => {
    expect(read(stream).retryMs).toBe(retryMs);
  });
});

test('an event within one read is handed on in place', () => {
  const buffer = Buffer.from('id: k3f9.1\ndata: {"s":1}\n\n');
  const seen: unknown[] = [];
  new SseReader((...event) => seen.push(event)).push(buffer, 0, buffer.length, AT);
  expect(seen).toHaveLength(1);
  expect((seen[0] as unknown[])[1]).toBe(buffer);
  expect((seen[0] as unknown[]).slice(2)).toEqual([17, 24, AT]);
});

const eventOf = (bytes: number): string => `data:${'x'.repeat(bytes)}\n\n`;

test('an event of up to 2 MiB may be cut by reads, a larger one is a failure that says so', () => {
  expect(read(eventOf(2 ** 21 - 5), [65_536]).events).toHaveLength(1);
  expect(() => read(eventOf(2 ** 21), [65_536])).toThrow(
    'a line of the event stream of more than 2097152 bytes',
  );
  expect(() => read(`data:${'x'.repeat(2 ** 20)}\n`.repeat(3), [65_536])).toThrow(
    'the data of an event of more than 2097152 bytes',
  );
});

test.each(['\n', '\r', '\r\n'])(
  'a long line ends where its end is, near or far, before ends of other kinds: %j',
  (end) => {
    for (const length of [505, 506, 507, 512, 600, 5000, 70_000]) {
      const data = 'x'.repeat(length);
      const stream = `data:${data}${end}${end}data:b\n\ndata:c\r\rdata:${data}${end}${end}`;
      const expected = [data, 'b', 'c', data];
      for (const reads of [[1_000_000], [65_536], [511, 3]])
        expect(read(stream, reads).events.map((event) => event.data)).toEqual(expected);
    }
  },
);
