// Tries frames on a minimal server, by a raw client, and on a minimal client, by a raw server.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  clientFrame,
  closeCodeOf,
  closePayload,
  opcodes,
  openRawWebSocket,
} from '../../../clients/conformance/raw-websocket.ts';
import { HEARTBEAT_MS, RETRY_MS, until, type StartServer } from './fault-cases.ts';
import { frameCases, type Frame, type FrameCase } from './frame-cases.ts';
import { MadeGenerations } from './made-generations.ts';
import type { TriedClient } from './tried-client.ts';

export const serverFrameCases = frameCases('{"type":"cancel"}');
export const clientFrameCases = frameCases('{"s":1,"d":"hello"}');

const SILENCE_MS = 5000;
/** A client that has all it wants may close before its pong is read. */
const TIME_FOR_PONG_MS = 200;

const encode = (
  { opcode, payload, isFinal = true, reserved = 0, isMaskedWrong }: Frame,
  by: 'client' | 'server',
): Buffer =>
  clientFrame(opcode, payload, {
    isFinal,
    reserved,
    isMasked: (by === 'client') !== (isMaskedWrong === true),
  });

/** @throws Error that says what was not so */
export async function tryFramesOnServer(one: FrameCase, startServer: StartServer): Promise<void> {
  const generations = new MadeGenerations({
    texts: Array.from({ length: 5000 }, () => 'x'),
    gapMs: 10,
  });
  const server = await startServer(generations, { heartbeatMs: HEARTBEAT_MS, retryMs: RETRY_MS });
  try {
    using peer = await openRawWebSocket(server.port, '/streams/one?after=0');
    await until('a token', () => peer.frames.length > 0);
    peer.send(...one.frames.map((frame) => encode(frame, 'client')));
    const pongs = (): string[] =>
      peer.frames
        .filter(({ opcode }) => opcode === opcodes.pong)
        .map(({ payload }) => String(payload));
    const closes = (): (number | undefined)[] =>
      peer.frames.filter(({ opcode }) => opcode === opcodes.close).map(closeCodeOf);
    if (one.closeCode !== undefined) {
      await until('the end', () => closes().length > 0);
      assert.deepEqual(closes(), [one.closeCode]);
      assert.equal(generations.get('one')?.isCancelled, false, 'the message was taken');
      return;
    }
    if (one.pong !== undefined) await until('the pong', () => pongs().length > 0);
    assert.deepEqual(pongs(), one.pong === undefined ? [] : [one.pong]);
    const before = peer.frames.length;
    if (one.message === undefined) {
      await until('more tokens', () => peer.frames.length > before + 3);
      peer.send(clientFrame(opcodes.text, '{"type":"cancel"}'));
    }
    await until('the stop', () => generations.get('one')?.isCancelled === true);
    await until('the end', () => closes().length > 0);
    assert.deepEqual(closes(), [1000]);
  } finally {
    generations.forget();
    await server.close();
  }
}

/** @throws Error that says what was not so */
export async function tryFramesOnClient(one: FrameCase, client: TriedClient): Promise<void> {
  await using server = await startRawServer(one);
  const prepared = await client.prepare({
    origin: `http://127.0.0.1:${server.port}`,
    id: 'one',
    silenceMs: SILENCE_MS,
  });
  const { texts, ending } = await prepared.start();
  await until('the end of the client', async () => (await ending()) !== undefined);
  const [received, end] = [await texts(), await ending()];
  await prepared.end();
  const { pongs, closeCodes, connections } = server.seen();
  if (one.closeCode === undefined) {
    assert.equal(end, 'over');
    assert.deepEqual(received, one.message === undefined ? [] : ['hello']);
    assert.deepEqual(pongs, one.pong === undefined ? [] : [one.pong]);
    return;
  }
  // A client that fails a connection should say why (§7.1.7), and must end it.
  assert.equal(connections, 2, 'it did not connect anew');
  assert.deepEqual(received, []);
  if (one.closeCode === 1000 || closeCodes.length > 0)
    assert.deepEqual(closeCodes, [one.closeCode], `closed with ${closeCodes.join(', ')}`);
}

const message = (text: string): Buffer => clientFrame(opcodes.text, text, { isMasked: false });

interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly seen: () => {
    readonly connections: number;
    readonly pongs: readonly string[];
    /** The first connection’s. */
    readonly closeCodes: readonly (number | undefined)[];
  };
}

/** Sends the frames on the first connection, and on each that follows that the stream is gone. */
async function startRawServer({ frames, closeCode }: FrameCase): Promise<RawServer> {
  const pongs: string[] = [];
  const closeCodes: (number | undefined)[] = [];
  const sockets = new Set<Duplex>();
  let connections = 0;
  const goodbye = clientFrame(opcodes.close, closePayload(1000), { isMasked: false });
  const server = createServer();
  server.on('upgrade', ({ headers }, socket) => {
    const isFirst = ++connections === 1;
    sockets.add(socket);
    socket.on('error', () => {});
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    if (!isFirst) socket.end(Buffer.concat([message('{"type":"gone"}'), goodbye]));
    else {
      socket.write(Buffer.concat(frames.map((frame) => encode(frame, 'server'))));
      if (closeCode === undefined)
        setTimeout(() => socket.write(message('{"type":"done"}')), TIME_FOR_PONG_MS);
    }
    let unread = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes]);
      for (let read = readMasked(unread); read !== undefined; read = readMasked(unread)) {
        unread = unread.subarray(read.length);
        if (read.opcode === opcodes.pong) pongs.push(String(read.payload));
        if (read.opcode !== opcodes.close) continue;
        if (isFirst) closeCodes.push(closeCodeOf({ ...read, isFinal: true }));
        socket.end(closeCode === undefined ? goodbye : undefined);
      }
    });
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen: () => ({ connections, pongs, closeCodes }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A frame of a client of less than 64 KiB; undefined while it is not whole. */
function readMasked(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly length: number } | undefined {
  if (bytes.length < 6) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const at = short < 126 ? 2 : 4;
  const size = short < 126 ? short : bytes.readUInt16BE(2);
  const length = at + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(at, at + 4);
  const payload = Buffer.from(
    bytes.subarray(at + 4, length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
  );
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, length };
}
