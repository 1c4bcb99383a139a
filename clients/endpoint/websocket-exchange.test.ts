import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { EndpointRequest } from './endpoint-request.ts';
import {
  acceptUpgrade,
  ask,
  askRaw,
  closePayload,
  openAsked,
  serverFrame,
  startRaw,
  type Heard,
} from './endpoint-fixture.ts';
import { MAX_MESSAGE_BYTES } from './frame-reader.ts';

const BINARY = 2;
const CLOSE = 8;
const PING = 9;

const closeWith = (code: number, reason = ''): Buffer =>
  serverFrame(closePayload(code, reason), { opcode: CLOSE });

async function askSocket(
  send: (socket: Socket) => void,
  options: Partial<EndpointRequest> = {},
): Promise<Heard> {
  return await askRaw(
    (socket, head) => {
      acceptUpgrade(socket, head);
      send(socket);
    },
    { scheme: 'ws', ...options },
  );
}

const frames =
  (...all: readonly Buffer[]) =>
  (socket: Socket): void =>
    void socket.write(Buffer.concat(all));

describe('a WebSocket', () => {
  it('is whole when the server closes with 1000, and everything is told once, in order', async () => {
    const heard = await askSocket(
      frames(serverFrame('one'), serverFrame('zwei ä'), closeWith(1000)),
    );
    expect(heard.calls).toEqual(['connect', 'sent', 'head', 'end']);
    expect(heard.head).toMatchObject({ status: 101, framing: 'messages' });
    expect(heard.events).toEqual([{ data: 'one' }, { data: 'zwei ä' }]);
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(heard.wire).toMatchObject({ closeCode: 1000, bodyBytes: 10, hasHalfEvent: false });
  });

  it('joins fragments, with a ping between them, and answers it', async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    const heard = await askSocket((socket) => {
      let received = Buffer.alloc(0);
      socket.on('data', (bytes: Buffer) => {
        received = Buffer.concat([received, bytes]);
        if (received.length < 6 + 4) return;
        resolve(received);
        socket.write(Buffer.concat([serverFrame('c', { opcode: 0 }), closeWith(1000)]));
      });
      frames(
        serverFrame('a', { isFinal: false }),
        serverFrame('b', { opcode: 0, isFinal: false }),
        serverFrame('ping', { opcode: PING }),
      )(socket);
    });
    expect(heard.events).toEqual([{ data: 'abc' }]);
    expect(heard.pings).toBe(1);
    const pong = await promise;
    expect(pong[0]).toBe(0x8a);
    expect(unmasked(pong)).toBe('ping');
  });

  it('hands on binary messages as latin1', async () => {
    const bytes = Buffer.from([0, 255, 128]);
    const heard = await askSocket(frames(serverFrame(bytes, { opcode: BINARY }), closeWith(1000)));
    expect(heard.events).toEqual([{ data: '\0ÿ\x80', isBinary: true }]);
  });

  it('sends its messages once it is open, of any length', async () => {
    const messages = ['short', 'm'.repeat(300), 'ö'.repeat(40_000)];
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const received: string[] = [];
    server.on('connection', (client) =>
      client.on('message', (message: Buffer) => {
        received.push(message.toString());
        if (received.length === messages.length) client.close(1000);
      }),
    );
    const { port } = server.address() as AddressInfo;
    const heard = await ask({ url: `ws://127.0.0.1:${port}/`, messages });
    server.close();
    expect(received).toEqual(messages);
    expect(heard.end).toEqual({ kind: 'in-order' });
  });

  it('offers subprotocols, and no compression', async () => {
    await using server = await startRaw((socket, head) => {
      acceptUpgrade(socket, head, 'Sec-WebSocket-Protocol: b\r\n');
      socket.write(closeWith(1000));
    });
    const heard = await ask({
      url: `ws://127.0.0.1:${server.port}/`,
      subprotocols: ['a', 'b'],
      headers: [['Origin', 'http://o']],
    });
    expect(heard.end).toEqual({ kind: 'in-order' });
    const [request = ''] = server.requests;
    expect(request).toContain('sec-websocket-protocol: a, b');
    expect(request).toContain('Origin: http://o');
    expect(request).not.toMatch(/extensions/i);
  });

  it('closed by the client says goodbye with 1000', async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    await using server = await startRaw((socket, head) => {
      acceptUpgrade(socket, head);
      socket.once('data', resolve);
      socket.write(serverFrame('x'));
    });
    const { ended } = openAsked({ url: `ws://127.0.0.1:${server.port}/` }, (_event, endpoint) =>
      endpoint.close(),
    );
    expect(await ended).toMatchObject({ end: { kind: 'by-client' }, ends: 1 });
    const frame = await promise;
    expect(frame[0]).toBe(0x88);
    expect(Buffer.from(unmasked(frame), 'latin1').readUInt16BE(0)).toBe(1000);
  });
});

