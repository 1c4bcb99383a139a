// Damage never makes the client hang, throw, or take a part of a stream for the whole.

import * as fc from 'fast-check';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  acceptUpgrade,
  askRaw,
  chunk,
  chunkedHead,
  closePayload,
  eventStreamHead,
  lastChunk,
  serverFrame,
  type Heard,
} from './endpoint-fixture.ts';

const body = 'event: x\nid: 1\ndata: ä\n\n: ping\n\ndata: [DONE]\n\n';

const chunked = Buffer.concat([
  Buffer.from(chunkedHead),
  chunk(body.slice(0, 20)),
  chunk(body.slice(20)),
  Buffer.from(lastChunk),
]);

const sized = Buffer.concat([
  Buffer.from(eventStreamHead(`content-length: ${Buffer.byteLength(body)}\r\n`)),
  Buffer.from(body),
]);

const frames = Buffer.concat([
  serverFrame('one', { isFinal: false }),
  serverFrame('p', { opcode: 9 }),
  serverFrame('two', { opcode: 0 }),
  serverFrame('x'.repeat(130)),
  serverFrame(closePayload(1000, 'bye'), { opcode: 8 }),
]);

type Send = (bytes: Buffer, finish: (socket: Socket) => void) => Promise<Heard>;

const limits = { timeoutMs: 2000, totalTimeoutMs: 4000 };

const overHttp: Send = async (bytes, finish) =>
  await askRaw((socket) => {
    socket.write(bytes);
    finish(socket);
  }, limits);

const overWebSocket: Send = async (bytes, finish) =>
  await askRaw(
    (socket, head) => {
      acceptUpgrade(socket, head);
      socket.write(bytes);
      finish(socket);
    },
    { ...limits, scheme: 'ws' },
  );

const streams = [
  ['chunks', overHttp, chunked],
  ['a known length', overHttp, sized],
  ['WebSocket frames', overWebSocket, frames],
] as const;

const endSocket = (socket: Socket): void => void socket.end();

describe.each(streams)('a stream in %s', (_name, send, bytes) => {
  it('is whole', async () => {
    const { end, failure, ends } = await send(bytes, endSocket);
    expect([end, failure, ends]).toEqual([{ kind: 'in-order' }, undefined, 1]);
  });

  it('is never whole when the connection ends before its last byte', async () => {
    for (let length = 0; length < bytes.length; length++) {
      const { end, failure, ends } = await send(bytes.subarray(0, length), endSocket);
      expect([length, end?.kind, ends]).toEqual([length, 'cut', 1]);
      expect(failure).toBeDefined();
    }
  });

  it('with damaged bytes ends once, without an exception', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (changes, isReset) => {
          const damaged = Buffer.from(bytes);
          for (const [at, byte] of changes) damaged[at] = byte;
          const finish = isReset
            ? (socket: Socket): void => void socket.resetAndDestroy()
            : endSocket;
          const { ends, calls } = await send(damaged, finish);
          expect([ends, calls.at(-1)]).toEqual([1, 'end']);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that is nothing but noise ends once, without an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        const { ends, end } = await send(Buffer.from(noise), endSocket);
        expect([ends, end?.kind === 'timeout']).toEqual([1, false]);
      }),
      { numRuns: 40 },
    );
  });
});
