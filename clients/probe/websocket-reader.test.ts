import type { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ws from 'ws';
import { arbitraryReads, AT, pushInReads } from './cut.ts';
import { WebSocketReader } from './websocket-reader.ts';

// Exported by ws, but not known to its types.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

interface Seen {
  readonly events: string[];
  readonly failure: string | undefined;
}

function read(frames: Buffer, reads: readonly number[] = [1_000_000]): Seen {
  const events: string[] = [];
  const reader = new WebSocketReader({
    onMessage: (buffer, start, end) =>
      events.push(`message ${buffer.toString('base64', start, end)}`),
    onPing: (payload) => events.push(`ping ${payload.toString('base64')}`),
    onClose: (code, reason) => events.push(`close ${code ?? 1005} ${reason}`),
  });
  return { failure: pushInReads(reader, frames, reads)?.message, events };
}

/** Reads the same frames with the Receiver of ws. */
async function readWithOracle(
  frames: Buffer,
  reads: readonly number[],
): Promise<{ events: string[]; hasFailed: boolean }> {
  const events: string[] = [];
  let hasBinary = false;
  const receiver = new Receiver({ isServer: false, maxPayload: 2 ** 21, skipUTF8Validation: true });
  receiver.on('error', () => {});
  receiver.on('message', (payload: Buffer, isBinary: boolean) => {
    hasBinary ||= isBinary;
    if (!hasBinary) events.push(`message ${payload.toString('base64')}`);
  });
  receiver.on('ping', (payload: Buffer) => events.push(`ping ${payload.toString('base64')}`));
  receiver.on('conclude', (code: number, reason: Buffer) =>
    events.push(`close ${code} ${reason.toString()}`),
  );
  for (let at = 0, turn = 0; at < frames.length && receiver.errored === null; turn++) {
    const end = at + (reads[turn % reads.length] ?? 1);
    const chunk = Buffer.from(frames.subarray(at, end));
    await new Promise((resolve) => receiver.write(chunk, resolve));
    at = end;
  }
  return { events, hasFailed: receiver.errored !== null };
}

const FIN = 0x80;
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

function frame(opcode: keyof typeof opcodes, payload: Uint8Array, { isFinal = true } = {}): Buffer {
  const first = (isFinal ? FIN : 0) | opcodes[opcode];
  const { length } = payload;
  const header =
    length < 126
      ? [first, length]
      : length < 65_536
        ? [first, 126, length >> 8, length & 255]
        : [first, 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  return Buffer.concat([Buffer.from(header), payload]);
}

const text = (payload: string): Buffer => Buffer.from(payload);
const message = (payload: string): string => `message ${text(payload).toString('base64')}`;

const control = fc.oneof(
  fc.uint8Array({ maxLength: 125 }).map((payload) => frame('ping', payload)),
  fc.uint8Array({ maxLength: 125 }).map((payload) => frame('pong', payload)),
);
const anyLength = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.constantFrom(0, 1, 124, 125, 126, 127, 128, 65_535, 65_536, 70_000),
);
const payload = anyLength.map((length) => Buffer.alloc(length, 'aé🦀'));
/** A message in one frame or in fragments, with control frames before and between them. */
const messageFrames = fc
  .array(fc.tuple(payload, fc.array(control, { maxLength: 2 })), { minLength: 1, maxLength: 4 })
  .map((fragments) =>
    fragments.flatMap(([part, controls], index) => [
      ...controls,
      frame(index === 0 ? 'text' : 'continuation', part, {
        isFinal: index === fragments.length - 1,
      }),
    ]),
  );
const close = fc.oneof(
  fc.constant([]),
  fc.constant([frame('close', Buffer.alloc(0))]),
  fc
    .tuple(fc.constantFrom(1000, 1001, 1012, 3000, 4999), fc.string({ maxLength: 20 }))
    .map(([code, reason]) => {
      const body = Buffer.concat([
        Buffer.from([code >> 8, code & 255]),
        text(reason.toWellFormed()),
      ]);
      return [frame('close', body), frame('text', text('after the close'))];
    }),
);

describe('against the Receiver of ws', () => {
  test('any messages, fragments and control frames give the same events, wherever reads end', async () => {
    const reads = fc.oneof(arbitraryReads, fc.constant([65_536]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(messageFrames, { maxLength: 5 }),
        close,
        reads,
        async (messages, closing, reads) => {
          const frames = Buffer.concat([...messages.flat(), ...closing]);
          // Byte by byte only when the frames are short.
          const cut =
            frames.length > 20_000 && reads.length === 1 && reads[0] === 1 ? [997] : reads;
          const oracle = await readWithOracle(frames, cut);
          expect(oracle.hasFailed).toBe(false);
          expect(read(frames, cut)).toEqual({ events: oracle.events, failure: undefined });
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  test('of any bytes no message is seen that ws does not see, and both fail or neither', async () => {
    const header = fc.tuple(
      fc.constantFrom(
        0x81,
        0x01,
        0x80,
        0x00,
        0x89,
        0x8a,
        0x88,
        0x82,
        0x02,
        0x8b,
        0x83,
        0xc1,
        0xa1,
        0x91,
        0x09,
      ),
      fc.constantFrom(0, 1, 2, 5, 125, 126, 127, 0x80, 0x85),
    );
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 9 }),
      header.map((bytes) => Uint8Array.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), arbitraryReads, async (parts, reads) => {
        const frames = Buffer.concat(parts);
        const own = read(frames, reads);
        const oracle = await readWithOracle(frames, reads);
        // ws accepts a binary message, while this reader refuses it from its first two bytes on.
        const isBinaryRefused = own.failure?.includes('binary') === true;
        expect(own.events).toEqual(
          isBinaryRefused ? oracle.events.slice(0, own.events.length) : oracle.events,
        );
        expect(own.failure !== undefined).toBe(oracle.hasFailed || isBinaryRefused);
        expect(own.failure ?? 'in the frame at byte 0').toMatch(/in the frame at byte \d+$/);
      }),
      { seed: 8, numRuns: 3000 },
    );
  });
});

describe('a frame that RFC 6455 forbids is a failure that says what and where', () => {
  const before = frame('text', text('ok'));
  test.each<[string, number[], string]>([
    [
      'reserved bit',
      [0xc1, 0],
      '1002 protocol error: a reserved bit is set without an extension, in the frame at byte 4',
    ],
    [
      'masked',
      [0x81, 0x81, 0, 0, 0, 0, 0x61],
      '1002 protocol error: a frame from the server is masked, in the frame at byte 4',
    ],
    [
      'unknown data opcode',
      [0x83, 0],
      '1002 protocol error: unknown opcode 3, in the frame at byte 4',
    ],
    [
      'unknown control opcode',
      [0x8b, 0],
      '1002 protocol error: unknown opcode 11, in the frame at byte 4',
    ],
    [
      'continuation of nothing',
      [0x80, 1, 0x61],
      '1002 protocol error: a continuation without a beginning, in the frame at byte 4',
    ],
    [
      'text without end',
      [0x01, 1, 0x61, 0x81, 1, 0x62],
      '1002 protocol error: a new message before the end of a fragmented one, in the frame at byte 7',
    ],
    [
      'fragmented ping',
      [0x09, 0],
      '1002 protocol error: a control frame is fragmented, in the frame at byte 4',
    ],
    [
      'long ping',
      [0x89, 126, 0, 126],
      '1002 protocol error: a control frame has more than 125 bytes, in the frame at byte 4',
    ],
    [
      'half a close code',
      [0x88, 1, 3],
      '1002 protocol error: a close frame has half a code, in the frame at byte 4',
    ],
    [
      'close code 1005',
      [0x88, 2, 0x03, 0xed],
      '1002 protocol error: close code 1005 must not be sent, in the frame at byte 4',
    ],
    [
      'binary',
      [0x82, 1, 0],
      '1003 unsupported data: a binary message where only text was agreed, in the frame at byte 4',
    ],
    [
      'more than 2 MiB',
      [0x81, 127, 0, 0, 0, 0, 0, 0x20, 0, 1],
      '1009 message too big: a message of 2097153 bytes or more; the limit is 2097152, in the frame at byte 4',
    ],
    ['2^63 bytes', [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], '1009 message too big'],
  ])('%s', (_what, bytes, failure) => {
    for (const reads of [[1_000_000], [1], [3]]) {
      const seen = read(Buffer.concat([before, Buffer.from(bytes)]), reads);
      expect(seen.events).toEqual([message('ok')]);
      expect(seen.failure).toContain(failure);
    }
  });

  test('fragments that exceed 2 MiB together', () => {
    const half = Buffer.alloc(1_200_000, 'x');
    const frames = Buffer.concat([
      frame('text', half, { isFinal: false }),
      frame('continuation', half),
    ]);
    expect(read(frames, [65_536]).failure).toContain(
      '1009 message too big: a message of 2400000 bytes or more',
    );
  });
});

test('a length that is not minimally encoded is accepted, as ws does', () => {
  const frames = Buffer.concat([
    Buffer.from([0x81, 126, 0, 2]),
    text('ok'),
    Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 2]),
    text('ok'),
  ]);
  expect(read(frames).events).toEqual([message('ok'), message('ok')]);
});

test('a message within one read is handed on in place, and all of a read has its stamp', () => {
  const buffer = Buffer.concat([frame('text', text('one')), frame('text', Buffer.alloc(200, 'x'))]);
  const seen: unknown[][] = [];
  new WebSocketReader({
    onMessage: (...message) => seen.push(message),
    onPing: () => {},
    onClose: () => {},
  }).push(buffer, 0, buffer.length, AT);
  expect(seen.map(([from]) => from === buffer)).toEqual([true, true]);
  expect(seen.map((message) => message.slice(1))).toEqual([
    [2, 5, AT],
    [9, 209, AT],
  ]);
});