function unmasked(frame: Buffer): string {
  const length = frame[1]! & 0x7f;
  const mask = frame.subarray(2, 6);
  return Buffer.from(frame.subarray(6, 6 + length).map((byte, i) => byte ^ mask[i % 4]!)).toString(
    'latin1',
  );
}

describe('the end of a WebSocket', () => {
  it.each([
    1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4404, 4999,
  ])('close code %i is a failure that names it, with the reason', async (code) => {
    const heard = await askSocket(frames(serverFrame('x'), closeWith(code, 'be\u001bcause')));
    expect(heard.failure?.cause).toBe('closed-with-code');
    expect(heard.failure?.message).toContain(`closed with ${code}`);
    expect(heard.failure?.message).toContain(String.raw`be\x1bcause`);
    expect(heard.wire?.closeCode).toBe(code);
    expect(heard.end?.kind).toBe('cut');
    expect(heard.events).toHaveLength(1);
  });

  it('a close without a code is allowed, and no proof', async () => {
    const heard = await askSocket(frames(serverFrame('', { opcode: CLOSE })));
    expect(heard.end).toEqual({ kind: 'closed', why: 'the server closed without a code' });
    expect(heard.failure).toBeUndefined();
    expect(heard.wire?.closeCode).toBe(1005);
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000])(
    'close code %i must not be sent',
    async (code) => {
      const heard = await askSocket(frames(closeWith(code)));
      expect(heard.failure?.cause).toBe('bad-framing');
      expect(heard.failure?.message).toContain(`close code ${code} must not be sent`);
    },
  );

  it('without a close frame is cut', async () => {
    const heard = await askSocket((socket) => socket.end(serverFrame('x')));
    expect(heard.failure).toMatchObject({
      cause: 'cut',
      message: 'the connection ended without a close frame',
    });
  });

  it.each([
    ['a frame', serverFrame('hello').subarray(0, 4)],
    ['a header', serverFrame('x'.repeat(300)).subarray(0, 3)],
    ['a fragmented message', serverFrame('a', { isFinal: false })],
  ])('within %s leaves half a message', async (_what, bytes) => {
    const heard = await askSocket((socket) => socket.end(bytes));
    expect(heard.wire?.hasHalfEvent).toBe(true);
    expect(heard.failure?.cause).toBe('cut');
  });

  it('by silence and by a reset are told apart', async () => {
    const silent = await askSocket(frames(serverFrame('x')), { timeoutMs: 100 });
    expect(silent.failure?.cause).toBe('silent');
    const reset = await askSocket((socket) => {
      socket.write(serverFrame('x'));
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
    expect(reset.failure?.cause).toBe('reset');
  });
});

describe('frames that break the protocol end the connection with its code', () => {
  const text = (bits: readonly [number, number]): Buffer => serverFrame('x', { bits });
  it.each([
    ['a masked frame', text([0, 0x80]), 'masked', 1002],
    ['a reserved bit', text([0x40, 0]), 'reserved bit', 1002],
    ['an unknown opcode', serverFrame('x', { opcode: 3 }), 'unknown opcode 3', 1002],
    ['an unknown control opcode', serverFrame('x', { opcode: 11 }), 'unknown opcode 11', 1002],
    ['a continuation of nothing', serverFrame('x', { opcode: 0 }), 'without a beginning', 1002],
    [
      'a message within another',
      Buffer.concat([serverFrame('a', { isFinal: false }), serverFrame('b')]),
      'before the end of a fragmented one',
      1002,
    ],
    ['a fragmented ping', serverFrame('', { opcode: PING, isFinal: false }), 'fragmented', 1002],
    ['a long ping', serverFrame('p'.repeat(126), { opcode: PING }), 'more than 125', 1002],
    ['half a close code', serverFrame('x', { opcode: CLOSE }), 'half a code', 1002],
  ])('%s', async (_what, bytes, message, code) => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    await using server = await startRaw((socket, head) => {
      acceptUpgrade(socket, head);
      socket.once('data', resolve);
      socket.write(bytes);
    });
    const heard = await ask({ url: `ws://127.0.0.1:${server.port}/` });
    expect(heard.failure?.cause).toBe('bad-framing');
    expect(heard.failure?.message).toContain(message);
    expect(Buffer.from(unmasked(await promise), 'latin1').readUInt16BE(0)).toBe(code);
  });

  it('text that is no UTF-8', async () => {
    const heard = await askSocket(frames(serverFrame(Buffer.from([0x61, 0xc3, 0x28]))));
    expect(heard.failure).toMatchObject({
      cause: 'bad-encoding',
      message: 'a text message is not UTF-8: bytes 61c328',
    });
    expect(heard.wire?.hasInvalidUtf8).toBe(true);
  });

  it('a message of more than the limit, by its header alone', async () => {
    const header = Buffer.alloc(10);
    header[0] = 0x81;
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(MAX_MESSAGE_BYTES + 1), 2);
    const before = process.memoryUsage().rss;
    const heard = await askSocket(frames(header));
    expect(heard.failure?.cause).toBe('line-too-long');
    expect(process.memoryUsage().rss - before).toBeLessThan(16e6);
  });
});

