// Test fixture: the client's side of a WebSocket frame by frame, valid or not (RFC 6455 §5), on a
// socket of its own.

import { once } from 'node:events';
import { connect } from 'node:net';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

export interface ServerFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Buffer;
}

export interface RawWebSocket extends Disposable {
  /** All frames received so far, in order. */
  readonly frames: readonly ServerFrame[];
  readonly send: (...bytes: readonly Uint8Array[]) => void;
  /** Resolves once the condition holds for the frames. */
  readonly until: (holds: (frames: readonly ServerFrame[]) => boolean) => Promise<void>;
  /** Resolves when the server has ended the connection. */
  readonly ended: Promise<void>;
}

interface FrameShape {
  readonly isFinal?: boolean;
  readonly isMasked?: boolean;
  /** Bits of the first byte that must be 0. */
  readonly reserved?: number;
}

/** Encodes a frame from client to server, with the shortest form of its length. */
export function clientFrame(
  opcode: number,
  payload: string | Uint8Array,
  shape: FrameShape = {},
): Buffer {
  const { isFinal = true, isMasked = true, reserved = 0 } = shape;
  const body = Buffer.from(payload as string);
  const { length } = body;
  const first = (isFinal ? 0x80 : 0) | reserved | opcode;
  const masked = isMasked ? 0x80 : 0;
  const header =
    length < 126
      ? [first, masked | length]
      : length < 65_536
        ? [first, masked | 126, length >> 8, length & 255]
        : [first, masked | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  if (!isMasked) return Buffer.concat([Buffer.from(header), body]);
  const mask = [1, 200, 3, 77];
  return Buffer.concat([
    Buffer.from(header),
    Buffer.from(mask),
    body.map((byte, i) => byte ^ (mask[i % 4] as number)),
  ]);
}

/** Encodes the payload of a close frame. */
export function closePayload(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);
}

/** Returns undefined when the frame has none. */
export function closeCodeOf({ payload }: ServerFrame): number | undefined {
  return payload.length < 2 ? undefined : payload.readUInt16BE(0);
}

/** Resolves once the server has accepted the upgrade. */
export async function openRawWebSocket(port: number, path: string): Promise<RawWebSocket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n\r\n`,
  );
  const frames: ServerFrame[] = [];
  const agreed = Promise.withResolvers<void>();
  const waiters = new Set<() => void>();
  let isOpen = false;
  let unread = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    unread = Buffer.concat([unread, bytes]);
    if (!isOpen) {
      const headEnd = unread.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const head = unread.toString('latin1', 0, headEnd);
      // The answer to this key: RFC 6455 §1.3.
      isOpen = head.startsWith('HTTP/1.1 101') && head.includes('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
      if (!isOpen) agreed.reject(new Error(head));
      unread = unread.subarray(headEnd + 4);
      agreed.resolve();
    }
    for (let read = readFrame(unread); read !== undefined; read = readFrame(unread)) {
      frames.push(read.frame);
      unread = read.rest;
    }
    for (const waiter of waiters) waiter();
  });
  const ended = once(socket, 'end').then(() => undefined);
  // A rejection is ignored unless the end is awaited.
  ended.catch(() => {});
  await agreed.promise;
  return {
    frames,
    send: (...bytes) => void socket.write(Buffer.concat(bytes)),
    until: async (holds) =>
      await new Promise((resolve) => {
        const look = (): void => {
          if (!holds(frames)) return;
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
      }),
    ended,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Returns undefined while the frame is not whole. */
function readFrame(
  bytes: Buffer,
): { readonly frame: ServerFrame; readonly rest: Buffer<ArrayBuffer> } | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const code = bytes.readUInt8(1);
  if (code > 127) throw new Error('a frame from the server is masked');
  const lengthBytes = code < 126 ? 0 : code === 126 ? 2 : 8;
  if (bytes.length < 2 + lengthBytes) return undefined;
  const length =
    code < 126 ? code : code === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = 2 + lengthBytes;
  if (bytes.length < start + length) return undefined;
  const frame = {
    opcode: first & 0x0f,
    isFinal: first >= 0x80,
    payload: Buffer.from(bytes.subarray(start, start + length)),
  };
  return { frame, rest: Buffer.from(bytes.subarray(start + length)) };
}
