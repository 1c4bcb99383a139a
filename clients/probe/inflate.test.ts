import * as fc from 'fast-check';
import { constants, createDeflateRaw, createGzip, deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { arbitraryReads, AT, pushInReads } from './cut.ts';
import { Inflater, MessageInflater } from './inflate.ts';
import { InflateReader } from './inflate-reader.ts';

/** Compresses each piece, and flushes after it, with all pieces in one context. */
async function compressPieces(
  format: 'gzip' | 'raw',
  pieces: readonly string[],
): Promise<Buffer[]> {
  const compressor = format === 'gzip' ? createGzip() : createDeflateRaw();
  const compressed: Buffer[] = [];
  let chunks: Buffer[] = [];
  compressor.on('data', (chunk: Buffer) => void chunks.push(chunk));
  for (const piece of pieces) {
    compressor.write(piece);
    await new Promise<void>((resolve) => compressor.flush(constants.Z_SYNC_FLUSH, resolve));
    compressed.push(Buffer.concat(chunks));
    chunks = [];
  }
  const ended = new Promise((resolve) => compressor.once('end', resolve));
  compressor.end();
  await ended;
  compressed.push(Buffer.concat(chunks));
  return compressed;
}

const events = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), {
  minLength: 1,
  maxLength: 20,
});

test('a gzip body is read as node:zlib wrote it, wherever reads cut it', async () => {
  await fc.assert(
    fc.asyncProperty(events, arbitraryReads, async (pieces, reads) => {
      const body = Buffer.concat(await compressPieces('gzip', pieces));
      let text = Buffer.alloc(0);
      const reader = new InflateReader({
        push: (buffer, start, end) => {
          text = Buffer.concat([text, buffer.subarray(start, end)]);
        },
      });
      expect(pushInReads(reader, body, reads)).toBeUndefined();
      reader.end();
      expect(text.toString()).toBe(Buffer.from(pieces.join('')).toString());
    }),
    { numRuns: 60 },
  );
});

test('each event can be read as soon as its bytes have come, before the body ends', async () => {
  const pieces = ['data: one\n\n', 'data: two\n\n', 'data: three\n\n'];
  const inflater = new Inflater('gzip');
  const read: string[] = [];
  for (const bytes of (await compressPieces('gzip', pieces)).slice(0, -1))
    inflater.push(
      bytes,
      0,
      bytes.length,
      (buffer, start, end) => void read.push(buffer.toString('utf8', start, end)),
    );
  expect(read).toEqual(pieces);
  expect(inflater.isEnded).toBe(false);
});

const withoutEnd = (bytes: Buffer): Buffer => {
  expect(bytes.subarray(-4)).toEqual(Buffer.from([0, 0, 0xff, 0xff]));
  return bytes.subarray(0, -4);
};

test('messages of one context refer to each other, and are read one by one', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (messages) => {
      const compressed = await compressPieces('raw', messages);
      const inflater = new MessageInflater({ keepsWindow: true });
      for (const [index, message] of messages.entries()) {
        const bytes = withoutEnd(compressed[index] as Buffer);
        const { bytes: inflated, length } = inflater.inflate(bytes, 0, bytes.length);
        expect(inflated.toString('utf8', 0, length)).toBe(Buffer.from(message).toString());
      }
    }),
    { numRuns: 60 },
  );
});

test('without context takeover each message stands alone, also one that is the last of its stream', () => {
  const inflater = new MessageInflater({ keepsWindow: false });
  for (const message of ['{"s":1,"d":" one"}', '{"s":2,"d":" two"}']) {
    const bytes = deflateRawSync(message);
    const { bytes: inflated, length } = inflater.inflate(bytes, 0, bytes.length);
    expect(inflated.toString('utf8', 0, length)).toBe(message);
  }
});

test('without context takeover the memory of a message serves the next, however long both are', () => {
  const inflater = new MessageInflater({ keepsWindow: false });
  for (const length of [200_000, 10, 150_000, 0, 200_000]) {
    const message = Buffer.from(Array.from({ length }, (_, index) => (index * index) % 251));
    const bytes = withoutEnd(deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }));
    const { bytes: inflated, length: inflatedBytes } = inflater.inflate(bytes, 0, bytes.length);
    expect(inflated.subarray(0, inflatedBytes).equals(message)).toBe(true);
  }
});

test('without context takeover a message that refers to the one before is damaged', async () => {
  const message = '{"s":1,"d":" the same text in two messages"}';
  const [first, second] = await compressPieces('raw', [message, message]);
  const inflater = new MessageInflater({ keepsWindow: false });
  const push = (bytes: Buffer): unknown => inflater.inflate(bytes, 0, bytes.length);
  push(withoutEnd(first as Buffer));
  expect(() => push(withoutEnd(second as Buffer))).toThrow('invalid distance too far back');
});

const reader = (): InflateReader => new InflateReader({ push: () => {} });

test('a body that ends in the middle, is damaged, goes on after its end, or expands without bound is a named failure', () => {
  const whole = gzipSync('data: a token\n\n'.repeat(50));
  const cut = reader();
  expect(pushInReads(cut, whole.subarray(0, -9), [7])).toBeUndefined();
  expect(() => cut.end()).toThrow('the compressed stream ended in the middle');
  const damaged = Buffer.from(whole);
  damaged[damaged.length - 6] = (damaged[damaged.length - 6] as number) ^ 1;
  expect(pushInReads(reader(), damaged, [1000])?.message).toContain(
    'the compressed stream is damaged: incorrect data check',
  );
  expect(pushInReads(reader(), Buffer.concat([whole, Buffer.from('more')]), [1000])?.message).toBe(
    '4 bytes follow the end of the compressed stream',
  );
  expect(pushInReads(reader(), gzipSync(Buffer.alloc(8 * 1024 * 1024)), [65_536])?.message).toBe(
    'a read expands to more than 4194304 bytes',
  );
  expect(() =>
    new InflateReader({ push: () => {} }).push(Buffer.from('plain text'), 0, 10, AT),
  ).toThrow('incorrect header check');
});
