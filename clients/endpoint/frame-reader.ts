// WebSocket frames from any server (RFC 6455 §5), without extensions: fragments are joined, text is
// checked to be UTF-8, and what the specification forbids ends the connection with the code that it
// names. No message is kept that is longer than the limit.

import { isUtf8 } from 'node:buffer';
import type { WireEvent } from '../../bench/contract/dialects/dialect.ts';
import { MIB } from '../../bench/contract/units.ts';
import { endpointFailure, EndpointError } from './endpoint-failure.ts';

export const MAX_MESSAGE_BYTES = 16 * MIB;

export interface FrameEvents {
  /** `bytes` is the length of the message's payload. */
  readonly message: (event: WireEvent, bytes: number, atNs: number) => void;
  /** `payload` is only valid during the call. */
  readonly ping: (payload: Buffer, atNs: number) => void;
  /** `code` is undefined when the close frame has none. Nothing that follows is read. */
  readonly closed: (code: number | undefined, reason: string, atNs: number) => void;
}

const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;
const MAX_CONTROL_BYTES = 125;
const LENGTH_16 = 126;
const FIRST_BYTES = 1024;

/** RFC 6455 §7.4.1. */
const codes = { protocolError: 1002, invalidData: 1007, tooBig: 1009 } as const;

export class FrameReader {
  readonly #events: FrameEvents;
  readonly #header = Buffer.alloc(10);
  #headerBytes = 0;
  #opcode = 0;
  #isFinal = false;
  #isInPayload = false;
  #payloadLeft = 0;
  /** Type of the message whose fragments are being read. */
  #fragmented: number | undefined;
  #isClosed = false;
  readonly #message = new Gathered();
  /** Apart from `message`: control frames come between fragments. */
  readonly #control = new Gathered();

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** Whether the bytes so far end within a frame, or within a fragmented message. */
  get hasHalfMessage(): boolean {
    return this.#headerBytes > 0 || this.#fragmented !== undefined;
  }

