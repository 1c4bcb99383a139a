// An event stream (WHATWG HTML §9.2.5–9.2.6), read as bytes: lines end with LF, CR or CRLF, none of
// which can be part of another UTF-8 character, so nothing needs decoding. An event whose data is
// one line within one span is handed on in place; only several data lines, and what a span cuts,
// are copied.

import { apiEventNames } from '../../bench/contract/payload.ts';
import type { Instant } from '../../bench/contract/units.ts';
import type { UnitReader } from './byte-reader.ts';
import { Carry } from './carry.ts';

/**
 * An event: its name, '' for the default, and its data as bytes [start, end) of a buffer that is
 * only valid during the call.
 */
export type OnSseEvent = (
  name: string,
  buffer: Buffer,
  start: number,
  end: number,
  at: Instant,
) => void;

const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const ZERO = 48;
const NINE = 57;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = Buffer.from('\n');
const DATA = Buffer.from('data');
const ID = Buffer.from('id');
const EVENT = Buffer.from('event');
const RETRY = Buffer.from('retry');

/** Names that every token's event may have: they are found without decoding. */
const apiNames = apiEventNames.map((name) => ({ name, bytes: Buffer.from(name) }));

export class SseReader implements UnitReader {
  /** The last valid `retry`, ms; undefined before there is one. */
  retryMs: number | undefined;
  readonly #onEvent: OnSseEvent;
  /** Bytes of the BOM found so far; 3 once the beginning of the stream is past. */
  #bomBytes = 0;
  /**
   * The last byte of the previous span was a CR, which ended a line: an LF that follows belongs to
   * it.
   */
  #skipsLineFeed = false;
  readonly #line = new Carry('a line of the event stream');
  /**
   * Data lines of the current event, unless it is one line that lies in the current span: then they
   * are the offsets.
   */
  readonly #data = new Carry('the data of an event');
  /** They begin there. */
  #dataFrom = 0;
  #dataLines = 0;
  #isDataInSpan = false;
  #dataStart = 0;
  #dataEnd = 0;
  #eventName = '';
  #id = new Carry('an event id');
  /** The id of an event takes effect at its blank line, so that of an unfinished event does not. */
  #nextId = new Carry('an event id');
  #hasNextId = false;

  constructor(onEvent: OnSseEvent) {
    this.#onEvent = onEvent;
  }

  /** Decoded on demand; '' before there is one, as in a browser. */
  get lastEventId(): string {
    return this.#id.bytes.toString('utf8', 0, this.#id.length);
  }

  get isWithinUnit(): boolean {
    return this.#line.length > 0 || this.#dataLines > 0;
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    let lineStart = this.#bomBytes < BOM.length ? this.#skipBom(buffer, start, end) : start;
    if (this.#skipsLineFeed && lineStart < end) {
      this.#skipsLineFeed = false;
      if (buffer[lineStart] === LF) lineStart++;
    }
    if (this.#line.length > 0) lineStart = this.#finishLine(buffer, lineStart, end);
    let lineEnd = findLineEnd(buffer, lineStart, end);
    while (lineEnd < end) {
      if (lineEnd === lineStart) this.#dispatch(buffer, at);
      else this.#takeLine(buffer, lineStart, lineEnd);
      lineStart = this.#pastLineEnd(buffer, lineEnd, end);
      lineEnd = findLineEnd(buffer, lineStart, end);
    }
    if (lineStart < end) this.#line.append(buffer, lineStart, end);
    if (this.#isDataInSpan) this.#keepData(buffer);
  }

  /** One BOM at the beginning is not part of the stream; half a BOM is. */
  #skipBom(buffer: Buffer, start: number, end: number): number {
    let i = start;
    while (i < end && this.#bomBytes < BOM.length) {
      if (buffer[i] !== BOM[this.#bomBytes]) {
        this.#line.append(BOM, 0, this.#bomBytes);
        this.#bomBytes = BOM.length;
        return i;
      }
      this.#bomBytes++;
      i++;
    }
    return i;
  }

  /** Completes a line that an earlier span began; returns where the next line starts. */
  #finishLine(buffer: Buffer, start: number, end: number): number {
    const lineEnd = findLineEnd(buffer, start, end);
    this.#line.append(buffer, start, lineEnd);
    if (lineEnd === end) return end;
    this.#takeLine(this.#line.bytes, 0, this.#line.length);
    if (this.#isDataInSpan) this.#keepLine();
    this.#line.clear();
    return this.#pastLineEnd(buffer, lineEnd, end);
  }

  #pastLineEnd(buffer: Buffer, lineEnd: number, end: number): number {
    const next = lineEnd + 1;
    if (buffer[lineEnd] !== CR) return next;
    if (next === end) {
      this.#skipsLineFeed = true;
      return next;
    }
    return buffer[next] === LF ? next + 1 : next;
  }

  #takeLine(buffer: Buffer, start: number, end: number): void {
    switch (buffer[start]) {
      case DATA[0]: {
        const value = findValue(buffer, start, end, DATA);
        if (value !== undefined) this.#addData(buffer, value, end);
        return;
      }
      case ID[0]: {
        const value = findValue(buffer, start, end, ID);
        if (value !== undefined) this.#setId(buffer, value, end);
        return;
      }
      case EVENT[0]: {
        const value = findValue(buffer, start, end, EVENT);
        if (value !== undefined) this.#eventName = decodeName(buffer, value, end);
        return;
      }
      case RETRY[0]: {
        const value = findValue(buffer, start, end, RETRY);
        if (value !== undefined && isDigits(buffer, value, end))
          this.retryMs = Number(buffer.toString('latin1', value, end));
        return;
      }
      default:
      // Comments and unknown fields are ignored.
    }
  }

