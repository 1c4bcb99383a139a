// A frame from client to server (RFC 6455 §5.3): masked, unfragmented, of any length.

import { randomBytes } from 'node:crypto';

const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MOST_IN_HEADER = 125;
const MOST_IN_16 = 65_535;
const MASK_BYTES = 4;

const opcodes = { text: 0x1, binary: 0x2, close: 0x8, pong: 0xa } as const;

export function maskedFrame(kind: keyof typeof opcodes, payload: Buffer): Buffer {
  const { length } = payload;
  const lengthBytes = length <= MOST_IN_HEADER ? 0 : length <= MOST_IN_16 ? 2 : 8;
  const start = 2 + lengthBytes + MASK_BYTES;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FIN | opcodes[kind];
  if (lengthBytes === 0) frame[1] = MASKED | length;
  else if (lengthBytes === 2) {
    frame[1] = MASKED | LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = randomBytes(MASK_BYTES);
  mask.copy(frame, start - MASK_BYTES);
  for (let i = 0; i < length; i++)
    frame[start + i] = (payload[i] as number) ^ (mask[i % MASK_BYTES] as number);
  return frame;
}

/** Without a code where there is none (RFC 6455 §5.5.1). */
export function closeFrame(code: number | undefined): Buffer {
  const payload = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) payload.writeUInt16BE(code);
  return maskedFrame('close', payload);
}
