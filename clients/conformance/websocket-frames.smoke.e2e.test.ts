// The WebSocket twin frame by frame: what RFC 6455 requires of a server, and what it must refuse.
// How the probe reads the other direction is tested beside its reader.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderStart, SESSION_PATH } from '../../bench/contract/control-events.ts';
import { KIB } from '../../bench/contract/units.ts';
import { testPopulation } from '../../servers/kept-fixture.ts';
import { startTestServer, type TestServer } from '../../servers/twin-fixture.ts';
import {
  clientFrame,
  closeCodeOf,
  closePayload,
  opcodes,
  openRawWebSocket,
  type ServerFrame,
} from './raw-websocket.ts';

const { text, binary, continuation, close, ping, pong } = opcodes;

/** 40 tokens in about 200 ms: long enough to send something in between. */
const STREAM = '/v1/ws/one?n=40&rate=200&seed=3';
/** 40 s: ends early only when a test ends it. */
const LONG_STREAM = '/v1/ws/one?n=40&rate=1&seed=3';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer('ws', { population: testPopulation });
});

afterAll(async () => await server.close());

const isClose = ({ opcode }: ServerFrame): boolean => opcode === close;
const textsOf = (frames: readonly ServerFrame[]): string[] =>
  frames.filter(({ opcode }) => opcode === text).map(({ payload }) => payload.toString());
const pongsOf = (frames: readonly ServerFrame[]): string[] =>
  frames.filter(({ opcode }) => opcode === pong).map(({ payload }) => payload.toString());

/**
 * Sends these bytes once the stream has begun, and returns all frames that came until the server
 * closed.
 */
async function interrupt(path: string, ...bytes: Uint8Array[]): Promise<readonly ServerFrame[]> {
  using socket = await openRawWebSocket(server.port, path);
  await socket.until((frames) => frames.length > 0);
  socket.send(...bytes);
  await socket.until((frames) => frames.some(isClose));
  return socket.frames;
}

/** Summary of a stream whose tokens were counted. */
function summarise(frames: readonly ServerFrame[]): object {
  const [, ...texts] = textsOf(frames);
  const done = texts.at(-1)?.startsWith('{"type":"done"') === true ? texts.pop() : undefined;
  const sequences = texts.map((token) => (JSON.parse(token) as { s: number }).s);
  return {
    isContiguous: sequences.every((s, index) => s === index + 1),
    tokens: sequences.length,
    done,
    closeCode: closeCodeOf(frames.at(-1)!),
  };
}

const wholeStream = {
  isContiguous: true,
  tokens: 40,
  done: expect.stringContaining('{"type":"done","s":41,"n":40,') as string,
  closeCode: 1000,
};

/** The client sent what is no message of the twins: policy violation. */
const refusedStream = { isContiguous: true, done: undefined, closeCode: 1008 };

describe('in the midst of a stream', () => {
  it.each([
    ['an empty ping', ''],
    ['a ping', 'are you there?'],
    ['the longest ping there is', 'p'.repeat(125)],
  ])('%s is answered with what it said, and the stream goes on', async (_what, payload) => {
    const frames = await interrupt(STREAM, clientFrame(ping, payload));
    expect(pongsOf(frames)).toEqual([payload]);
    // The pong comes before the last token.
    expect(frames.findIndex(({ opcode }) => opcode === pong)).toBeLessThan(40);
    expect(summarise(frames)).toEqual(wholeStream);
  });

  it('a pong that nobody asked for is passed over', async () => {
    expect(summarise(await interrupt(STREAM, clientFrame(pong, 'unasked')))).toEqual(wholeStream);
  });

  it.each([0, 125, 126, 16 * KIB])(
    'a message of %i bytes that says nothing is refused, and ends the stream',
    async (length) => {
      const frames = await interrupt(STREAM, clientFrame(text, 'x'.repeat(length)));
      expect(summarise(frames)).toMatchObject(refusedStream);
    },
  );

  it('a fragmented message whose fragments cut a character is read whole before it is refused', async () => {
    const crab = Buffer.from('🦀');
    const frames = await interrupt(
      STREAM,
      clientFrame(text, crab.subarray(0, 1), { isFinal: false }),
      clientFrame(continuation, crab.subarray(1, 3), { isFinal: false }),
      clientFrame(continuation, crab.subarray(3)),
    );
    expect(summarise(frames)).toMatchObject(refusedStream);
  });
});

