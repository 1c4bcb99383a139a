import { describe, expect, it } from 'vitest';
import { coalescingOf, deltasOf } from './recorded-deltas.ts';
import { recordedChat } from './recording-fixture.ts';

const place = 'r.ndjson, line 3';

describe('the deltas of a recorded stream', () => {
  it('are its texts, at the times of their reads after the request was sent', () => {
    const record = recordedChat(
      [
        [20, 'Hel'],
        [30, 'lo'],
        [30, ' wörld'],
      ],
      { sentNs: 5e6 },
    );
    expect(deltasOf(record, place)).toEqual({
      tokens: ['Hel', 'lo', ' wörld'],
      offsetsNs: [15e6, 25e6, 25e6],
    });
  });

  it('join a character that two events share, at the time of the second', () => {
    const [high, low] = ['🌊'.slice(0, 1), '🌊'.slice(1)];
    const record = recordedChat([
      [1, `a${high}`],
      [2, `${low}b`],
      [3, high],
      [4, low],
    ]);
    expect(deltasOf(record, place)).toEqual({
      tokens: ['a', '🌊b', '🌊'],
      offsetsNs: [1e6, 2e6, 4e6],
    });
  });

  it('are refused, by file and line, where half a character is left', () => {
    const record = recordedChat([
      [1, 'a'],
      [2, '\uD83C'],
    ]);
    expect(() => deltasOf(record, place)).toThrow(/r\.ndjson, line 3: its text ends in half/);
    expect(() => deltasOf(recordedChat([[1, '\uDF0Aa']]), place)).toThrow(
      /line 3: event 2 has half/,
    );
  });

  it('are refused, by file and line, where times fall', () => {
    const record = recordedChat([
      [20, 'a'],
      [19, 'b'],
    ]);
    expect(() => deltasOf(record, place)).toThrow(
      'r.ndjson, line 3: event 3 is at 19000000 ns, before the event ahead of it at 20000000 ns',
    );
  });

  it.each([
    ['did not arrive whole', { isWhole: false }],
    ['did not arrive whole', { end: { kind: 'cut', why: 'reset', ns: 1 } }],
    ['was recorded without its events', { withheld: 'a secret' }],
    ['is of a dialect of JSON pointers, which a recording does not hold', { dialect: 'pointers' }],
  ] as const)('do not exist for a stream that %s', (why, rest) => {
    expect(deltasOf(recordedChat([[1, 'a']], rest), place)).toEqual({ why });
  });

  it('do not exist without text', () => {
    expect(deltasOf(recordedChat([]), place)).toEqual({ why: 'brought no text' });
  });
});

it('the coalescing index is the number of tokens an instant', () => {
  expect(coalescingOf([1, 2, 3])).toBe(1);
  expect(coalescingOf([1, 1, 1, 2])).toBe(2);
});