  #addData(buffer: Buffer, start: number, end: number): void {
    if (this.#dataLines === 0) {
      this.#isDataInSpan = true;
      this.#dataStart = start;
      this.#dataEnd = end;
    } else {
      if (this.#isDataInSpan) this.#keepData(buffer);
      this.#data.append(LINE_FEED, 0, 1);
      this.#data.append(buffer, start, end);
    }
    this.#dataLines++;
  }

  #keepData(buffer: Buffer): void {
    this.#data.append(buffer, this.#dataStart, this.#dataEnd);
    this.#isDataInSpan = false;
  }

  /** A line that was copied already becomes the data as it is: it may have a MiB. */
  #keepLine(): void {
    this.#data.takeOver(this.#line);
    this.#dataFrom = this.#dataStart;
    this.#isDataInSpan = false;
  }

  #setId(buffer: Buffer, start: number, end: number): void {
    for (let i = start; i < end; i++) if (buffer[i] === 0) return;
    this.#nextId.clear();
    this.#nextId.append(buffer, start, end);
    this.#hasNextId = true;
  }

  #dispatch(buffer: Buffer, at: Instant): void {
    if (this.#hasNextId) {
      const id = this.#nextId;
      this.#nextId = this.#id;
      this.#id = id;
      this.#hasNextId = false;
    }
    const name = this.#eventName;
    this.#eventName = '';
    // An empty `data:` line counts: it is the number of lines that decides, not of bytes.
    if (this.#dataLines === 0) return;
    this.#dataLines = 0;
    if (this.#isDataInSpan) {
      this.#isDataInSpan = false;
      this.#onEvent(name, buffer, this.#dataStart, this.#dataEnd, at);
    } else {
      const { bytes, length } = this.#data;
      const from = this.#dataFrom;
      this.#data.clear();
      this.#dataFrom = 0;
      this.#onEvent(name, bytes, from, length, at);
      this.#data.giveBack();
    }
  }
}

function decodeName(buffer: Buffer, start: number, end: number): string {
  for (const { name, bytes } of apiNames) {
    const { length } = bytes;
    if (length === end - start && buffer.compare(bytes, 0, length, start, end) === 0) return name;
  }
  return buffer.toString('utf8', start, end);
}

/** From this length on two native searches cost less than a loop over every byte. */
const NATIVE_SEARCH_BYTES = 512;

/**
 * Index of the next LF or CR; `end` when there is none. Nearly all bytes are above both, and four
 * at a time halves the cost.
 */
function findLineEnd(buffer: Buffer, start: number, end: number): number {
  if (end - start <= NATIVE_SEARCH_BYTES) return searchLineEnd(buffer, start, end);
  const nearEnd = start + NATIVE_SEARCH_BYTES;
  const near = searchLineEnd(buffer, start, nearEnd);
  if (near < nearEnd) return near;
  const feed = indexOfOr(end, buffer.subarray(nearEnd, end).indexOf(LF), nearEnd);
  return indexOfOr(feed, buffer.subarray(nearEnd, feed).indexOf(CR), nearEnd);
}

const indexOfOr = (otherwise: number, index: number, from: number): number =>
  index === -1 ? otherwise : from + index;

function searchLineEnd(buffer: Buffer, start: number, end: number): number {
  const last = end - 3;
  let i = start;
  while (
    i < last &&
    (buffer[i] as number) > CR &&
    (buffer[i + 1] as number) > CR &&
    (buffer[i + 2] as number) > CR &&
    (buffer[i + 3] as number) > CR
  )
    i += 4;
  while (i < end && buffer[i] !== LF && buffer[i] !== CR) i++;
  return i;
}

/**
 * Index at which the value of field `name` starts on this line; undefined when the line has another
 * field.
 */
function findValue(buffer: Buffer, start: number, end: number, name: Buffer): number | undefined {
  const nameEnd = start + name.length;
  if (nameEnd > end) return undefined;
  for (let i = 1; i < name.length; i++) if (buffer[start + i] !== name[i]) return undefined;
  if (nameEnd === end) return end;
  if (buffer[nameEnd] !== COLON) return undefined;
  return nameEnd + 1 < end && buffer[nameEnd + 1] === SPACE ? nameEnd + 2 : nameEnd + 1;
}

function isDigits(buffer: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++)
    if ((buffer[i] as number) < ZERO || (buffer[i] as number) > NINE) return false;
  return start < end;
}
