// Stops a stream by a request of its own, on a connection beside that of the stream: one that was
// opened with the stream and has carried an answer since, or one that is opened for it.

import type { Socket } from 'node:net';
import { cancelPathOf } from '../../bench/contract/control-events.ts';
import { KIB, type Instant } from '../../bench/contract/units.ts';
import { authorityOf } from '../request-target.ts';
import type { ServerPlace, StreamTarget } from '../stream-client.ts';
import { asStreamFailure, socketFailure, type StreamFailure } from '../stream-failure.ts';
import { HttpResponseReader } from './http-response.ts';
import { LengthReader } from './length-reader.ts';
import { openSocket } from './open-socket.ts';

/** Answers are a few hundred bytes. */
const READ_BYTES = 4 * KIB;
const WARM_UP_PATH = '/healthz';

interface StopRequestEvents {
  readonly answered: (at: Instant) => void;
  readonly failed: (failure: StreamFailure) => void;
}

export class StopRequest {
  readonly #place: ServerPlace;
  readonly #now: () => Instant;
  readonly #events: StopRequestEvents;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  #socket: Socket | undefined;
  #response: HttpResponseReader | undefined;
  /** The request to send as soon as the connection is open and free. */
  #waiting: string | undefined;
  #isOpen = false;
  #isStop = false;

  constructor(place: ServerPlace, now: () => Instant, events: StopRequestEvents) {
    this.#place = place;
    this.#now = now;
    this.#events = events;
  }

  /** Opens the connection, and has it carry a request and its answer. */
  warmUp(): void {
    this.#waiting = `GET ${WARM_UP_PATH} HTTP/1.1\r\nHost: ${authorityOf(this.#place)}\r\n\r\n`;
    this.#connect();
  }

  /** Returns the bytes of the request. */
  stop(streamId: string): number {
    const request = `POST ${cancelPathOf(streamId)} HTTP/1.1\r\nHost: ${authorityOf(this.#place)}\r\nContent-Length: 0\r\n\r\n`;
    this.#isStop = true;
    this.#waiting = request;
    if (this.#socket === undefined) this.#connect();
    else this.#send();
    return request.length;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connect(): void {
    const target: StreamTarget = { ...this.#place, path: WARM_UP_PATH };
    const failed = (error: NodeJS.ErrnoException | undefined): void => {
      if (this.#response !== undefined || this.#waiting !== undefined)
        this.#fail(socketFailure(error, 'before the answer was whole'));
    };
    this.#socket = openSocket(
      target,
      { buffer: this.#buffer, now: this.#now },
      {
        read: (bytes, at) => this.#read(bytes, at),
        connected: () => undefined,
        opened: () => {
          this.#isOpen = true;
          this.#send();
        },
        ended: failed,
        closed: () => undefined,
        refused: (failure) => this.#fail(failure),
      },
    );
  }

  #send(): void {
    if (!this.#isOpen || this.#response !== undefined || this.#waiting === undefined) return;
    this.#socket?.write(this.#waiting, 'latin1');
    this.#waiting = undefined;
    const isStop = this.#isStop;
    this.#response = new HttpResponseReader({
      status: 200,
      accept: ({ fields }) =>
        new LengthReader({ push: () => undefined }, Number(fields.get('content-length')), (at) => {
          this.#response = undefined;
          if (isStop) this.#events.answered(at);
          // A stop that came before the answer to the first request.
          else this.#send();
        }),
    });
  }

  #read(bytes: number, at: Instant): void {
    try {
      this.#response?.push(this.#buffer, 0, bytes, at);
    } catch (error) {
      this.#fail(asStreamFailure(error));
    }
  }

  #fail(failure: StreamFailure): void {
    this.#response = undefined;
    this.#waiting = undefined;
    this.#socket?.destroy();
    if (this.#isStop) this.#events.failed(failure);
  }
}
