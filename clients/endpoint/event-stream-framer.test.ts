import { describe, expect, it } from 'vitest';
import { vectors } from '../conformance/vectors.ts';
import { EventStreamFramer } from './event-stream-framer.ts';
import { byByte, cutAt, frame } from './framing-fixture.ts';

const utf8 = (text: string): Uint8Array => Buffer.from(text);

describe.each([
  ['whole', (bytes: Uint8Array) => [bytes]],
  ['byte by byte', byByte],
  ['in two', (bytes: Uint8Array) => cutAt(bytes, [Math.floor(bytes.length / 2)])],
])('an event stream that comes %s', (_how, cut) => {
  it.each(vectors)('means what the standard says: $name', ({ stream, events, retryMs }) => {
    const framed = frame('event-stream', cut(typeof stream === 'string' ? utf8(stream) : stream));
    expect(framed.events.map(({ name = 'message', data }) => [name, data])).toEqual(
      events.map(([type, data]) => [type, data]),
    );
    expect(framed.retryMs).toBe(retryMs);
    expect(framed.failures).toEqual([]);
  });
});

it.each(vectors.filter(({ lastEventId }) => lastEventId !== undefined))(
  'its last id is that from which to resume: $name',
  ({ stream, lastEventId }) => {
    const { framer } = frame('event-stream', [typeof stream === 'string' ? utf8(stream) : stream]);
    expect((framer as EventStreamFramer).lastEventId.trim()).toBe(lastEventId);
  },
);

it.each([
  ['a:1\n\n\ndata: b\r\n\r\ndata:c\r\rx', { lf: 3, crlf: 2, cr: 2 }],
  ['data: a\r', { lf: 0, crlf: 0, cr: 1 }],
])('line ends are counted, however they are cut: %j', (stream, lineEnds) => {
  for (const pieces of [[utf8(stream)], byByte(utf8(stream))])
    expect(frame('event-stream', pieces).framer.lineEnds).toEqual(lineEnds);
});

it('lines of data with a space after the colon are told from those without', () => {
  const { framer } = frame('event-stream', [utf8('data: a\ndata:b\ndata:\ndata\ndata:  c\n\n')]);
  const { spacedData, unspacedData } = framer as EventStreamFramer;
  expect({ spacedData, unspacedData }).toEqual({ spacedData: 2, unspacedData: 2 });
});

it('a lone CR at the end of a read dispatches at once', () => {
  const names: string[] = [];
  const framer = new EventStreamFramer({
    onEvent: ({ data }) => names.push(data),
    onComment: () => {},
    onRetry: () => {},
    onFailure: () => {},
  });
  framer.push(utf8('data: a\r\r'));
  expect(names).toEqual(['a']);
  framer.push(utf8('\ndata: b\r\n\r'));
  expect(names).toEqual(['a', 'b']);
});

it('an event has the id of its own block only', () => {
  expect(
    frame('event-stream', [utf8('id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n')]).events,
  ).toEqual([{ id: '1', data: 'a' }, { data: 'b' }, { id: '', data: 'c' }]);
});

it.each([
  ['data: a\n\n', false],
  ['data: a\n\n: half a comm', false],
  ['data: a\n\nretry: 5\n', false],
  ['data: a\n\nretry: 5', true],
  ['data: a\n', true],
  ['data: a', true],
  ['data: a\n\nid: 5\n', true],
  ['data: a\n\nevent: x\n', true],
  ['\r', false],
  ['', false],
])('half an event is told from a whole one: %j', (stream, hasHalfEvent) => {
  expect(frame('event-stream', [utf8(stream)]).hasHalfEvent).toBe(hasHalfEvent);
});

it.each([
  ['data: é日🦀\n\n', false],
  ['\uFEFFdata: a\n\n', false],
])('valid UTF-8 is valid wherever it is cut: %j', (stream, hasInvalidUtf8) => {
  for (const pieces of [[utf8(stream)], byByte(utf8(stream))])
    expect(frame('event-stream', pieces).framer.hasInvalidUtf8).toBe(hasInvalidUtf8);
});

it('a byte that is no UTF-8 is noted, and stands as U+FFFD', () => {
  const { events, framer } = frame('event-stream', [
    Buffer.concat([utf8('data: a'), Buffer.of(0xff), utf8('b\n\n')]),
  ]);
  expect(events).toEqual([{ data: 'a\uFFFDb' }]);
  expect(framer.hasInvalidUtf8).toBe(true);
});

describe('a bound is kept', () => {
  it.each([
    [
      'a line',
      `data: a\n\ndata: ${'x'.repeat(100)}\n\n`,
      'line-too-long: a line of more than 64 bytes',
    ],
    [
      'the data of an event',
      `data: a\n\n${'data: 1234567890\n'.repeat(10)}\n`,
      'event-too-long: the data of an event of more than 64 bytes',
    ],
  ])('%s that is too long is one failure, and nothing more is read', (_what, stream, failure) => {
    for (const pieces of [[utf8(stream)], byByte(utf8(stream))]) {
      const framed = frame('event-stream', [...pieces, utf8('\n\ndata: late\n\n')], {
        maxBytes: 64,
      });
      expect(framed.events).toEqual([{ data: 'a' }]);
      expect(framed.failures).toEqual([failure]);
      expect(framed.hasHalfEvent).toBe(true);
    }
  });

  it('a line as long as the bound is read', () => {
    const line = `data: ${'x'.repeat(58)}`;
    const framed = frame('event-stream', [utf8(`${line}\n\n`)], { maxBytes: 64 });
    expect(framed.events).toHaveLength(1);
    expect(framed.failures).toEqual([]);
  });
});
