// Both lanes of a session on one WebSocket, with frames in binary messages or, in base64, in text.

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { frameBytes, textBytes } from '../../bench/contract/byte-model.ts';
import {
  binaryFrameBytes,
  DONE_MESSAGE,
  END_MESSAGE,
  parseBinaryFrame,
  parseTextFrame,
  renderBinaryFrame,
  renderTextFrame,
  textFrameBytes,
  type Frame,
} from '../../bench/contract/duplex-frames.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { HttpResponseReader } from '../probe/http-response.ts';
import { openSocket } from '../probe/open-socket.ts';
import { WebSocketReader } from '../probe/websocket-reader.ts';
import { checkUpgrade, upgradeRequest } from '../probe/websocket.ts';
import { asStreamFailure, closeFailure, protocolFailure } from '../stream-failure.ts';
import { isError, refusedSession } from './control-text.ts';
import type { LaneOptions, Lanes, OpenLanes } from './lanes.ts';
import { closeFrame, maskedFrame } from '../masked-frame.ts';

const MASK_BYTES = 4;
const CLOSE_BYTES = 4;
const OPENING_BRACE = 0x7b;

export const openWebSocketLanes =
  ({ isBinary }: { readonly isBinary: boolean }): OpenLanes =>
  (options) =>
    new WebSocketLanes(options, isBinary);

class WebSocketLanes implements Lanes {
  readonly #options: LaneOptions;
  readonly #isBinary: boolean;
  readonly #key = randomBytes(16).toString('base64');
  readonly #response: HttpResponseReader;
  readonly #socket: Socket;
  #frames: WebSocketReader | undefined;
  #waiting: Frame[] = [];
  #isUpEnded = false;
  #isDone = false;
  #isOver = false;

  constructor(options: LaneOptions, isBinary: boolean) {
    this.#options = options;
    this.#isBinary = isBinary;
    const { server, path, now, buffer, down } = options;
    this.#response = new HttpResponseReader({
      status: 101,
      accept: (head) => {
        checkUpgrade(head, this.#key, undefined);
        down.head(head.headBytes);
        this.#frames = this.#reader();
        this.#flush();
        return this.#frames;
      },
    });
    this.#socket = openSocket(
      { ...server, path },
      { buffer, now },
      {
        read: (bytes, at) => this.#read(bytes, at),
        connected: () => undefined,
        opened: () => this.#upgrade(),
        ended: (error) => this.#end(error),
        closed: () => this.#end(undefined),
        refused: (failure) => this.#fail(failure),
      },
    );
  }

  #upgrade(): void {
    const { server, path, up } = this.#options;
    const request = upgradeRequest({ ...server, path }, { path, key: this.#key });
    up.head(request.length);
    this.#write(Buffer.from(request, 'latin1'));
  }

  #reader(): WebSocketReader {
    return new WebSocketReader(
      {
        onMessage: (buffer, start, end, at) => this.#take(buffer.subarray(start, end), at),
        onPing: () => {
          throw protocolFailure('a ping that no session has');
        },
        onClose: (code, reason) => this.#close(code, reason),
      },
      { tokens: this.#isBinary ? 'binary' : 'text' },
    );
  }

  #take(bytes: Buffer, at: Instant): void {
    const { down, events } = this.#options;
    // A binary frame begins with its number, which is far below that of a brace.
    const isText = !this.#isBinary || bytes[0] === OPENING_BRACE;
    const text = isText ? bytes.toString() : '';
    if (text === DONE_MESSAGE) {
      this.#isDone = true;
      down.control(frameBytes(bytes.length) + CLOSE_BYTES);
      return;
    }
    if (isText && isError(text)) throw refusedSession(text);
    const frame = isText ? parseTextFrame(text) : parseBinaryFrame(bytes);
    if (frame === undefined) throw protocolFailure('a message that is no frame');
    const size = this.#sizeOf(frame);
    if (frame.number === 0) down.large(frameBytes(size));
    else down.frame(frameBytes(size));
    events.frame(frame, at);
  }

  #sizeOf(frame: Frame): number {
    return this.#isBinary ? binaryFrameBytes(frame.content.length) : textFrameBytes(frame);
  }

  send(frame: Frame): void {
    if (this.#isOver) return;
    if (this.#frames === undefined) this.#waiting.push(frame);
    else this.#sendNow(frame);
  }

  #sendNow(frame: Frame): void {
    const { up, events } = this.#options;
    up.frame(frameBytes(this.#sizeOf(frame)) + MASK_BYTES);
    this.#write(
      this.#isBinary
        ? maskedFrame('binary', renderBinaryFrame(frame))
        : maskedFrame('text', Buffer.from(renderTextFrame(frame))),
    );
    events.sent(frame);
  }

  #flush(): void {
    for (const frame of this.#waiting) this.#sendNow(frame);
    this.#waiting = [];
    if (this.#isUpEnded) this.#sendEnd();
  }

  endUp(): number {
    this.#isUpEnded = true;
    const dropped = this.#waiting.length;
    this.#waiting = [];
    if (this.#frames !== undefined) this.#sendEnd();
    return dropped;
  }

  #sendEnd(): void {
    this.#options.up.control(frameBytes(textBytes(END_MESSAGE)) + MASK_BYTES);
    this.#write(maskedFrame('text', Buffer.from(END_MESSAGE)));
  }

  #write(bytes: Buffer): void {
    this.#options.up.socket(bytes.length);
    this.#socket.write(bytes);
  }

  #read(bytes: number, at: Instant): void {
    if (this.#isOver) return;
    const { buffer, down } = this.#options;
    down.socket(bytes);
    try {
      if (this.#frames === undefined) this.#response.push(buffer, 0, bytes, at);
      else this.#frames.push(buffer, 0, bytes, at);
    } catch (error) {
      this.#fail(asStreamFailure(error));
    }
  }

  /** Answers with the same code (RFC 6455 §5.5.1). */
  #close(code: number | undefined, reason: string): void {
    const failure = closeFailure({ code, reason, isDone: this.#isDone });
    if (failure !== undefined) throw failure;
    const { up, events } = this.#options;
    const frame = closeFrame(code);
    up.control(frame.length);
    this.#write(frame);
    this.#isOver = true;
    this.#socket.end();
    events.done();
  }

  #end(error: NodeJS.ErrnoException | undefined): void {
    if (!this.#isOver) this.#fail(this.#response.endedBy(error, 'before the session was over'));
  }

  #fail(failure: ReturnType<typeof protocolFailure>): void {
    if (this.#isOver) return;
    this.close();
    this.#options.events.failed(failure);
  }

  close(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }
}