it('a fragmented message is understood, and a ping between its fragments answered first', async () => {
  using socket = await openRawWebSocket(server.port, SESSION_PATH);
  const start = Buffer.from(renderStart('1'));
  socket.send(
    clientFrame(text, start.subarray(0, 5), { isFinal: false }),
    clientFrame(ping, 'between'),
    clientFrame(continuation, start.subarray(5, 9), { isFinal: false }),
    clientFrame(continuation, start.subarray(9)),
  );
  await socket.until((frames) =>
    textsOf(frames).some((message) => message.startsWith('{"type":"done"')),
  );
  const [first, ...others] = socket.frames;
  expect([first?.opcode, first?.payload.toString()]).toEqual([pong, 'between']);
  expect(textsOf(others)).toHaveLength(13 + 2);
  expect(others.every(({ isFinal }) => isFinal)).toBe(true);
});

it('frames that come byte by byte are understood', async () => {
  using socket = await openRawWebSocket(server.port, SESSION_PATH);
  for (const byte of Buffer.concat([
    clientFrame(ping, 'slow'),
    clientFrame(text, renderStart('0')),
  ])) {
    socket.send(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await socket.until((frames) => textsOf(frames).length === 3 + 2);
  expect(pongsOf(socket.frames)).toEqual(['slow']);
});

const tooLong = 16 * KIB + 1;
const overlong64 = Buffer.from([0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 200, 3, 77]);

describe('what RFC 6455 forbids is answered with a close code', () => {
  it.each<[string, number, Uint8Array[]]>([
    ['a frame that is not masked', 1002, [clientFrame(text, 'hello', { isMasked: false })]],
    ['a reserved bit', 1002, [clientFrame(text, 'hello', { reserved: 0x40 })]],
    ['an unknown opcode', 1002, [clientFrame(3, 'hello')]],
    ['a fragmented ping', 1002, [clientFrame(ping, 'hello', { isFinal: false })]],
    ['a ping of 126 bytes', 1002, [clientFrame(ping, 'p'.repeat(126))]],
    ['a continuation of nothing', 1002, [clientFrame(continuation, 'hello')]],
    [
      'a message within another',
      1002,
      [clientFrame(text, 'a', { isFinal: false }), clientFrame(text, 'b')],
    ],
    ['half a close code', 1002, [clientFrame(close, Buffer.of(3))]],
    ['a close code that must not be sent', 1002, [clientFrame(close, closePayload(1005))]],
    ['text that is not UTF-8', 1007, [clientFrame(text, Buffer.from([0x61, 0xff]))]],
    ['text with a surrogate', 1007, [clientFrame(text, Buffer.from([0xed, 0xa0, 0x80]))]],
    [
      'text that ends within a character',
      1007,
      [clientFrame(text, Buffer.from([0xc3]), { isFinal: false }), clientFrame(continuation, '')],
    ],
    [
      'a reason that is not UTF-8',
      1007,
      [clientFrame(close, Buffer.concat([closePayload(1000), Buffer.of(0xff)]))],
    ],
    ['a message of a byte more than 16 KiB', 1009, [clientFrame(text, 'x'.repeat(tooLong))]],
    ['a message of 65536 bytes', 1009, [clientFrame(binary, Buffer.alloc(65_536))]],
    [
      'fragments that are too long together',
      1009,
      [clientFrame(text, 'x'.repeat(16 * KIB), { isFinal: false }), clientFrame(continuation, 'x')],
    ],
    ['a length of more than 2^53 bytes', 1009, [overlong64]],
  ])('%s', async (_what, code, bytes) => {
    const frames = await interrupt(LONG_STREAM, ...bytes);
    expect(closeCodeOf(frames.at(-1)!)).toBe(code);
    await expect.poll(() => server.streams.openStreams).toBe(0);
  });
});

describe('who closes in the midst of a stream', () => {
  it.each([
    ['with a code', closePayload(1000), 1000],
    ['with a code and a reason', closePayload(1001, 'gone'), 1001],
    ['with a code of its own', closePayload(4999), 4999],
    ['without a code', Buffer.alloc(0), undefined],
  ])(
    '%s has it echoed as the last frame, and the connection ended',
    async (_what, payload, code) => {
      using socket = await openRawWebSocket(server.port, LONG_STREAM);
      await socket.until((frames) => frames.length > 0);
      // Nothing that follows a close frame is read (§5.5.1).
      socket.send(clientFrame(close, payload), clientFrame(ping, 'too late'));
      await socket.ended;
      expect(socket.frames.filter(isClose)).toHaveLength(1);
      expect(closeCodeOf(socket.frames.at(-1)!)).toBe(code);
      expect(pongsOf(socket.frames)).toEqual([]);
      await expect.poll(() => server.streams.openStreams).toBe(0);
    },
  );
});
