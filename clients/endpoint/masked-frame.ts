// A frame from client to server (RFC 6455 §5.3): masked, unfragmented, of any length.

import { randomBytes } from 'node:crypto';
import { opcodes } from './frame-reader.ts';

const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MOST_IN_HEADER = 125;
const MOST_IN_16 = 65_535;

export function frameOf(kind: 'text' | 'close' | 'pong', payload: Buffer): Buffer {
  const { length } = payload;
  const lengthBytes = length <= MOST_IN_HEADER ? 0 : length <= MOST_IN_16 ? 2 : 8;
  const frame = Buffer.alloc(2 + lengthBytes + 4 + length);
  frame[0] = FIN | opcodes[kind];
  if (lengthBytes === 0) frame[1] = MASKED | length;
  else if (lengthBytes === 2) {
    frame[1] = MASKED | LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = randomBytes(4);
  mask.copy(frame, 2 + lengthBytes);
  const start = 2 + lengthBytes + 4;
  for (let i = 0; i < length; i++)
    frame[start + i] = (payload[i] as number) ^ (mask[i % 4] as number);
  return frame;
}

/** Without a code where there is none (RFC 6455 §5.5.1). */
export function closeFrame(code: number | undefined): Buffer {
  const payload = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) payload.writeUInt16BE(code);
  return frameOf('close', payload);
}
