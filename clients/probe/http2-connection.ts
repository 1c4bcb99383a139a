// Event streams over HTTP/2 without TLS (RFC 9113): frames as bytes, the streams of a connection
// each with a reader of their own. Data within one read is handed on in place. The probe sends GET
// requests without a body, so the flow control of the server never holds it back; its own windows are
// those of a browser and are opened again as soon as half is used.

import type { Instant } from '../../bench/contract/units.ts';
import { KIB, MIB } from '../../bench/contract/units.ts';
import { authorityOf } from '../request-target.ts';
import type { ControlType, StreamTarget } from '../stream-client.ts';
import { protocolFailure, socketFailure, StreamFailure } from '../stream-failure.ts';
import { CANCEL, errorName } from '../http2-errors.ts';
import type { UnitReader } from './byte-reader.ts';
import { Carry } from './carry.ts';
import { decodeFields, encodeFields } from './hpack.ts';
import type { SharedReader, SharedSink, SharedTransport } from './shared-reader.ts';
import { API_MESSAGE } from '../api-messages.ts';
import { EVENT_STREAM, readEvents } from './sse.ts';

export const sseHttp2: SharedTransport = (_target, sink) => new Http2Connection(sink);

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const HEADER_BYTES = 9;
/** RFC 9113 §6.5.2: the largest payload that was not asked to be larger. */
const MAX_FRAME_BYTES = 16 * KIB;
const MAX_BLOCK_BYTES = 64 * KIB;
const MAX_CONTINUATIONS = 32;
const DEFAULT_WINDOW = 65_535;
/** Chromium's, which are wide enough never to hold a stream of tokens back. */
const STREAM_WINDOW = 6 * MIB;
const CONNECTION_WINDOW = 15 * MIB;
const EXCERPT_CHARACTERS = 300;

const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

const END_STREAM = 0x1;
const ACK = 0x1;
const END_HEADERS = 0x4;
const PADDED = 0x8;
const WITH_PRIORITY = 0x20;

const settingIds = { headerTableSize: 1, enablePush: 2, initialWindowSize: 4 } as const;

type ErrorName = 'PROTOCOL_ERROR' | 'FRAME_SIZE_ERROR';

const http2Failure = (name: ErrorName, what: string): StreamFailure =>
  protocolFailure(`HTTP/2 ${name}: ${what}`);

class Http2Connection implements SharedReader {
  readonly #sink: SharedSink;
  /** Requests that are not over, by the id of their stream and by the number they were opened with. */
  readonly #byId = new Map<number, Exchange>();
  readonly #byStream = new Map<number, Exchange>();
  #nextId = 1;
  takesStreams = true;
  #goAway: StreamFailure | undefined;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #length = 0;
  #type = 0;
  #flags = 0;
  #id = 0;
  /** Bytes of the payload that are to come, and those at its end that are padding. */
  #payloadLeft = 0;
  #padding: number | undefined = 0;
  /** Payload of a frame that is looked at as a whole. */
  readonly #payload = new Carry('a frame');
  /** Header block, and the stream that its next frame must belong to. */
  readonly #block = new Carry('a header block');
  #blockId: number | undefined;
  #blockEndsStream = false;
  #continuations = 0;
  #exchange: Exchange | undefined;
  #windowLeft = CONNECTION_WINDOW;

  constructor(sink: SharedSink) {
    this.#sink = sink;
  }