describe('an upgrade that is refused', () => {
  it.each([
    [200, 'upgrade-refused'],
    [302, 'upgrade-refused'],
    [400, 'upgrade-refused'],
    [404, 'upgrade-refused'],
    [426, 'upgrade-refused'],
    [503, 'upgrade-refused'],
    [401, 'unauthorised'],
    [403, 'forbidden'],
    [429, 'too-many-requests'],
  ])('by status %i is %s', async (status, cause) => {
    const heard = await askRaw(
      (socket) =>
        void socket.write(
          `HTTP/1.1 ${status} X\r\nlocation: /x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n`,
        ),
      { scheme: 'ws' },
    );
    expect(heard.failure).toMatchObject({ cause, status, excerpt: 'no' });
    expect(heard.failure?.message).toContain(`the upgrade to WebSocket was answered ${status}`);
    expect(heard.calls).toEqual(['connect', 'sent', 'head', 'failure', 'end']);
  });

  const fields = {
    upgrade: 'Upgrade: websocket\r\n',
    connection: 'Connection: Upgrade\r\n',
    accept: 'Sec-WebSocket-Accept: xxxx\r\n',
  };
  it.each([
    ['a wrong accept', fields, 'header sec-websocket-accept is "xxxx"'],
    ['no upgrade', { ...fields, upgrade: '' }, 'header upgrade is absent'],
    ['no connection', { ...fields, connection: '' }, 'header connection is absent'],
  ])('%s', async (_what, { upgrade, connection, accept }, message) => {
    const heard = await askRaw(
      (socket) =>
        void socket.write(
          `HTTP/1.1 101 Switching Protocols\r\n${upgrade}${connection}${accept}\r\n`,
        ),
      { scheme: 'ws' },
    );
    expect(heard.failure?.cause).toBe('upgrade-refused');
    expect(heard.failure?.message).toContain(message);
  });

  it.each([
    ['Sec-WebSocket-Extensions: permessage-deflate\r\n', 'sec-websocket-extensions'],
    ['Sec-WebSocket-Protocol: other\r\n', 'sec-websocket-protocol'],
  ])('%j that was not asked for', async (field, name) => {
    const heard = await askRaw((socket, head) => acceptUpgrade(socket, head, field), {
      scheme: 'ws',
    });
    expect(heard.failure?.cause).toBe('upgrade-refused');
    expect(heard.failure?.message).toContain(name);
  });
});
