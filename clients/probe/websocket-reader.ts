// WebSocket frames from server to client (RFC 6455 §5). A message in one frame within one read is
// handed on in place; fragments, what a read cuts, and what was compressed (RFC 7692) are copied.
// Two things are left out on purpose: UTF-8 of text is not validated, because the receiver compares
// the bytes with the expected ones; and a length that is not minimally encoded is accepted, because
// ws 8.23 accepts it too.

import type { Instant } from '../../bench/contract/units.ts';
import type { ByteReader } from './byte-reader.ts';
import { Carry, MAX_UNIT_BYTES } from './carry.ts';
import type { MessageInflater } from './inflate.ts';
import type { OnMessage } from './line-reader.ts';
import { protocolFailure, type StreamFailure } from '../stream-failure.ts';

export interface FrameListener {
  /** A message as bytes [start, end) of a buffer that is only valid during the call. */
  readonly onMessage: OnMessage;
  /** `payload` is only valid during the call. */
  readonly onPing: (payload: Buffer) => void;
  /** `code` is undefined when the close frame has none. Nothing that follows is read. */
  readonly onClose: (code: number | undefined, reason: string, at: Instant) => void;
}

const FIN = 0x80;
const RESERVED = 0x70;
/** RSV1: the message is compressed (RFC 7692 §6). */
const COMPRESSED = 0x40;
const MASKED = 0x80;
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const MAX_CONTROL_BYTES = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

export interface MessageOptions {
  /** Type of a token's message; control events are text in both. */
  readonly tokens?: 'text' | 'binary';
  /** Set when permessage-deflate was negotiated. */
  readonly inflate?: MessageInflater;
}

export class WebSocketReader implements ByteReader {
  readonly #listener: FrameListener;
  readonly #inflate: MessageInflater | undefined;
  readonly #allowsBinary: boolean;
  /** First byte of nearly every frame: of an unfragmented token that is not compressed. */
  readonly #usualFirst: number;
  #isCompressed = false;
  readonly #header = Buffer.alloc(10);
  #headerBytes = 0;
  #opcode = CONTINUATION;
  #isFinal = false;
  /** The header is whole and `payloadLeft` bytes are to come. */
  #isInPayload = false;
  #payloadLeft = 0;
  #isFragmented = false;
  #isClosed = false;
  readonly #message = new Carry('a message');
  /** Apart from `message`: control frames come between fragments. */
  readonly #control = new Carry('a control frame');
  /** Bytes after the handshake before the current push, and where the current frame began. */
  #offset = 0;
  #frameOffset = 0;

