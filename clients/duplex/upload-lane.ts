// One POST with all frames: its body is chunked, a chunk a frame, and ends with the session (RFC
// 9112 §7.1). The answer comes when the body is over: no part of it overlaps.

import type { Socket } from 'node:net';
import { chunkBytes } from '../../bench/contract/byte-model.ts';
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

const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const CHUNK_END = Buffer.from('\r\n');

export const openUpload: OpenUpLane = (options) => new Upload(options);

class Upload implements UpLane {
  readonly #options: UpLaneOptions;
  readonly #socket: Socket;
  readonly #answer = new AnswerReader();
  #waiting: Frame[] | undefined = [];
  #isUpEnded = false;
  #isOver = false;

  constructor(options: UpLaneOptions) {
    this.#options = options;
    const { server, path, now, buffer } = options;
    this.#socket = openSocket(
      { ...server, path },
      { buffer, now },
      {
        read: (bytes) => this.#read(bytes),
        connected: () => undefined,
        opened: () => this.#open(),
        ended: (error) => this.#end(error),
        closed: () => this.#end(undefined),
        refused: (failure) => this.#fail(failure),
      },
    );
  }

  #open(): void {
    const { server, path, up } = this.#options;
    const head =
      `POST ${path}/upload HTTP/1.1\r\nHost: ${authorityOf(server)}\r\n` +
      `Content-Type: ${FRAME_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    up.head(head.length);
    this.#write(Buffer.from(head, 'latin1'));
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const frame of waiting) this.#sendNow(frame);
    if (this.#isUpEnded) this.#sendEnd();
  }

  send(frame: Frame): void {
    if (this.#waiting === undefined) this.#sendNow(frame);
    else this.#waiting.push(frame);
  }

  #sendNow(frame: Frame): void {
    if (this.#isOver) return;
    const { up, events } = this.#options;
    const bytes = renderBinaryFrame(frame);
    up.frame(chunkBytes(binaryFrameBytes(frame.content.length)));
    const size = Buffer.from(`${bytes.length.toString(16)}\r\n`, 'latin1');
    this.#write(Buffer.concat([size, bytes, CHUNK_END]));
    events.sent(frame);
  }

  endUp(): number {
    this.#isUpEnded = true;
    const dropped = this.#waiting?.length ?? 0;
    if (this.#waiting === undefined) this.#sendEnd();
    else this.#waiting = [];
    return dropped;
  }

  #sendEnd(): void {
    this.#options.up.control(LAST_CHUNK.length);
    this.#write(LAST_CHUNK);
  }

  #write(bytes: Buffer): void {
    this.#options.up.socket(bytes.length);
    this.#socket.write(bytes);
  }

  #read(bytes: number): void {
    if (this.#isOver) return;
    const { buffer, down, ended } = this.#options;
    down.socket(bytes);
    try {
      for (const headBytes of this.#answer.push(buffer, bytes)) {
        down.head(headBytes);
        this.#isOver = true;
        this.#socket.end();
        ended();
      }
    } catch (error) {
      this.#fail(asStreamFailure(error));
    }
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