  start(at: Instant): void {
    this.#sink.send(
      Buffer.concat([
        PREFACE,
        settingsFrame([
          [settingIds.headerTableSize, 0],
          [settingIds.enablePush, 0],
          [settingIds.initialWindowSize, STREAM_WINDOW],
        ]),
        windowUpdate(0, CONNECTION_WINDOW - DEFAULT_WINDOW),
      ]),
    );
    // Requests may follow at once (RFC 9113 §3.4).
    this.#sink.ready(at);
  }

  open(stream: number, target: StreamTarget): Buffer {
    const id = this.#nextId;
    this.#nextId += 2;
    const exchange = new Exchange(stream, id, this.#sink);
    const request = requestFrame(id, target);
    exchange.bytesSent = request.length;
    this.#byId.set(id, exchange);
    this.#byStream.set(stream, exchange);
    return request;
  }

  cancel(stream: number): Buffer {
    const exchange = this.#byStream.get(stream);
    if (exchange === undefined) return Buffer.alloc(0);
    this.#forget(exchange);
    return resetFrame(exchange.id);
  }

  bytesRead(stream: number): number {
    return this.#byStream.get(stream)?.bodyBytes ?? 0;
  }

  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure {
    return this.#goAway ?? socketFailure(error, 'before `done`');
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    let i = start;
    while (i < end) {
      if (this.#headerBytes < HEADER_BYTES) {
        i = this.#readHeader(buffer, i, end);
        if (this.#headerBytes < HEADER_BYTES) return;
        this.#beginFrame();
        if (this.#payloadLeft > 0) continue;
      } else {
        i = this.#readPayload(buffer, i, end, at);
        if (this.#payloadLeft > 0) return;
      }
      this.#headerBytes = 0;
      this.#endFrame(at);
    }
  }

  #readHeader(buffer: Buffer, from: number, end: number): number {
    let i = from;
    while (i < end && this.#headerBytes < HEADER_BYTES)
      this.#header[this.#headerBytes++] = buffer[i++] as number;
    return i;
  }

  #beginFrame(): void {
    const header = this.#header;
    this.#length = header.readUIntBE(0, 3);
    this.#type = header[3] as number;
    this.#flags = header[4] as number;
    this.#id = header.readUInt32BE(5) & 0x7fff_ffff;
    this.#payloadLeft = this.#length;
    this.#padding = 0;
    if (this.#length > MAX_FRAME_BYTES)
      throw http2Failure('FRAME_SIZE_ERROR', `a frame of ${this.#length} bytes`);
    if (
      this.#blockId !== undefined &&
      (this.#type !== frameTypes.continuation || this.#id !== this.#blockId)
    )
      throw http2Failure('PROTOCOL_ERROR', 'a frame in the middle of a header block');
    if (this.#type === frameTypes.data) this.#beginData();
  }

  #beginData(): void {
    this.#checkId('DATA');
    if ((this.#flags & PADDED) !== 0) this.#padding = undefined;
    this.#windowLeft -= this.#length;
    this.#exchange = this.#byId.get(this.#id);
    this.#exchange?.beginFrame(this.#length);
  }

  /** Only streams that this side has opened exist: pushes are refused from the beginning. */
  #checkId(what: string): void {
    if (this.#id === 0 || this.#id % 2 === 0 || this.#id >= this.#nextId)
      throw http2Failure('PROTOCOL_ERROR', `${what} on stream ${this.#id}, which nobody opened`);
  }

  #readPayload(buffer: Buffer, from: number, end: number, at: Instant): number {
    if (this.#type !== frameTypes.data) {
      const to = Math.min(end, from + this.#payloadLeft);
      this.#payload.append(buffer, from, to);
      this.#payloadLeft -= to - from;
      return to;
    }
    let i = from;
    if (this.#padding === undefined) {
      this.#padding = buffer[i++] as number;
      this.#payloadLeft--;
      if (this.#padding > this.#payloadLeft)
        throw http2Failure('PROTOCOL_ERROR', 'a frame with more padding than payload');
    }
    const to = Math.min(end, i + this.#payloadLeft);
    const dataEnd = Math.min(to, i + Math.max(0, this.#payloadLeft - this.#padding));
    this.#payloadLeft -= to - i;
    if (dataEnd > i && this.#exchange !== undefined)
      this.#take(this.#exchange, buffer, i, dataEnd, at);
    return to;
  }

  /** A fault in the events of one stream concerns no other. */
  #take(exchange: Exchange, buffer: Buffer, start: number, end: number, at: Instant): void {
    try {
      exchange.push(buffer, start, end, at);
    } catch (error) {
      this.#refuse(exchange, error, at);
    }
  }

  #refuse(exchange: Exchange, error: unknown, at: Instant): void {
    // Thrown by the listener when something was reported to it: no failure of the peer.
    if (!(error instanceof StreamFailure)) throw error;
    this.#sink.send(resetFrame(exchange.id));
    this.#fail(exchange, error, at);
  }

  #endFrame(at: Instant): void {
    switch (this.#type) {
      case frameTypes.data:
        this.#endData(at);
        return;
      case frameTypes.headers:
        this.#beginBlock(at);
        return;
      case frameTypes.continuation:
        this.#continueBlock(at);
        return;
      case frameTypes.pushPromise:
        throw http2Failure('PROTOCOL_ERROR', 'a push, which was refused at the beginning');
      default:
        this.#takeFrame(at);
        this.#payload.clear();
    }
  }

  #takeFrame(at: Instant): void {
    switch (this.#type) {
      case frameTypes.reset:
        this.#takeReset(at);
        return;
      case frameTypes.settings:
        this.#takeSettings();
        return;
      case frameTypes.ping:
        this.#checkLength('PING', 8);
        if ((this.#flags & ACK) === 0)
          this.#sink.send(frame(frameTypes.ping, ACK, 0, this.#payload.bytes.subarray(0, 8)));
        return;
      case frameTypes.goAway:
        this.#takeGoAway(at);
        return;
      case frameTypes.windowUpdate:
        this.#checkLength('WINDOW_UPDATE', 4);
        if (this.#payload.bytes.readUInt32BE(0) === 0)
          throw http2Failure('PROTOCOL_ERROR', 'a window opened by nothing');
        return;
      default:
      // PRIORITY says nothing to a client, and frames of unknown types are ignored (RFC 9113 §4.1).
    }
  }

  #checkLength(what: string, length: number): void {
    if (this.#length !== length)
      throw http2Failure('FRAME_SIZE_ERROR', `${what} of ${this.#length} bytes`);
  }

  #endData(at: Instant): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (this.#windowLeft < CONNECTION_WINDOW / 2) {
      this.#sink.send(windowUpdate(0, CONNECTION_WINDOW - this.#windowLeft));
      this.#windowLeft = CONNECTION_WINDOW;
    }
    if (exchange === undefined || !this.#isOpen(exchange)) return;
    exchange.endFrame();
    if ((this.#flags & END_STREAM) !== 0) this.#end(exchange, at);
    else if (exchange.windowLeft < STREAM_WINDOW / 2) {
      this.#sink.send(windowUpdate(exchange.id, STREAM_WINDOW - exchange.windowLeft));
      exchange.windowLeft = STREAM_WINDOW;
    }
  }

  #beginBlock(at: Instant): void {
    this.#checkId('HEADERS');
    let start = 0;
    let end = this.#payload.length;
    const { bytes } = this.#payload;
    if ((this.#flags & PADDED) !== 0) end -= bytes[start++] ?? 0;
    if ((this.#flags & WITH_PRIORITY) !== 0) start += 5;
    if (start > end) throw http2Failure('PROTOCOL_ERROR', 'a frame with more padding than payload');
    this.#blockId = this.#id;
    this.#blockEndsStream = (this.#flags & END_STREAM) !== 0;
    this.#continuations = 0;
    this.#block.append(bytes, start, end);
    this.#payload.clear();
    if ((this.#flags & END_HEADERS) !== 0) this.#endBlock(at);
  }

  #continueBlock(at: Instant): void {
    if (this.#blockId === undefined)
      throw http2Failure('PROTOCOL_ERROR', 'a continuation without a beginning');
    this.#continuations++;
    if (
      this.#continuations > MAX_CONTINUATIONS ||
      this.#block.length + this.#payload.length > MAX_BLOCK_BYTES
    )
      throw http2Failure('PROTOCOL_ERROR', 'a header block without end');
    this.#block.append(this.#payload.bytes, 0, this.#payload.length);
    this.#payload.clear();
    if ((this.#flags & END_HEADERS) !== 0) this.#endBlock(at);
  }

  #endBlock(at: Instant): void {
    const exchange = this.#byId.get(this.#blockId as number);
    const fields = decodeFields(this.#block.bytes, 0, this.#block.length);
    this.#block.clear();
    this.#blockId = undefined;
    if (exchange === undefined) return;
    try {
      exchange.takeFields(fields, at);
    } catch (error) {
      this.#refuse(exchange, error, at);
      return;
    }
    if (this.#blockEndsStream && this.#isOpen(exchange)) this.#end(exchange, at);
  }

  #takeReset(at: Instant): void {
    this.#checkLength('RST_STREAM', 4);
    this.#checkId('RST_STREAM');
    const exchange = this.#byId.get(this.#id);
    const name = errorName(this.#payload.bytes.readUInt32BE(0));
    if (exchange === undefined) return;
    const failure = new StreamFailure(
      `h2-${name}`,
      `the server reset the stream (${name}) before \`done\``,
    );
    this.#fail(exchange, failure, at);
  }

  #takeSettings(): void {
    if (this.#id !== 0) throw http2Failure('PROTOCOL_ERROR', 'SETTINGS of a stream');
    if ((this.#flags & ACK) !== 0) {
      this.#checkLength('the acknowledgement of SETTINGS', 0);
      return;
    }
    if (this.#length % 6 !== 0)
      throw http2Failure('FRAME_SIZE_ERROR', `SETTINGS of ${this.#length} bytes`);
    this.#sink.send(frame(frameTypes.settings, ACK, 0, Buffer.alloc(0)));
  }

  /** RFC 9113 §6.8: streams beyond the last one named were not taken; the others may end. */
  #takeGoAway(at: Instant): void {
    if (this.#length < 8) throw http2Failure('FRAME_SIZE_ERROR', `GOAWAY of ${this.#length} bytes`);
    const { bytes } = this.#payload;
    const last = bytes.readUInt32BE(0) & 0x7fff_ffff;
    const name = errorName(bytes.readUInt32BE(4));
    this.takesStreams = false;
    this.#goAway = new StreamFailure(
      `h2-goaway-${name}`,
      `the server left the connection (${name}) before \`done\``,
    );
    for (const exchange of this.#byId.values())
      if (exchange.id > last) this.#fail(exchange, this.#goAway, at);
  }

  #end(exchange: Exchange, at: Instant): void {
    const failure = exchange.incomplete();
    if (failure !== undefined) {
      this.#fail(exchange, failure, at);
      return;
    }
    this.#forget(exchange);
    const { bodyBytes, bytesSent, tokenFrames, stream } = exchange;
    this.#sink.end(
      stream,
      {
        bytesRead: bodyBytes,
        bytesSent,
        headBytes: 0,
        tokenFrameBytes: HEADER_BYTES * tokenFrames,
      },
      at,
    );
  }

  #fail(exchange: Exchange, failure: StreamFailure, at: Instant): void {
    this.#forget(exchange);
    this.#sink.fail(exchange.stream, failure, at);
  }

  #isOpen({ id }: Exchange): boolean {
    return this.#byId.has(id);
  }

  #forget({ id, stream }: Exchange): void {
    this.#byId.delete(id);
    if (this.#byStream.get(stream)?.id === id) this.#byStream.delete(stream);
  }
}

/** One request and its response. */
class Exchange {
  readonly stream: number;
  readonly id: number;
  readonly #sink: SharedSink;
  readonly #events: UnitReader;
  #isAccepted = false;
  #isDone = false;
  #refusal: { readonly status: string; body: string } | undefined;
  #hasTokenInFrame = false;
  /** Frames before the present one that hold nothing but the beginning of a message. */
  #unfinishedFrames = 0;
  windowLeft = STREAM_WINDOW;
  bodyBytes = 0;
  bytesSent = 0;
  /** DATA frames that carried tokens. */
  tokenFrames = 0;

  constructor(stream: number, id: number, sink: SharedSink) {
    this.stream = stream;
    this.id = id;
    this.#sink = sink;
    this.#events = readEvents(this, () => (this.#isDone = true));
  }

  beginFrame(length: number): void {
    this.windowLeft -= length;
    this.#hasTokenInFrame = false;
  }

  /** A large token takes several frames, and is complete in the last of them. */
  endFrame(): void {
    if (this.#hasTokenInFrame) this.tokenFrames += this.#unfinishedFrames + 1;
    this.#unfinishedFrames =
      this.#events.isWithinUnit && !this.#hasTokenInFrame ? this.#unfinishedFrames + 1 : 0;
  }

  /** @throws StreamFailure */
  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#refusal !== undefined) {
      if (this.#refusal.body.length < EXCERPT_CHARACTERS)
        this.#refusal.body += buffer.toString('latin1', start, end);
      return;
    }
    if (!this.#isAccepted) throw http2Failure('PROTOCOL_ERROR', 'data before the response head');
    this.bodyBytes += end - start;
    this.#events.push(buffer, start, end, at);
  }

  token(buffer: Buffer, start: number, end: number, at: Instant): void {
    const place = this.#sink.token(this.stream, buffer, start, end, at);
    if (place !== API_MESSAGE) this.#hasTokenInFrame = true;
  }

  control(type: ControlType, text: string, at: Instant): void {
    this.#sink.control(this.stream, type, text, at);
  }

  /** A response head, or trailers. @throws StreamFailure when it is not acceptable */
  takeFields(fields: ReadonlyMap<string, string>, at: Instant): void {
    if (this.#isAccepted || this.#refusal !== undefined) return;
    const status = fields.get(':status');
    if (status === undefined) throw protocolFailure('a response without a status');
    if (status.startsWith('1')) return;
    if (status !== '200') {
      this.#refusal = { status, body: '' };
      return;
    }
    const type = fields.get('content-type') ?? 'none';
    if (type.split(';')[0]?.trim().toLowerCase() !== EVENT_STREAM)
      throw protocolFailure(`content-type is ${type}, not ${EVENT_STREAM}`);
    const encoding = fields.get('content-encoding');
    if (encoding !== undefined)
      throw protocolFailure(`content-encoding is ${encoding}, which was not asked for`);
    this.#isAccepted = true;
    this.#sink.accept(this.stream, at);
  }

  /** The server has ended the stream: why it is not whole; undefined when it is. */
  incomplete(): StreamFailure | undefined {
    if (this.#refusal !== undefined) {
      const { status, body } = this.#refusal;
      const excerpt = Buffer.from(body.slice(0, EXCERPT_CHARACTERS), 'latin1').toString();
      return new StreamFailure(
        `http-${status}`,
        `the server answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`,
      );
    }
    return this.#isDone
      ? undefined
      : new StreamFailure('closed-early', 'the response ended before `done`');
  }
}

function frame(type: number, flags: number, id: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(id, 5);
  payload.copy(bytes, HEADER_BYTES);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.concat(
    settings.map(([id, value]) =>
      Buffer.concat([Buffer.from([id >> 8, id & 0xff]), uint32(value)]),
    ),
  );
  return frame(frameTypes.settings, 0, 0, payload);
}

const windowUpdate = (id: number, bytes: number): Buffer =>
  frame(frameTypes.windowUpdate, 0, id, uint32(bytes));

const resetFrame = (id: number): Buffer => frame(frameTypes.reset, 0, id, uint32(CANCEL));

/** The fields that the probe sends over HTTP/1.1 (request-target.ts), in lower case as HTTP/2 wants. */
function requestFrame(id: number, target: StreamTarget): Buffer {
  const { path, resumeAfter } = target;
  const fields = encodeFields([
    [':method', 'GET'],
    [':scheme', target.tls === undefined ? 'http' : 'https'],
    [':authority', authorityOf(target)],
    [':path', path],
    ['accept', EVENT_STREAM],
    ['cache-control', 'no-cache'],
    ...(resumeAfter === undefined ? [] : [['last-event-id', resumeAfter] as const]),
  ]);
  return frame(frameTypes.headers, END_STREAM | END_HEADERS, id, fields);
}
