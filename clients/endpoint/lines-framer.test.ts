import { describe, expect, it } from 'vitest';
import { byByte, frame } from './framing-fixture.ts';

const utf8 = (text: string): Uint8Array => Buffer.from(text);

describe.each([
  ['whole', (bytes: Uint8Array) => [bytes]],
  ['byte by byte', byByte],
])('lines that come %s', (_how, cut) => {
  it.each([
    ['LF ends them', 'a\nb\n', ['a', 'b']],
    ['CRLF ends them, and a CR alone does not', 'a\r\nb\rc\r\n', ['a', 'b\rc']],
    ['blank ones are none', 'a\n\n \r\nb\n', ['a', 'b']],
    ['a byte order mark is not part of the first', '\uFEFFa\n\uFEFFb\n', ['a', '\uFEFFb']],
    ['characters are kept', 'é日🦀\n', ['é日🦀']],
    ['a last object without its LF is one', '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ['any other is none', 'a\n12', ['a']],
    ['nor is half an object', '{"a":1}\n{"b":', ['{"a":1}']],
    ['nothing is nothing', '', []],
  ])('%s', (_what, body, lines) => {
    const { events, failures } = frame('lines', cut(utf8(body)));
    expect(events.map(({ data }) => data)).toEqual(lines);
    expect(failures).toEqual([]);
  });
});

it.each([
  ['a\n', false],
  ['a\nb', true],
  ['{"a":1}', false],
  ['{"a":1', true],
  ['', false],
])('half a line is told from a whole one: %j', (body, hasHalfEvent) => {
  expect(frame('lines', [utf8(body)]).hasHalfEvent).toBe(hasHalfEvent);
});

it('blank lines are signs of life, and line ends are counted', () => {
  const { comments, framer } = frame('lines', [utf8('a\n\nb\r\n\r\n')]);
  expect(comments).toEqual(['', '']);
  expect(framer.lineEnds).toEqual({ lf: 2, crlf: 2, cr: 0 });
});

it('a byte that is no UTF-8 is noted, and stands as U+FFFD', () => {
  const { events, framer } = frame('lines', [Buffer.from([0x61, 0xc3, 10])]);
  expect(events).toEqual([{ data: 'a\uFFFD' }]);
  expect(framer.hasInvalidUtf8).toBe(true);
});

it('a line that is too long is one failure, and nothing more is read', () => {
  for (const pieces of [
    [utf8(`a\n${'x'.repeat(100)}\nb\n`)],
    byByte(utf8(`a\n${'x'.repeat(100)}\nb\n`)),
  ]) {
    const { events, failures, hasHalfEvent } = frame('lines', pieces, { maxBytes: 64 });
    expect(events).toEqual([{ data: 'a' }]);
    expect(failures).toEqual(['line-too-long: a line of more than 64 bytes']);
    expect(hasHalfEvent).toBe(true);
  }
});
