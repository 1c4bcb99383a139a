// Several streams on one WebSocket over the probe: the upgrade, then for each stream a `start` with
// the lane that it is to have, and messages that are led by their lane.

import { closeFrame, maskedFrame } from '../masked-frame.ts';
import { randomBytes } from 'node:crypto';
import { frameBytes } from '../../bench/contract/byte-model.ts';
import {
  LANE_CHARACTERS,
  MOST_LANES,
  MUX_PATH,
  renderLaneCancel,
  renderLaneStart,
} from '../../bench/contract/control-events.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { controlTypeOf, isControlMessage } from '../control-message.ts';
import type { StreamTarget } from '../stream-client.ts';
import {
  closeFailure,
  protocolFailure,
  refusalFailure,
  socketFailure,
  StreamFailure,
} from '../stream-failure.ts';
import type { ByteReader } from './byte-reader.ts';
import { HttpResponseReader } from './http-response.ts';
import type { SharedReader, SharedSink, SharedTransport } from './shared-reader.ts';
import { checkUpgrade, upgradeRequest } from './websocket.ts';
import { type FrameListener, WebSocketReader } from './websocket-reader.ts';

export const webSocketMux: SharedTransport = (target, sink) => new MuxConnection(target, sink);

interface Lane {
  readonly stream: number;
  bytesRead: number;
  bytesSent: number;
}

class MuxConnection implements SharedReader, FrameListener {
  readonly #target: StreamTarget;
  readonly #sink: SharedSink;
  readonly #response: HttpResponseReader;
  #frames: WebSocketReader | undefined;
  #key = '';
  readonly #lanes = new Map<number, Lane>();
  readonly #laneOf = new Map<number, number>();
  takesStreams = true;
  #closed: StreamFailure | undefined;

  constructor(target: StreamTarget, sink: SharedSink) {
    this.#target = target;
    this.#sink = sink;
    this.#response = new HttpResponseReader({
      status: 101,
      accept: (head, at): ByteReader => {
        checkUpgrade(head, this.#key, undefined);
        this.#frames = new WebSocketReader(this);
        this.#sink.ready(at);
        return this.#frames;
      },
    });
  }

  start(): void {
    this.#key = randomBytes(16).toString('base64');
    const request = upgradeRequest(this.#target, { path: MUX_PATH, key: this.#key });
    this.#sink.send(Buffer.from(request, 'latin1'));
  }

  open(stream: number, { shared, path }: StreamTarget): Buffer {
    const lane = this.#freeLane();
    const request = textFrame(renderLaneStart(lane, shared?.streamId ?? path));
    this.#lanes.set(lane, { stream, bytesRead: 0, bytesSent: request.length });
    this.#laneOf.set(stream, lane);
    return request;
  }

  #freeLane(): number {
    for (let lane = 0; lane < MOST_LANES; lane++) if (!this.#lanes.has(lane)) return lane;
    throw protocolFailure(`more than ${MOST_LANES} streams on a connection`);
  }

  /**
   * The lane stays taken: what the server has sent before it read this is still to come, and belongs
   * to no stream.
   */
  cancel(stream: number): Buffer {
    const lane = this.#laneOf.get(stream);
    this.#laneOf.delete(stream);
    return lane === undefined ? Buffer.alloc(0) : textFrame(renderLaneCancel(lane));
  }

  bytesRead(stream: number): number {
    const lane = this.#laneOf.get(stream);
    return (lane === undefined ? undefined : this.#lanes.get(lane)?.bytesRead) ?? 0;
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#frames === undefined) this.#response.push(buffer, start, end, at);
    else this.#frames.push(buffer, start, end, at);
  }

  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure {
    if (this.#closed !== undefined) return this.#closed;
    return this.#frames === undefined
      ? this.#response.endedBy(error, 'before `done`')
      : socketFailure(error, 'before `done`');
  }

  onMessage(buffer: Buffer, start: number, end: number, at: Instant): void {
    const number = laneNumber(buffer, start, end);
    const lane = this.#lanes.get(number);
    if (lane === undefined) throw protocolFailure(`a message on lane ${number}, which is free`);
    const { stream } = lane;
    const from = start + LANE_CHARACTERS;
    lane.bytesRead += frameBytes(end - start);
    if (!isControlMessage(buffer, from, end)) {
      this.#sink.token(stream, buffer, from, end, at);
      return;
    }
    try {
      this.#control(number, lane, buffer.toString('utf8', from, end), at);
    } catch (error) {
      // Thrown by the listener when something was reported to it: no failure of the peer.
      if (!(error instanceof StreamFailure)) throw error;
      this.#free(number, stream);
      this.#sink.fail(stream, error, at);
    }
  }

  #control(number: number, lane: Lane, text: string, at: Instant): void {
    const { stream, bytesRead, bytesSent } = lane;
    const type = controlTypeOf(text);
    if (type === 'stream-error') throw refusalFailure(text);
    if (type === 'open') this.#sink.accept(stream, at);
    this.#sink.control(stream, type, text, at);
    if (type !== 'done') return;
    this.#free(number, stream);
    this.#sink.end(stream, { bytesRead, bytesSent, headBytes: 0 }, at);
  }

  #free(lane: number, stream: number): void {
    this.#lanes.delete(lane);
    this.#laneOf.delete(stream);
  }

  onPing(payload: Buffer): void {
    this.#sink.send(maskedFrame('pong', payload));
  }

  onClose(code: number | undefined, reason: string): void {
    this.#sink.send(closeFrame(code));
    this.takesStreams = false;
    this.#closed = closeFailure({ code, reason, isDone: false });
  }
}

const ZERO = 48;
const NINE = 57;
const A = 97;
const Z = 122;

/** The number that leads a message, in base 36. @throws StreamFailure */
function laneNumber(buffer: Buffer, start: number, end: number): number {
  let lane = 0;
  for (let i = start; i < start + LANE_CHARACTERS; i++) {
    const byte = i < end ? (buffer[i] as number) : 0;
    const isDigit = byte >= ZERO && byte <= NINE;
    if (!isDigit && !(byte >= A && byte <= Z))
      throw protocolFailure('a message that is not led by the number of its lane');
    lane = lane * 36 + (isDigit ? byte - ZERO : byte - A + 10);
  }
  return lane;
}

function textFrame(text: string): Buffer {
  return maskedFrame('text', Buffer.from(text));
}
