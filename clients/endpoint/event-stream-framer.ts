// Makes events of an event stream by the rules of WHATWG HTML §9.2.5 and §9.2.6, and notes how the
// server writes it: its line ends, and whether a space follows `data:`.

import { isUtf8 } from 'node:buffer';
import {
  MAX_EVENT_BYTES,
  tooLong,
  type Framer,
  type FramerListener,
  type FramerOptions,
  type FramingFailure,
} from './framer.ts';
import { LineBytes } from './line-bytes.ts';

const LF = 10;
const CR = 13;
const COLON = 58;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Fields of the event that is being read. */
interface PendingEvent {
  name: string | undefined;
  id: string | undefined;
  data: string[];
  /** Text of the `data` lines. */
  dataBytes: number;
}

const nothing = (): PendingEvent => ({ name: undefined, id: undefined, data: [], dataBytes: 0 });

export class EventStreamFramer implements Framer {
  readonly lineEnds = { lf: 0, crlf: 0, cr: 0 };
  /** Lines of data with a space after the colon, and without one. */
  spacedData = 0;
  unspacedData = 0;
  hasInvalidUtf8 = false;
  /** The last id that took effect, from which the stream could be resumed; '' without one. */
  lastEventId = '';
  readonly #listener: FramerListener;
  readonly #maxBytes: number;
  readonly #line: LineBytes;
  #event = nothing();
  #isFirstLine = true;
  /** The last byte was a CR, which ended a line: an LF that follows belongs to it. */
  #endedByCr = false;
  #hasFailed = false;

  constructor(listener: FramerListener, { maxBytes = MAX_EVENT_BYTES }: FramerOptions = {}) {
    this.#listener = listener;
    this.#maxBytes = maxBytes;
    this.#line = new LineBytes(maxBytes);
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    for (let at = 0; at < bytes.length && !this.#hasFailed; at++) {
      const byte = bytes[at];
      const isAfterCr = this.#endedByCr;
      this.#endedByCr = false;
      if (byte === LF && isAfterCr) {
        this.lineEnds.cr--;
        this.lineEnds.crlf++;
        start = at + 1;
      } else if (byte === LF || byte === CR) {
        if (byte === LF) this.lineEnds.lf++;
        else this.lineEnds.cr++;
        this.#endedByCr = byte === CR;
        this.#append(bytes.subarray(start, at));
        this.#endLine();
        start = at + 1;
      }
    }
    this.#append(bytes.subarray(start));
  }

  end(): { readonly hasHalfEvent: boolean } {
    const { name, id, data } = this.#event;
    const line = this.#line.bytes;
    // A comment is no part of an event, however much of it came.
    const isHalfLine = line.length > 0 && line[0] !== COLON;
    return {
      hasHalfEvent:
        this.#hasFailed || isHalfLine || name !== undefined || id !== undefined || data.length > 0,
    };
  }

  #append(bytes: Uint8Array): void {
    if (this.#hasFailed || bytes.length === 0) return;
    if (!this.#line.append(bytes)) this.#fail('line-too-long', 'a line');
  }

  #fail(cause: FramingFailure, what: string): void {
    this.#hasFailed = true;
    this.#listener.onFailure(cause, tooLong(what, this.#maxBytes));
  }

  #endLine(): void {
    if (this.#hasFailed) return;
    const line = this.#takeLine();
    if (line === '') this.#dispatch();
    else if (line.startsWith(':')) this.#listener.onComment(withoutSpace(line.slice(1)));
    else this.#takeField(line);
  }

  /**
   * A line ends at a byte that is part of no other character, so that each can be decoded by
   * itself.
   */
  #takeLine(): string {
    let { bytes } = this.#line;
    if (this.#isFirstLine && bytes.subarray(0, BOM.length).equals(BOM))
      bytes = bytes.subarray(BOM.length);
    this.#isFirstLine = false;
    if (!isUtf8(bytes)) this.hasInvalidUtf8 = true;
    const line = bytes.toString('utf8');
    this.#line.clear();
    return line;
  }

  #takeField(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const raw = colon === -1 ? '' : line.slice(colon + 1);
    const value = withoutSpace(raw);
    switch (name) {
      case 'data':
        if (raw.startsWith(' ')) this.spacedData++;
        else if (colon !== -1) this.unspacedData++;
        this.#addData(value);
        return;
      case 'event':
        this.#event.name = value;
        return;
      case 'id':
        if (!value.includes('\0')) this.#event.id = value;
        return;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.#listener.onRetry(Number(value));
        return;
      default:
      // Unknown fields are ignored.
    }
  }

  #addData(value: string): void {
    this.#event.dataBytes += value.length + 1;
    if (this.#event.dataBytes > this.#maxBytes)
      this.#fail('event-too-long', 'the data of an event');
    else this.#event.data.push(value);
  }

  #dispatch(): void {
    const { name, id, data } = this.#event;
    this.#event = nothing();
    if (id !== undefined) this.lastEventId = id;
    // An empty line of data counts: it is the number of lines that decides, not of bytes.
    if (data.length === 0) return;
    this.#listener.onEvent({
      // An empty name is the default one (§9.2.6).
      ...(name !== undefined && name !== '' && { name }),
      ...(id !== undefined && { id }),
      data: data.join('\n'),
    });
  }
}

const withoutSpace = (value: string): string => (value.startsWith(' ') ? value.slice(1) : value);
