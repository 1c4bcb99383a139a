// A message to the server in one masked frame (RFC 6455 §5.3), of any length up to 64 KiB.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

const FIN = 0x80;
const MASKED = 0x80;
const MOST_IN_HEADER = 125;
const LENGTH_16 = 126;
const MOST_IN_16 = 65_535;
const MASK_BYTES = 4;

const opcodes = { text: 1, binary: 2, close: 8 } as const;

export function maskedMessage(kind: keyof typeof opcodes, payload: Buffer): Buffer {
  const { length } = payload;
  assert(length <= MOST_IN_16, 'a message to the server has at most 64 KiB');
  const isShort = length <= MOST_IN_HEADER;
  const start = (isShort ? 2 : 4) + MASK_BYTES;
  const message = Buffer.allocUnsafe(start + length);
  message[0] = FIN | opcodes[kind];
  message[1] = MASKED | (isShort ? length : LENGTH_16);
  if (!isShort) message.writeUInt16BE(length, 2);
  const mask = randomBytes(MASK_BYTES);
  mask.copy(message, start - MASK_BYTES);
  for (let i = 0; i < length; i++)
    message[start + i] = (payload[i] as number) ^ (mask[i % MASK_BYTES] as number);
  return message;
}
