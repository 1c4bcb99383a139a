// A broken stream is never called whole, nor a sound one broken: twelve faults in seven dialects.

import { describe, expect, it } from 'vitest';
import type { TransportEnd } from '../../bench/contract/dialects/dialect.ts';
import { dialects } from '../../bench/contract/dialects/dialects.ts';
import {
  faultyStreams,
  streamFaults,
  type FaultyStream,
} from '../../bench/contract/dialects/faulty-streams.ts';
import { byByte, frame } from './framing-fixture.ts';

const ends: Readonly<Record<FaultyStream['ending'], TransportEnd>> = {
  'in-order': { kind: 'in-order' },
  cut: { kind: 'cut', why: 'read ECONNRESET' },
};

function judge(
  { dialect, framing, ending }: FaultyStream,
  pieces: readonly Uint8Array[],
  end: TransportEnd = ends[ending],
) {
  const { events, hasHalfEvent, framer } = frame(framing, pieces);
  const reader = dialects[dialect].open();
  for (const event of events) reader.read(event);
  return reader.judge(end, { hasHalfEvent, hasInvalidUtf8: framer.hasInvalidUtf8 });
}

/** Faults that a dialect gives no means to see, or does not have. */
const unseen: readonly string[] = [
  'responses no-terminator',
  'gemini no-terminator',
  'ollama no-terminator',
  'ollama gap',
  'mcp no-terminator',
  'mcp gap',
];

it('there are seven dialects with twelve faults and a sound stream each', () => {
  expect(new Set(faultyStreams.map(({ dialect }) => dialect)).size).toBe(7);
  expect(Object.keys(streamFaults)).toHaveLength(13);
  expect(faultyStreams).toHaveLength(7 * 13);
});

it('the faults that nothing shows are these', () => {
  expect(
    faultyStreams
      .filter(({ fault, causes }) => fault !== 'none' && causes.length === 0)
      .map(({ dialect, fault }) => `${dialect} ${fault}`),
  ).toEqual(unseen);
});

describe.each(faultyStreams)('$dialect, $fault', (stream) => {
  const { pieces, causes, ending } = stream;

  it('is reported', () => {
    for (const cut of [pieces, [Buffer.concat(pieces)], byByte(Buffer.concat(pieces))]) {
      const { isWhole, failures } = judge(stream, cut);
      expect(failures.map(({ cause }) => cause)).toEqual(expect.arrayContaining([...causes]));
      expect(isWhole).toBe(causes.length === 0);
    }
  });

  it('is reported with words that a reader can use', () => {
    for (const { message } of judge(stream, pieces).failures) {
      expect(message).not.toBe('');
      expect(message.length).toBeLessThan(300);
    }
  });

  it('is not whole after a cut, nor where a gateway ends in order what was cut', () => {
    const otherEnd = ends[ending === 'cut' ? 'in-order' : 'cut'];
    expect(judge(stream, pieces, otherEnd).isWhole).toBe(false);
  });
});