  /** @throws EndpointError */
  push(buffer: Buffer, start: number, end: number, atNs: number): void {
    let i = start;
    while (i < end && !this.#isClosed) {
      if (this.#isInPayload) i = this.#takePayload(buffer, i, end, atNs);
      else i = this.#takeHeader(buffer, i, end);
      // A frame without payload is whole with its header.
      if (this.#isInPayload && this.#payloadLeft === 0) this.#endFrame(buffer, i, i, atNs);
    }
  }

  #takeHeader(buffer: Buffer, from: number, end: number): number {
    let i = from;
    while (i < end) {
      this.#header[this.#headerBytes++] = buffer[i++] as number;
      if (this.#headerBytes < 2) continue;
      if (this.#headerBytes === 2) this.#checkHeader();
      const code = this.#header[1] as number;
      if (this.#headerBytes < (code < LENGTH_16 ? 2 : code === LENGTH_16 ? 4 : 10)) continue;
      this.#beginPayload(code);
      break;
    }
    return i;
  }

  #checkHeader(): void {
    const first = this.#header[0] as number;
    const second = this.#header[1] as number;
    this.#opcode = first & 0x0f;
    this.#isFinal = (first & FIN) !== 0;
    if ((first & RESERVED) !== 0) throw violation('a reserved bit is set without an extension');
    if ((second & MASKED) !== 0) throw violation('a frame from the server is masked');
    if (this.#opcode >= opcodes.close) this.#checkControl(second);
    else if (this.#opcode > opcodes.binary) throw violation(`unknown opcode ${this.#opcode}`);
    else if (this.#opcode === opcodes.continuation) {
      if (this.#fragmented === undefined) throw violation('a continuation without a beginning');
    } else if (this.#fragmented !== undefined) {
      throw violation('a new message before the end of a fragmented one');
    }
  }

  #checkControl(length: number): void {
    if (this.#opcode > opcodes.pong) throw violation(`unknown opcode ${this.#opcode}`);
    if (!this.#isFinal) throw violation('a control frame is fragmented');
    if (length > MAX_CONTROL_BYTES)
      throw violation(`a control frame has more than ${MAX_CONTROL_BYTES} bytes`);
    if (this.#opcode === opcodes.close && length === 1)
      throw violation('a close frame has half a code');
  }

  #beginPayload(code: number): void {
    const length =
      code < LENGTH_16
        ? code
        : code === LENGTH_16
          ? this.#header.readUInt16BE(2)
          : this.#header.readUInt32BE(2) * 2 ** 32 + this.#header.readUInt32BE(6);
    if (this.#opcode < opcodes.close) {
      const whole = this.#message.length + length;
      if (whole > MAX_MESSAGE_BYTES) throw tooLong(whole);
      if (this.#opcode !== opcodes.continuation && !this.#isFinal) this.#fragmented = this.#opcode;
    }
    this.#payloadLeft = length;
    this.#isInPayload = true;
  }

  #takePayload(buffer: Buffer, from: number, end: number, atNs: number): number {
    const to = Math.min(end, from + this.#payloadLeft);
    this.#payloadLeft -= to - from;
    if (this.#payloadLeft > 0) this.#gathered.append(buffer, from, to);
    else this.#endFrame(buffer, from, to, atNs);
    return to;
  }

  get #gathered(): Gathered {
    return this.#opcode < opcodes.close ? this.#message : this.#control;
  }

  /** Bytes [from, to) are the last of the frame's payload. */
  #endFrame(buffer: Buffer, from: number, to: number, atNs: number): void {
    this.#isInPayload = false;
    this.#headerBytes = 0;
    const gathered = this.#gathered;
    if (gathered.length === 0 && this.#isFinal) {
      this.#deliver(buffer.subarray(from, to), atNs);
      return;
    }
    gathered.append(buffer, from, to);
    if (this.#isFinal) this.#deliver(gathered.take(), atNs);
  }

  #deliver(payload: Buffer, atNs: number): void {
    switch (this.#opcode) {
      case opcodes.ping:
        this.#events.ping(payload, atNs);
        return;
      case opcodes.pong:
        return;
      case opcodes.close:
        this.#close(payload, atNs);
        return;
      default:
        this.#deliverMessage(payload, atNs);
    }
  }

  #deliverMessage(payload: Buffer, atNs: number): void {
    const type = this.#fragmented ?? this.#opcode;
    this.#fragmented = undefined;
    if (type === opcodes.binary) {
      this.#events.message(
        { data: payload.toString('latin1'), isBinary: true },
        payload.length,
        atNs,
      );
      return;
    }
    if (!isUtf8(payload)) throw invalidText('a text message is not UTF-8', payload);
    this.#events.message({ data: payload.toString() }, payload.length, atNs);
  }

  #close(payload: Buffer, atNs: number): void {
    const code = payload.length < 2 ? undefined : payload.readUInt16BE(0);
    if (code !== undefined && !isCloseCode(code))
      throw violation(`close code ${code} must not be sent`);
    const reason = payload.subarray(2);
    if (!isUtf8(reason)) throw invalidText('the reason of the close frame is not UTF-8', reason);
    this.#isClosed = true;
    this.#events.closed(code, reason.toString(), atNs);
  }
}

/** Bytes of an unfinished message: as much memory as has come, whatever length was announced. */
class Gathered {
  #bytes = Buffer.alloc(0);
  length = 0;

  append(buffer: Buffer, start: number, end: number): void {
    const needed = this.length + end - start;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * this.#bytes.length, needed));
      this.#bytes.copy(grown, 0, 0, this.length);
      this.#bytes = grown;
    }
    buffer.copy(this.#bytes, this.length, start, end);
    this.length = needed;
  }

  /** Valid until the next append. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}

function violation(what: string): EndpointError {
  const message = `WebSocket ${codes.protocolError} protocol error: ${what}`;
  return new EndpointError(endpointFailure('bad-framing', message), codes.protocolError);
}

function tooLong(bytes: number): EndpointError {
  const message = `a message of ${bytes} bytes or more; the limit is ${MAX_MESSAGE_BYTES}`;
  return new EndpointError(endpointFailure('line-too-long', message), codes.tooBig);
}

const SHOWN_BYTES = 16;

function invalidText(what: string, bytes: Buffer): EndpointError {
  const shown = bytes.subarray(0, SHOWN_BYTES).toString('hex');
  const rest = bytes.length > SHOWN_BYTES ? '…' : '';
  return new EndpointError(
    endpointFailure('bad-encoding', `${what}: bytes ${shown}${rest}`, {
      hint: 'a server must send bytes that are no text in binary messages',
    }),
    codes.invalidData,
  );
}

/** Codes that may stand in a close frame (RFC 6455 §7.4 and the IANA registry). */
function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code <= 4999)
  );
}