  constructor(listener: FrameListener, { tokens = 'text', inflate }: MessageOptions = {}) {
    this.#listener = listener;
    this.#inflate = inflate;
    this.#allowsBinary = tokens === 'binary';
    this.#usualFirst = FIN | (this.#allowsBinary ? BINARY : TEXT);
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    let i = start;
    while (i < end && !this.#isClosed) {
      if (this.#headerBytes === 0 && buffer[i] === this.#usualFirst && !this.#isFragmented) {
        // The whole of the fast path: an unfragmented frame of up to 65 535 bytes, masked ones
        // excluded by their length byte.
        let payload = i + 2;
        let length = payload <= end ? (buffer[i + 1] as number) : LENGTH_64;
        if (length === LENGTH_16) {
          payload += 2;
          length =
            payload <= end ? ((buffer[i + 2] as number) << 8) | (buffer[i + 3] as number) : end;
        } else if (length > LENGTH_16) {
          length = end;
        }
        if (payload + length <= end) {
          this.#listener.onMessage(buffer, payload, payload + length, at);
          i = payload + length;
          continue;
        }
      }
      if (this.#headerBytes === 0) this.#frameOffset = this.#offset + i - start;
      if (!this.#isInPayload) i = this.#readHeader(buffer, i, end);
      if (this.#isInPayload) i = this.#readPayload(buffer, i, end, at);
    }
    this.#offset += end - start;
  }

  #inflateMessage(buffer: Buffer, start: number, end: number, at: Instant): void {
    const inflater = this.#inflate as MessageInflater;
    const inflated = inflater.inflate(buffer, start, end);
    this.#listener.onMessage(inflated.bytes, 0, inflated.length, at);
  }

  #readHeader(buffer: Buffer, from: number, end: number): number {
    let i = from;
    while (i < end) {
      this.#header[this.#headerBytes++] = buffer[i++] as number;
      if (this.#headerBytes === 1) continue;
      if (this.#headerBytes === 2) this.#checkHeader();
      const lengthCode = this.#header[1] as number;
      if (this.#headerBytes === (lengthCode < LENGTH_16 ? 2 : lengthCode === LENGTH_16 ? 4 : 10)) {
        this.#beginPayload(lengthCode);
        break;
      }
    }
    return i;
  }

  #checkHeader(): void {
    const first = this.#header[0] as number;
    const second = this.#header[1] as number;
    this.#opcode = first & 0x0f;
    this.#isFinal = (first & FIN) !== 0;
    this.#checkReserved(first & RESERVED);
    if ((second & MASKED) !== 0) throw this.#failure(1002, 'a frame from the server is masked');
    if (this.#opcode >= CLOSE) {
      if (this.#opcode > PONG) throw this.#failure(1002, `unknown opcode ${this.#opcode}`);
      if (!this.#isFinal) throw this.#failure(1002, 'a control frame is fragmented');
      if (second > MAX_CONTROL_BYTES)
        throw this.#failure(1002, `a control frame has more than ${MAX_CONTROL_BYTES} bytes`);
      if (this.#opcode === CLOSE && second === 1)
        throw this.#failure(1002, 'a close frame has half a code');
    } else if (this.#opcode > BINARY) {
      throw this.#failure(1002, `unknown opcode ${this.#opcode}`);
    } else if (this.#opcode === CONTINUATION) {
      if (!this.#isFragmented) throw this.#failure(1002, 'a continuation without a beginning');
    } else if (this.#isFragmented) {
      throw this.#failure(1002, 'a new message before the end of a fragmented one');
    } else if (this.#opcode === BINARY && !this.#allowsBinary) {
      throw this.#failure(1003, 'a binary message where only text was agreed');
    }
  }

  #checkReserved(bits: number): void {
    const startsMessage = this.#opcode !== CONTINUATION && this.#opcode < CLOSE;
    if (startsMessage)
      this.#isCompressed = (bits & COMPRESSED) !== 0 && this.#inflate !== undefined;
    if (bits === 0 || (startsMessage && this.#isCompressed && bits === COMPRESSED)) return;
    throw this.#failure(
      1002,
      this.#inflate === undefined
        ? 'a reserved bit is set without an extension'
        : 'a reserved bit is set where the extension has no use for it',
    );
  }

  #beginPayload(lengthCode: number): void {
    const length =
      lengthCode < LENGTH_16
        ? lengthCode
        : lengthCode === LENGTH_16
          ? this.#header.readUInt16BE(2)
          : this.#header.readUInt32BE(2) * 2 ** 32 + this.#header.readUInt32BE(6);
    if (this.#opcode < CLOSE) {
      if (this.#message.length + length > MAX_UNIT_BYTES) {
        throw this.#failure(
          1009,
          `a message of ${this.#message.length + length} bytes or more; the limit is ${MAX_UNIT_BYTES}`,
        );
      }
      this.#isFragmented ||= !this.#isFinal;
    }
    this.#payloadLeft = length;
    this.#isInPayload = true;
  }

  #readPayload(buffer: Buffer, from: number, end: number, at: Instant): number {
    const carry = this.#opcode < CLOSE ? this.#message : this.#control;
    const to = Math.min(end, from + this.#payloadLeft);
    this.#payloadLeft -= to - from;
    if (this.#payloadLeft > 0) {
      carry.append(buffer, from, to);
      return to;
    }
    this.#isInPayload = false;
    this.#headerBytes = 0;
    if (carry.length === 0 && this.#isFinal) {
      this.#deliver(buffer, from, to, at);
      return to;
    }
    carry.append(buffer, from, to);
    if (this.#isFinal) {
      const length = carry.length;
      carry.clear();
      this.#deliver(carry.bytes, 0, length, at);
      carry.giveBack();
    }
    return to;
  }

  #deliver(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#opcode < CLOSE) {
      this.#isFragmented = false;
      if (this.#isCompressed) this.#inflateMessage(buffer, start, end, at);
      else this.#listener.onMessage(buffer, start, end, at);
    } else if (this.#opcode === PING) {
      this.#listener.onPing(buffer.subarray(start, end));
    } else if (this.#opcode === CLOSE) {
      const code = end - start < 2 ? undefined : buffer.readUInt16BE(start);
      if (code !== undefined && !isCloseCode(code))
        throw this.#failure(1002, `close code ${code} must not be sent`);
      this.#isClosed = true;
      this.#listener.onClose(code, buffer.toString('utf8', Math.min(start + 2, end), end), at);
    }
  }

  #failure(code: keyof typeof codeNames, what: string): StreamFailure {
    return protocolFailure(
      `WebSocket ${code} ${codeNames[code]}: ${what}, in the frame at byte ${this.#frameOffset}`,
    );
  }
}

/** RFC 6455 §7.4.1. */
const codeNames = {
  1002: 'protocol error',
  1003: 'unsupported data',
  1009: 'message too big',
} as const;

/** Codes that may stand in a close frame (RFC 6455 §7.4 and the IANA registry). */
function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code <= 4999)
  );
}
