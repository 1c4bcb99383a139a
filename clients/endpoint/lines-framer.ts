// Makes an event of each line of a body, such as one of NDJSON.

import { isUtf8 } from 'node:buffer';
import {
  MAX_EVENT_BYTES,
  tooLong,
  type Framer,
  type FramerListener,
  type FramerOptions,
} from './framer.ts';
import { LineBytes } from './line-bytes.ts';

const LF = 10;
const CR = 13;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export class LinesFramer implements Framer {
  /** A CR alone ends no line. */
  readonly lineEnds = { lf: 0, crlf: 0, cr: 0 };
  /** These are counted in event streams only. */
  readonly spacedData = 0;
  readonly unspacedData = 0;
  hasInvalidUtf8 = false;
  readonly #listener: FramerListener;
  readonly #maxBytes: number;
  readonly #line: LineBytes;
  #isFirstLine = true;
  #hasFailed = false;

  constructor(listener: FramerListener, { maxBytes = MAX_EVENT_BYTES }: FramerOptions = {}) {
    this.#listener = listener;
    this.#maxBytes = maxBytes;
    this.#line = new LineBytes(maxBytes);
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    while (start < bytes.length && !this.#hasFailed) {
      const lineEnd = bytes.indexOf(LF, start);
      this.#append(bytes.subarray(start, lineEnd === -1 ? bytes.length : lineEnd));
      if (lineEnd === -1) return;
      this.#endLine();
      start = lineEnd + 1;
    }
  }

  /**
   * A last line without its LF is an event if it is a whole JSON object or array, of which no part
   * is one; any other could have been cut.
   */
  end(): { readonly hasHalfEvent: boolean } {
    if (this.#hasFailed || this.#line.length === 0) return { hasHalfEvent: this.#hasFailed };
    const { bytes } = this.#line;
    if (!isWholeJson(bytes.toString('utf8'))) return { hasHalfEvent: true };
    this.#emit(bytes);
    this.#line.clear();
    return { hasHalfEvent: false };
  }

  #append(bytes: Uint8Array): void {
    if (this.#hasFailed || this.#line.append(bytes)) return;
    this.#hasFailed = true;
    this.#listener.onFailure('line-too-long', tooLong('a line', this.#maxBytes));
  }

  #endLine(): void {
    if (this.#hasFailed) return;
    const { bytes } = this.#line;
    const hasCr = bytes.at(-1) === CR;
    if (hasCr) this.lineEnds.crlf++;
    else this.lineEnds.lf++;
    this.#emit(hasCr ? bytes.subarray(0, -1) : bytes);
    this.#line.clear();
  }

  #emit(line: Buffer): void {
    const isAfterBom = this.#isFirstLine && line.subarray(0, BOM.length).equals(BOM);
    this.#isFirstLine = false;
    const bytes = isAfterBom ? line.subarray(BOM.length) : line;
    if (!isUtf8(bytes)) this.hasInvalidUtf8 = true;
    const data = bytes.toString('utf8');
    if (data.trim() === '') this.#listener.onComment('');
    else this.#listener.onEvent({ data });
  }
}

function isWholeJson(line: string): boolean {
  if (!/^\s*[[{]/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
