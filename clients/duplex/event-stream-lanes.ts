// The lanes of a session over HTTP: an event stream leads down, and requests on a connection beside
// it lead up.

import type { Socket } from 'node:net';
import { chunkBytes, textBytes } from '../../bench/contract/byte-model.ts';
import {
  DONE_MESSAGE,
  parseTextFrame,
  textFrameBytes,
  type Frame,
} from '../../bench/contract/duplex-frames.ts';
import type { Uplink } from '../../bench/contract/arms/uplink.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { ChunkedReader } from '../probe/chunked-reader.ts';
import { HttpResponseReader } from '../probe/http-response.ts';
import { openSocket } from '../probe/open-socket.ts';
import { SseReader } from '../probe/sse-reader.ts';
import { EVENT_STREAM } from '../probe/sse.ts';
import { getRequest } from '../request-target.ts';
import { asStreamFailure, protocolFailure, type StreamFailure } from '../stream-failure.ts';
import { refusedSession } from './control-text.ts';
import type { LaneOptions, Lanes, OpenLanes } from './lanes.ts';
import { openPosts } from './posts-lane.ts';
import { openUpload } from './upload-lane.ts';
import type { OpenUpLane, UpLane } from './up-lane.ts';

const upLanes: Readonly<Record<Uplink, OpenUpLane>> = { posts: openPosts, upload: openUpload };

const EVENT_LINES = 'data: \n\n'.length;
const LAST_CHUNK = '0\r\n\r\n'.length;

export const openEventStreamLanes =
  (uplink: Uplink): OpenLanes =>
  (options) =>
    new EventStreamLanes(options, uplink);

class EventStreamLanes implements Lanes {
  readonly #options: LaneOptions;
  readonly #response: HttpResponseReader;
  readonly #socket: Socket;
  readonly #up: UpLane;
  #isDone = false;
  #isDownEnded = false;
  #isUpEnded = false;
  #isOver = false;

  constructor(options: LaneOptions, uplink: Uplink) {
    this.#options = options;
    const { server, path, now, buffer } = options;
    this.#response = new HttpResponseReader({
      status: 200,
      accept: (head) => {
        options.down.head(head.headBytes);
        return new ChunkedReader(this.#events(), () => this.#endDown());
      },
    });
    this.#socket = openSocket(
      { ...server, path },
      { buffer, now },
      {
        read: (bytes, at) => this.#read(bytes, at),
        connected: () => undefined,
        opened: () => this.#request(),
        ended: (error) => this.#end(error),
        closed: () => this.#end(undefined),
        refused: (failure) => this.#fail(failure),
      },
    );
    this.#up = upLanes[uplink]({
      ...options,
      ended: () => {
        this.#isUpEnded = true;
        this.#endIfBoth();
      },
      failed: (failure) => this.#fail(failure),
    });
  }

  #request(): void {
    const { server, path, up } = this.#options;
    const request = Buffer.from(
      getRequest({ ...server, path }, { accept: EVENT_STREAM }),
      'latin1',
    );
    up.head(request.length);
    up.socket(request.length);
    this.#socket.write(request);
  }

  #events(): SseReader {
    const { down, events } = this.#options;
    return new SseReader((name, buffer, start, end, at) => {
      const text = buffer.toString('latin1', start, end);
      if (name === 'stream-error') throw refusedSession(text);
      if (name === 'done') {
        this.#isDone = true;
        const bytes = 'event: done\n'.length + EVENT_LINES + textBytes(DONE_MESSAGE);
        down.control(chunkBytes(bytes) + LAST_CHUNK);
        return;
      }
      const frame = parseTextFrame(text);
      if (frame === undefined) throw protocolFailure('an event that is no frame');
      const bytes = chunkBytes(EVENT_LINES + textFrameBytes(frame));
      if (frame.number === 0) down.large(bytes);
      else down.frame(bytes);
      events.frame(frame, at);
    });
  }

  send(frame: Frame): void {
    if (!this.#isOver) this.#up.send(frame);
  }

  endUp(): number {
    return this.#up.endUp();
  }

  #read(bytes: number, at: Instant): void {
    if (this.#isOver || this.#isDownEnded) return;
    this.#options.down.socket(bytes);
    try {
      this.#response.push(this.#options.buffer, 0, bytes, at);
    } catch (error) {
      this.#fail(asStreamFailure(error));
    }
  }

  #endDown(): void {
    if (!this.#isDone) throw protocolFailure('the event stream ended before `done`');
    this.#isDownEnded = true;
    this.#socket.destroy();
    this.#endIfBoth();
  }

  #endIfBoth(): void {
    if (!this.#isDownEnded || !this.#isUpEnded || this.#isOver) return;
    this.close();
    this.#options.events.done();
  }

  #end(error: NodeJS.ErrnoException | undefined): void {
    if (!this.#isOver && !this.#isDownEnded)
      this.#fail(this.#response.endedBy(error, 'before `done`'));
  }

  #fail(failure: StreamFailure): void {
    if (this.#isOver) return;
    this.close();
    this.#options.events.failed(failure);
  }

  close(): void {
    this.#isOver = true;
    this.#socket.destroy();
    this.#up.close();
  }
}
