import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { makeChunks } from './chunks.ts';
import { payloads } from './payload.ts';
import { MIB } from './units.ts';

const sizes = [payloads.audio, payloads['blob-16k'], payloads['blob-1m']].map(
  ({ chunk }) => chunk!.bytes,
);

it('the payloads of bytes have 20 ms of audio, 16 KiB and 1 MiB a token', () => {
  expect(sizes).toEqual([16_000 * 2 * 0.02, 16_384, 1_048_576]);
});

it.each(sizes)('chunks of %i bytes are all different, and the same each time', (bytes) => {
  const chunks = makeChunks(bytes);
  expect(chunks.every(({ length }) => length === bytes)).toBe(true);
  expect(new Set(chunks.map((chunk) => chunk.toString('latin1'))).size).toBe(chunks.length);
  expect(chunks.length).toBeGreaterThanOrEqual(8);
  expect(chunks.length * bytes).toBeLessThanOrEqual(8 * MIB);
  expect(Buffer.concat(makeChunks(bytes)).equals(Buffer.concat(chunks))).toBe(true);
});

it('a compressor finds nothing in them', () => {
  const all = Buffer.concat(makeChunks(640));
  expect(gzipSync(all).length).toBeGreaterThan(all.length);
});

it('a size has bytes of its own', () => {
  expect(makeChunks(640)[0]!.equals(makeChunks(641)[0]!.subarray(0, 640))).toBe(false);
});
