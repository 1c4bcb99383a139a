import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventStreamParser, type StreamEvent } from './event-stream-parser.js';

function parse(...pieces: readonly string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = new EventStreamParser((event) => events.push(event));
  for (const piece of pieces) parser.feed(piece);
  return events;
}

const message = (data: string, lastEventId = ''): StreamEvent => ({
  type: 'message',
  data,
  lastEventId,
});

it.each([
  ['LF', 'data: a\n\ndata: b\n\n'],
  ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
  ['CR', 'data: a\r\rdata: b\r\r'],
  ['a mixture', 'data: a\r\n\ndata: b\n\r'],
])('%s ends lines, wherever the text is split', (_name, text) => {
  const expected = [message('a'), message('b')];
  expect(parse(text)).toEqual(expected);
  expect(parse(...text.split(''))).toEqual(expected);
  for (let at = 1; at < text.length; at++)
    expect(parse(text.slice(0, at), text.slice(at))).toEqual(expected);
});

it('an event of the twins has a name, an id and its data', () => {
  expect(
    parse(
      'event: open\nid: abcd.0\nretry: 1000\ndata: {"n":2}\n\nid: abcd.1\ndata: {"s":1,"d":" tok"}\n\n',
    ),
  ).toEqual([
    { type: 'open', data: '{"n":2}', lastEventId: 'abcd.0' },
    message('{"s":1,"d":" tok"}', 'abcd.1'),
  ]);
});

it.each([
  [
    'comments and unknown fields are passed over',
    ':\n: hb\nfoo: bar\nData: no\ndata: yes\n\n',
    [message('yes')],
  ],
  [
    'one space after the colon is no part of the value',
    'data:a\n\ndata:  b\n\ndata:\tc\n\n',
    [message('a'), message(' b'), message('\tc')],
  ],
  ['several lines of data are one event', 'data: a\ndata\ndata: b\n\n', [message('a\n\nb')]],
  [
    'empty data is an event, and no data is none',
    'data:\n\nevent: x\n\nid: 7\n\ndata: a\n\n',
    [message(''), message('a', '7')],
  ],
  [
    'an id stays until another one comes',
    'id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n',
    [message('a', '1'), message('b', '1'), message('c')],
  ],
  ['an id with NUL is none', 'id: 1\0\ndata: a\n\n', [message('a')]],
  ['what is not ended by a blank line is no event', 'data: a\n\ndata: b\n', [message('a')]],
  ['U+2028 and U+0085 end no line', 'data: a\u2028b\u0085c\n\n', [message('a\u2028b\u0085c')]],
])('%s', (_name, text, expected) => {
  expect(parse(text)).toEqual(expected);
  expect(parse(...text.split(''))).toEqual(expected);
});

const line = fc.oneof(
  fc.constantFrom(
    '',
    'data: a',
    'data:',
    'data',
    'id: 5',
    'id:',
    'event: done',
    'event:',
    ': hb',
    'retry: 10',
    'x: y',
    'data: é💡',
  ),
);
const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 });

it('agrees with eventsource-parser, and with itself however the bytes are split', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 200 }), { maxLength: 8 }), (lines, cuts) => {
      const whole = `${lines.flat().join('')}\n`;
      const expected: { type: string; data: string }[] = [];
      const oracle = createParser({
        onEvent: ({ event = 'message', data }) => expected.push({ type: event, data }),
      });
      oracle.feed(whole);
      const bytes = new TextEncoder().encode(whole);
      const decoder = new TextDecoder();
      const edges = [0, ...cuts.filter((at) => at < bytes.length), bytes.length].sort(
        (one, other) => one - other,
      );
      const pieces = edges
        .slice(1)
        .map((end, index) => decoder.decode(bytes.subarray(edges[index], end), { stream: true }));
      const split = parse(...pieces);
      expect(split).toEqual(parse(whole));
      expect(split.map(({ type, data }) => ({ type, data }))).toEqual(expected);
    }),
  );
});
