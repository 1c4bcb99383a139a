import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TcpSegment } from './read-pcap.ts';
import { groupFlows, reassemble } from './tcp-flows.ts';

const SERVER = 41_000;

function segment(
  parts: Partial<Omit<TcpSegment, 'payload'>> & { readonly text?: string },
): TcpSegment {
  const { text = '', ...rest } = parts;
  const defaults = {
    atNs: 0n,
    sourcePort: SERVER,
    destinationPort: 50_001,
    sequence: 0,
    isSyn: false,
    cutBytes: 0,
  };
  return { ...defaults, ...rest, payload: Buffer.from(text, 'latin1') };
}

describe('reassemble', () => {
  it('begins behind the SYN, which counts as one byte', () => {
    const { bytes, segmentOf } = reassemble([
      segment({ sequence: 9, isSyn: true }),
      segment({ sequence: 10, text: 'ab' }),
    ]);
    expect(bytes.toString()).toBe('ab');
    expect([...segmentOf]).toEqual([1, 1]);
  });

  it('keeps the first of bytes that were sent twice', () => {
    const { bytes, segmentOf } = reassemble([
      segment({ sequence: 10, text: 'abc' }),
      segment({ sequence: 11, text: 'XXde' }),
      segment({ sequence: 10, text: 'YYYYYf' }),
    ]);
    expect(bytes.toString()).toBe('abcdef');
    expect([...segmentOf]).toEqual([0, 0, 0, 1, 1, 2]);
  });

  it('leaves zeros where nothing was captured', () => {
    const { bytes, segmentOf } = reassemble([
      segment({ sequence: 10, text: 'a' }),
      segment({ sequence: 13, text: 'd' }),
    ]);
    expect(bytes.toString('latin1')).toBe('a\0\0d');
    expect([...segmentOf]).toEqual([0, -1, -1, 1]);
  });

  it('ignores a keep-alive probe, which repeats a byte from before the start', () => {
    expect(
      reassemble([
        segment({ sequence: 10, text: 'ab' }),
        segment({ sequence: 9, text: '?' }),
      ]).bytes.toString(),
    ).toBe('ab');
  });

  it('of nothing is nothing', () => {
    expect(reassemble([segment({})]).bytes).toHaveLength(0);
  });

  it('gives back any text from any segments that cover it, across the end of the sequence space', () => {
    const pieces = fc.array(
      fc.record({ from: fc.nat({ max: 40 }), length: fc.integer({ min: 1, max: 20 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }),
        pieces,
        fc.nat({ max: 60 }),
        (text, extra, before) => {
          const start = 2 ** 32 - before;
          const whole = { from: 0, length: text.length };
          const segments = [...extra.filter(({ from }) => from < text.length), whole].map(
            ({ from, length }) =>
              segment({
                sequence: (start + from) % 2 ** 32,
                text: text.slice(from, from + length),
              }),
          );
          const { bytes } = reassemble([
            segment({ sequence: (start - 1) % 2 ** 32, isSyn: true }),
            ...segments,
          ]);
          expect(bytes.toString('latin1')).toBe(text);
        },
      ),
      { seed: 11 },
    );
  });
});

describe('groupFlows', () => {
  it('tells connections and directions apart, and leaves out other ports', () => {
    const flows = groupFlows(
      [
        segment({ sourcePort: 50_001, destinationPort: SERVER, isSyn: true }),
        segment({ sourcePort: 50_002, destinationPort: SERVER, isSyn: true }),
        segment({ destinationPort: 50_002, text: 'for 2' }),
        segment({ sourcePort: 50_001, destinationPort: SERVER, text: 'from 1' }),
        segment({ sourcePort: 50_001, destinationPort: 9 }),
      ],
      SERVER,
    );
    expect(
      flows.map(({ toServer, toClient }) =>
        [...toServer, ...toClient].map(({ payload }) => payload.toString()),
      ),
    ).toEqual([
      ['', 'from 1'],
      ['', 'for 2'],
    ]);
  });

  it('begins anew where a client port is used again, but not where a SYN is sent twice', () => {
    const request = { sourcePort: 50_001, destinationPort: SERVER };
    const flows = groupFlows(
      [
        segment({ ...request, sequence: 5, isSyn: true }),
        segment({ ...request, sequence: 5, isSyn: true }),
        segment({ ...request, sequence: 6, text: 'old' }),
        segment({ ...request, sequence: 900, isSyn: true }),
        segment({ ...request, sequence: 901, text: 'new' }),
      ],
      SERVER,
    );
    expect(flows.map(({ toServer }) => reassemble(toServer).bytes.toString())).toEqual([
      'old',
      'new',
    ]);
  });
});
