// Several streams on one WebSocket as a Node consumer reads them: the ws client, and messages that are
// led by the lane of their stream.

import type { WebSocket } from 'ws';
import { frameBytes } from '../../bench/contract/byte-model.ts';
import {
  LANE_CHARACTERS,
  MOST_LANES,
  MUX_PATH,
  renderLaneCancel,
  renderLaneStart,
} from '../../bench/contract/control-events.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { controlTypeOf, isControlText } from '../control-message.ts';
import type { StreamClientOptions, StreamTarget } from '../stream-client.ts';
import {
  asStreamFailure,
  protocolFailure,
  refusalFailure,
  StreamFailure,
} from '../stream-failure.ts';
import { openLibrarySocket } from './library-socket.ts';
import type { LibraryStream, OpenedStream } from './library-stream.ts';
import { SharedSocket, type LibraryConnection, type OpenConnection } from './shared-connections.ts';
import { describeClose, describeError, onRefusal, openClient } from './websocket.ts';

/** Bytes of the key that masks a frame of a client (RFC 6455 §5.3). */
const MASK_BYTES = 4;

interface Lane {
  readonly stream: LibraryStream;
  readonly bytesSent: number;
  bytesRead: number;
}

export const webSocketMux: OpenConnection = (target, options) => new MuxClient(target, options);

class MuxClient implements LibraryConnection {
  readonly #shared: SharedSocket;
  readonly #client: WebSocket;
  readonly #now: () => Instant;
  readonly #lanes = new Map<number, Lane>();
  /** Requests that wait for the handshake; undefined once it is over. */
  #waiting: string[] | undefined = [];
  #failure: StreamFailure | undefined;

  constructor(target: StreamTarget, options: StreamClientOptions) {
    const socket = openLibrarySocket(target);
    this.#now = options.now;
    this.#shared = new SharedSocket(socket, options);
    this.#client = openClient(target, { path: MUX_PATH, socket });
    this.#client.on('open', () => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const request of waiting) this.#client.send(request);
    });
    this.#client.on('message', (payload: Buffer) => this.#hear(payload, options.now()));
    onRefusal(this.#client, (failure) => this.#lose(failure));
    this.#client.on('error', (error) => this.#lose(describeError(error)));
    this.#client.on('close', (code, reason) => this.#closed(code, reason.toString()));
  }

  get takesStreams(): boolean {
    return this.#failure === undefined && this.#client.readyState <= this.#client.OPEN;
  }

  open(stream: LibraryStream, { shared, path }: StreamTarget): OpenedStream {
    this.#shared.carry(stream);
    const lane = this.#freeLane();
    const request = renderLaneStart(lane, shared?.streamId ?? path);
    const bytesSent = frameBytes(Buffer.byteLength(request)) + MASK_BYTES;
    this.#lanes.set(lane, { stream, bytesSent, bytesRead: 0 });
    if (this.#waiting === undefined) this.#client.send(request);
    else this.#waiting.push(request);
    return {
      close: () => this.#cancel(lane, request, stream),
      // The streams of a connection stop together: its socket is what is read.
      pause: () => this.#client.pause(),
      unpause: () => this.#client.resume(),
    };
  }

  #freeLane(): number {
    for (let lane = 0; lane < MOST_LANES; lane++) if (!this.#lanes.has(lane)) return lane;
    throw protocolFailure(`more than ${MOST_LANES} streams on a connection`);
  }

  /**
   * Nothing is to be said of a stream that is over. The lane of another stays taken: what the server
   * has sent before it reads this is still to come, and belongs to no stream.
   */
  #cancel(lane: number, request: string, stream: LibraryStream): void {
    if (this.#lanes.get(lane)?.stream !== stream) return;
    if (this.#waiting !== undefined) {
      this.#waiting = this.#waiting.filter((one) => one !== request);
      this.#lanes.delete(lane);
    } else if (this.takesStreams) this.#client.send(renderLaneCancel(lane));
  }

  #hear(payload: Buffer, at: Instant): void {
    try {
      const text = payload.toString();
      const number = laneNumber(text);
      const lane = this.#lanes.get(number);
      if (lane === undefined) throw protocolFailure(`a message on lane ${number}, which is free`);
      lane.bytesRead += frameBytes(payload.length);
      this.#tell(number, lane, text.slice(LANE_CHARACTERS), at);
    } catch (error) {
      this.#lose(asStreamFailure(error));
    }
  }

  /** A fault in the messages of one stream concerns no other. */
  #tell(number: number, lane: Lane, text: string, at: Instant): void {
    const { stream } = lane;
    if (!isControlText(text)) {
      stream.token(text, at);
      return;
    }
    try {
      this.#control(number, lane, text, at);
    } catch (error) {
      this.#lanes.delete(number);
      stream.fail(error, at);
    }
  }

  #control(
    number: number,
    { stream, bytesRead, bytesSent }: Lane,
    text: string,
    at: Instant,
  ): void {
    const type = controlTypeOf(text);
    if (type === 'stream-error') throw refusalFailure(text);
    if (type === 'open') stream.accept(0, at);
    stream.control(type, text, at);
    if (type !== 'done') return;
    this.#lanes.delete(number);
    stream.end(at, { bytesRead, bytesSent, headBytes: 0 });
  }

  #closed(code: number, reason: string): void {
    const socketError = this.#shared.error;
    const failure = describeClose({ code, reason, isDone: false, socketError });
    // A stream that is not done is never whole, however the WebSocket was closed.
    this.#lose(failure ?? new StreamFailure('closed-early', 'the connection ended before `done`'));
  }

  /** The connection is over, and so is every stream on it. */
  #lose(failure: StreamFailure): void {
    this.#failure ??= failure;
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    for (const { stream } of lanes) stream.fail(failure, this.#now());
    this.#client.terminate();
  }

  close(): void {
    this.#client.terminate();
  }
}

/** The number that leads a message, in base 36. @throws StreamFailure */
function laneNumber(text: string): number {
  const lane = text.slice(0, LANE_CHARACTERS);
  if (!/^[0-9a-z]{2}$/.test(lane))
    throw protocolFailure('a message that is not led by the number of its lane');
  return Number.parseInt(lane, 36);
}
