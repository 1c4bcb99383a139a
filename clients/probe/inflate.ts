// Inflates synchronously, and as far as the bytes go: node:zlib needs a turn of the thread pool for
// each piece, for which the read buffer would have to be copied and the stamp of the read be kept.

import {
  ZStream,
  Z_BUF_ERROR,
  Z_OK,
  Z_STREAM_END,
  Z_SYNC_FLUSH,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';
import { KIB, MIB } from '../../bench/contract/units.ts';
import { Carry } from './carry.ts';
import { protocolFailure } from '../stream-failure.ts';

/**
 * Window of 32 KiB, as every compressor has by default; 16 more for the gzip format, negative for
 * none (zlib, inflateInit2).
 */
const windowBits = { gzip: 15 + 16, raw: -15 } as const;

/**
 * No honest read expands to more: a read of 64 KiB could to 66 MB, at the most that the format can
 * (1 : 1032).
 */
const MAX_EXPANDED_BYTES = 4 * MIB;

/**
 * Output of all streams of the process, handed on before the next call. What a stream refers back
 * to is in its own window.
 */
const output = new Uint8Array(64 * KIB);
const outputBytes = Buffer.from(output.buffer);

/** Bytes [start, end) of a buffer that is only valid during the call. */
type OnSpan = (bytes: Buffer, start: number, end: number) => void;

/** One compressed stream, fed in pieces. */
export class Inflater {
  readonly #stream = new ZStream();
  #isEnded = false;

  constructor(format: keyof typeof windowBits) {
    zlibInflateInit2(this.#stream, windowBits[format]);
  }

  /** Whether the compressed stream has ended as its format says. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Begins another stream in the memory of this one. */
  reset(): void {
    zlibInflateReset(this.#stream);
    this.#isEnded = false;
  }

  /**
   * Goes on with the same stream, in which nothing can refer any more to what came before. A reset
   * would allocate tables, which takes longer than a message.
   */
  forgetWindow(): void {
    Object.assign(this.#stream.state, { wsize: 0, whave: 0, wnext: 0 });
  }

  /** @throws StreamFailure for bytes that are damaged, follow the end, or expand without bound. */
  push(buffer: Buffer, start: number, end: number, onSpan: OnSpan): void {
    const stream = this.#stream;
    let expandedBytes = 0;
    stream.input = buffer;
    stream.next_in = start;
    stream.avail_in = end - start;
    do {
      if (this.#isEnded)
        throw protocolFailure(`${stream.avail_in} bytes follow the end of the compressed stream`);
      stream.output = output;
      stream.next_out = 0;
      stream.avail_out = output.length;
      const status = zlibInflate(stream, Z_SYNC_FLUSH);
      if (status === Z_STREAM_END) this.#isEnded = true;
      // Without input left it could not go on, which is no error of the stream.
      else if (status !== Z_OK && status !== Z_BUF_ERROR)
        throw protocolFailure(`the compressed stream is damaged: ${stream.msg}`);
      const bytes = stream.next_out;
      expandedBytes += bytes;
      if (expandedBytes > MAX_EXPANDED_BYTES)
        throw protocolFailure(`a read expands to more than ${MAX_EXPANDED_BYTES} bytes`);
      if (bytes > 0) onSpan(outputBytes, 0, bytes);
    } while (stream.avail_in > 0 || stream.avail_out === 0);
  }
}

/** A compressed message ends with these four bytes, which are not sent (RFC 7692 §7.2.1). */
const MESSAGE_END = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** The messages of one connection. */
export class MessageInflater {
  readonly #keepsWindow: boolean;
  #inflater: Inflater | undefined;
  readonly #message = new Carry('a message');

  /** @param keepsWindow Whether a message may refer to the ones before it (context takeover). */
  constructor({ keepsWindow }: { keepsWindow: boolean }) {
    this.#keepsWindow = keepsWindow;
  }

  /**
   * Returns the message, from the start of a buffer that is only valid until the next one. @throws
   * StreamFailure
   */
  inflate(
    buffer: Buffer,
    start: number,
    end: number,
  ): { readonly bytes: Buffer; readonly length: number } {
    // A message may be the last of its compressed stream (RFC 7692 §7.2.3.5); then the next begins
    // another.
    if (this.#inflater === undefined) this.#inflater = new Inflater('raw');
    else if (this.#inflater.isEnded) this.#inflater.reset();
    else if (!this.#keepsWindow) this.#inflater.forgetWindow();
    this.#message.clear();
    this.#inflater.push(buffer, start, end, this.#append);
    if (!this.#inflater.isEnded)
      this.#inflater.push(MESSAGE_END, 0, MESSAGE_END.length, this.#append);
    return this.#message;
  }

  readonly #append = (bytes: Buffer, start: number, end: number): void =>
    this.#message.append(bytes, start, end);
}
