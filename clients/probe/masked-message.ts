// A masked text message from client to server of any length (RFC 6455 §5.2, §5.3), in one frame.

const FIN_TEXT = 0x81;
const MASKED = 0x80;

/** Changes the payload, which must not be used afterwards. */
export function maskedMessage(payload: Buffer, mask: Buffer): Buffer {
  const bytes = payload.length;
  const extended = bytes <= 125 ? 0 : bytes <= 65_535 ? 2 : 8;
  const head = Buffer.alloc(6 + extended);
  head[0] = FIN_TEXT;
  head[1] = MASKED | (extended === 0 ? bytes : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(bytes, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(bytes), 2);
  mask.copy(head, 2 + extended);
  for (let i = 0; i < bytes; i++) payload[i] = (payload[i] as number) ^ (mask[i & 3] as number);
  return Buffer.concat([head, payload]);
}
