// Requests beside a stream, on a connection of their own: one that was opened with the stream and has
// carried an answer since, or one that is opened for a request.

import type { Socket } from 'node:net';
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

interface SideEvents {
  /** A POST was answered with 200. */
  readonly answered: (at: Instant) => void;
  /** A POST was refused, or the connection broke; the warm-up alone is not told of. */
  readonly failed: (failure: StreamFailure) => void;
}

interface Request {
  readonly text: string;
  readonly isPost: boolean;
}

export class SideConnection {
  readonly #place: ServerPlace;
  readonly #now: () => Instant;
  readonly #events: SideEvents;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  /** Requests to send, one after another, as soon as the connection is open and free. */
  readonly #waiting: Request[] = [];
  #socket: Socket | undefined;
  /** The request whose answer is outstanding, and its reader. */
  #current: { readonly request: Request; readonly response: HttpResponseReader } | undefined;
  #isOpen = false;
  #hasPosted = false;

  constructor(place: ServerPlace, now: () => Instant, events: SideEvents) {
    this.#place = place;
    this.#now = now;
    this.#events = events;
  }

  /** Opens the connection, and has it carry a request and its answer. */
  warmUp(): void {
    this.#ask({ text: `GET ${WARM_UP_PATH} HTTP/1.1\r\n${this.#host}\r\n`, isPost: false });
  }

  /**
   * Sends it behind those before it, on a connection that is opened unless there is one. Returns its
   * bytes. @param json The body; none when absent.
   */
  post(path: string, json = ''): number {
    const type = json === '' ? '' : 'Content-Type: application/json\r\n';
    const bytes = Buffer.byteLength(json);
    const text = `POST ${path} HTTP/1.1\r\n${this.#host}${type}Content-Length: ${bytes}\r\n\r\n${json}`;
    this.#hasPosted = true;
    this.#ask({ text, isPost: true });
    return Buffer.byteLength(text);
  }

  close(): void {
    this.#socket?.destroy();
  }

  get #host(): string {
    return `Host: ${authorityOf(this.#place)}\r\n`;
  }

  #ask(request: Request): void {
    this.#waiting.push(request);
    if (this.#socket === undefined) this.#connect();
    else this.#send();
  }

  #connect(): void {
    const target: StreamTarget = { ...this.#place, path: WARM_UP_PATH };
    const failed = (error: NodeJS.ErrnoException | undefined): void => {
      if (this.#current !== undefined || this.#waiting.length > 0)
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
    if (!this.#isOpen || this.#current !== undefined) return;
    const request = this.#waiting.shift();
    if (request === undefined) return;
    this.#socket?.write(request.text);
    const response = new HttpResponseReader({
      status: 200,
      accept: ({ fields }) =>
        new LengthReader({ push: () => undefined }, Number(fields.get('content-length')), (at) => {
          this.#current = undefined;
          if (request.isPost) this.#events.answered(at);
          this.#send();
        }),
    });
    this.#current = { request, response };
  }

  #read(bytes: number, at: Instant): void {
    try {
      this.#current?.response.push(this.#buffer, 0, bytes, at);
    } catch (error) {
      this.#fail(asStreamFailure(error));
    }
  }

  #fail(failure: StreamFailure): void {
    this.#current = undefined;
    this.#waiting.length = 0;
    this.#socket?.destroy();
    if (this.#hasPosted) this.#events.failed(failure);
  }
}
