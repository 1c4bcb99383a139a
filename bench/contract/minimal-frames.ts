// Frames of a WebSocket without a library (RFC 6455 §5), for the client and the server of which the
// code is counted. Messages are text.

import { randomBytes } from 'node:crypto';

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

const known: ReadonlySet<number> = new Set(Object.values(opcodes));
/** A server of another kind may answer anything. */
const MOST_BYTES = 1 << 20;
const MOST_CONTROL_BYTES = 125;

/** The peer broke the protocol; `code` is what its close frame says. */
export class FrameError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Message {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A client masks what it sends, a server does not (§5.1). */
export function encodeFrame(
  opcode: number,
  payload: Uint8Array,
  { isMasked }: { readonly isMasked: boolean },
): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  if (!isMasked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, unmask(payload, mask)]);
}

export function closePayload(code: number): Buffer {
  return Buffer.of(code >> 8, code & 0xff);
}

function unmask(payload: Uint8Array, mask: Uint8Array): Buffer {
  return Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}

export class FrameReader {
  readonly #isMasked: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  /** The message of which fragments have come. */
  #message: { readonly opcode: number; readonly parts: Buffer[] } | undefined;

  /** @param isMasked Whether the peer must mask: that of a server must. */
  constructor({ isMasked }: { readonly isMasked: boolean }) {
    this.#isMasked = isMasked;
  }

  /** Whole messages and control frames, in order. @throws FrameError */
  *push(bytes: Uint8Array): Generator<Message> {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (let frame = this.#readFrame(); frame !== undefined; frame = this.#readFrame()) {
      const { opcode, isFinal, payload } = frame;
      if (opcode >= opcodes.close) {
        checkControl(frame);
        yield { opcode, payload };
        continue;
      }
      if ((opcode === opcodes.continuation) === (this.#message === undefined))
        throw new FrameError(1002, 'a fragment out of order');
      const message = (this.#message ??= { opcode, parts: [] });
      message.parts.push(payload);
      const whole = Buffer.concat(message.parts);
      if (whole.length > MOST_BYTES) throw new FrameError(1009, 'a message too long');
      if (!isFinal) continue;
      this.#message = undefined;
      if (message.opcode === opcodes.text) checkText(whole);
      yield { opcode: message.opcode, payload: whole };
    }
  }

  #readFrame(): (Message & { readonly isFinal: boolean }) | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
    const opcode = first & 0x0f;
    const short = second & 0x7f;
    if ((first & 0x70) !== 0 || !known.has(opcode)) throw new FrameError(1002, 'an unknown frame');
    if (second >= 0x80 !== this.#isMasked) throw new FrameError(1002, 'masked by the wrong side');
    const isFinal = first >= 0x80;
    if (opcode >= opcodes.close && (!isFinal || short > MOST_CONTROL_BYTES))
      throw new FrameError(1002, 'a control frame too long');
    const maskAt = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < maskAt) return undefined;
    const length =
      short === 126
        ? bytes.readUInt16BE(2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(2))
          : short;
    if (length > MOST_BYTES) throw new FrameError(1009, 'a message too long');
    const at = maskAt + (this.#isMasked ? 4 : 0);
    if (bytes.length < at + length) return undefined;
    this.#bytes = bytes.subarray(at + length);
    const payload = bytes.subarray(at, at + length);
    return {
      opcode,
      isFinal,
      payload: this.#isMasked ? unmask(payload, bytes.subarray(maskAt, at)) : payload,
    };
  }
}

function checkControl({ opcode, payload }: Message): void {
  if (opcode !== opcodes.close || payload.length === 0) return;
  if (payload.length === 1) throw new FrameError(1002, 'half a close code');
  const code = payload.readUInt16BE(0);
  const isValid =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) ||
    (code >= 3000 && code <= 4999);
  if (!isValid) throw new FrameError(1002, 'a close code that must not be sent');
  checkText(payload.subarray(2));
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function checkText(payload: Uint8Array): void {
  try {
    decoder.decode(payload);
  } catch {
    throw new FrameError(1007, 'text that is not UTF-8');
  }
}
