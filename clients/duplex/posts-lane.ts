// A POST a frame on one kept connection: the next is sent when the answer to the last has come, as
// HTTP/1.1 clients do, none of which pipeline. Frames that are due meanwhile wait.

import type { Socket } from 'node:net';
import {
  binaryFrameBytes,
  renderBinaryFrame,
  type Frame,
} from '../../bench/contract/duplex-frames.ts';
import { openSocket } from '../probe/open-socket.ts';
import { authorityOf } from '../request-target.ts';
import { asStreamFailure, type StreamFailure } from '../stream-failure.ts';
import { AnswerReader } from './answer-reader.ts';
import { FRAME_TYPE, type OpenUpLane, type UpLane, type UpLaneOptions } from './up-lane.ts';

export const openPosts: OpenUpLane = (options) => new Posts(options);

class Posts implements UpLane {
  readonly #options: UpLaneOptions;
  readonly #socket: Socket;
  readonly #answer = new AnswerReader();
  readonly #headOf: (frameBytes: number) => string;
  readonly #endRequest: string;
  #waiting: Frame[] = [];
  #isOpen = false;
  #isAwaiting = false;
  #isUpEnded = false;
  #isEndSent = false;
  #isOver = false;

  constructor(options: UpLaneOptions) {
    this.#options = options;
    const { server, path, now, buffer } = options;
    const host = `Host: ${authorityOf(server)}\r\n`;
    this.#headOf = (bytes) =>
      `POST ${path}/frames HTTP/1.1\r\n${host}Content-Type: ${FRAME_TYPE}\r\nContent-Length: ${bytes}\r\n\r\n`;
    this.#endRequest = `DELETE ${path} HTTP/1.1\r\n${host}\r\n`;
    this.#socket = openSocket(
      { ...server, path },
      { buffer, now },
      {
        read: (bytes) => this.#read(bytes),
        connected: () => undefined,
        opened: () => {
          this.#isOpen = true;
          this.#next();
        },
        ended: (error) => this.#end(error),
        closed: () => this.#end(undefined),
        refused: (failure) => this.#fail(failure),
      },
    );
  }

  send(frame: Frame): void {
    this.#waiting.push(frame);
    this.#next();
  }

  endUp(): number {
    this.#isUpEnded = true;
    const dropped = this.#waiting.length;
    this.#waiting = [];
    this.#next();
    return dropped;
  }

  /** Sends the next request, where none is under way. */
  #next(): void {
    if (!this.#isOpen || this.#isAwaiting || this.#isOver) return;
    const frame = this.#waiting.shift();
    if (frame !== undefined) this.#post(frame);
    else if (this.#isUpEnded) this.#sendEnd();
  }

  #post(frame: Frame): void {
    const { up, events } = this.#options;
    const body = renderBinaryFrame(frame);
    const head = this.#headOf(body.length);
    up.frame(this.#headOf(binaryFrameBytes(frame.content.length)).length + body.length);
    this.#write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    events.sent(frame);
  }

  #sendEnd(): void {
    this.#isEndSent = true;
    this.#options.up.control(this.#endRequest.length);
    this.#write(Buffer.from(this.#endRequest, 'latin1'));
  }

  #write(bytes: Buffer): void {
    this.#isAwaiting = true;
    this.#options.up.socket(bytes.length);
    this.#socket.write(bytes);
  }

  #read(bytes: number): void {
    if (this.#isOver) return;
    const { buffer, down } = this.#options;
    down.socket(bytes);
    try {
      for (const answerBytes of this.#answer.push(buffer, bytes)) {
        down.answer(answerBytes);
        this.#isAwaiting = false;
        if (this.#isEndSent) this.#finish();
        else this.#next();
      }
    } catch (error) {
      this.#fail(asStreamFailure(error));
    }
  }

  #finish(): void {
    this.#isOver = true;
    this.#socket.end();
    this.#options.ended();
  }

  #end(error: NodeJS.ErrnoException | undefined): void {
    if (!this.#isOver) this.#fail(this.#answer.endedBy(error));
  }

  #fail(failure: StreamFailure): void {
    if (this.#isOver) return;
    this.close();
    this.#options.failed(failure);
  }

  close(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }
}
