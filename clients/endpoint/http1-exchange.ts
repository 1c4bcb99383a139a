// A request over HTTP/1.1 on a connection of its own.

import type { Socket } from 'node:net';
import type { EndpointFailure } from '../../bench/contract/endpoint.ts';
import { asInstant } from '../../bench/contract/units.ts';
import { AnswerHeadReader } from './answer-head.ts';
import { failureOf, socketFailure, type SocketPhase } from './endpoint-failure.ts';
import { openSocket } from './endpoint-socket.ts';
import type { Exchange, ExchangeEvents, ExchangeRequest, StartExchange } from './exchange.ts';
import { Http1Body } from './http1-body.ts';
import { renderHead } from './request-head.ts';

export const startHttp1: StartExchange = (request, events, now) =>
  new Http1Exchange(request, events, now);

class Http1Exchange implements Exchange {
  readonly #request: ExchangeRequest;
  readonly #events: ExchangeEvents;
  readonly #socket: Socket;
  readonly #head = new AnswerHeadReader();
  #body: Http1Body | undefined;
  #phase: SocketPhase = 'connecting';
  #bytesRead = 0;
  #isOver = false;

  constructor(request: ExchangeRequest, events: ExchangeEvents, now: () => number) {
    this.#request = request;
    this.#events = events;
    this.#socket = openSocket(
      request.socket,
      { now },
      {
        connected: (atNs) => {
          this.#phase = 'securing';
          if (!this.#isOver) events.connected(atNs);
        },
        secured: (atNs, tls) => {
          if (!this.#isOver) events.secured(atNs, tls);
        },
        opened: () => {
          if (this.#isOver) return;
          this.#phase = 'waiting';
          this.#socket.write(renderRequest(request));
          events.sent(now());
        },
        read: (buffer, length, atNs) => this.#read(buffer, length, atNs),
        ended: (error, atNs) => this.#ended(error, atNs),
      },
    );
  }

  readonly close = (): void => {
    this.#isOver = true;
    this.#socket.destroy();
  };

  readonly hasHalfMessage = (): boolean => false;
  readonly bytesRead = (): number => this.#bytesRead;
  readonly closeCode = (): undefined => undefined;

  readonly setPaused = (isPaused: boolean): void => {
    if (isPaused) this.#socket.pause();
    else this.#socket.resume();
  };

  #read(buffer: Buffer, length: number, atNs: number): void {
    if (this.#isOver) return;
    this.#bytesRead += length;
    try {
      const start = this.#body === undefined ? this.#readHead(buffer, length, atNs) : 0;
      if (start === undefined || this.#isOver) return;
      if (length > start) this.#events.read(length - start, atNs);
      this.#body?.push(buffer, start, length, asInstant(atNs));
    } catch (error) {
      this.#fail(failureOf(error), atNs);
    }
  }

  /** The index where the body begins. */
  #readHead(buffer: Buffer, length: number, atNs: number): number | undefined {
    const start = this.#head.push(buffer, 0, length);
    const { head } = this.#head;
    if (start === undefined || head === undefined) return undefined;
    this.#phase = 'reading';
    this.#body = new Http1Body(head, {
      body: (bytes, at) => {
        if (!this.#isOver) this.#events.body(bytes, at);
      },
      ended: (at) => this.#end(at),
    });
    this.#events.answered(head, atNs);
    return start;
  }

  #end(atNs: number): void {
    if (this.#isOver) return;
    this.close();
    this.#events.ended({ kind: 'in-order' }, atNs);
  }

  #ended(error: NodeJS.ErrnoException | undefined, atNs: number): void {
    if (this.#isOver) return;
    if (error === undefined && this.#body?.endsWithConnection === true) {
      this.close();
      const why = 'the body ended with the connection, which is no proof that it is whole';
      this.#events.ended({ kind: 'closed', why }, atNs);
      return;
    }
    const failure = socketFailure(error, {
      phase: this.#phase,
      authority: this.#request.url.host,
    });
    this.#fail(
      failure.cause === 'cut' && this.#body !== undefined
        ? { ...failure, message: `the connection ended ${this.#body.whereItStopped()}` }
        : failure,
      atNs,
    );
  }

  #fail(failure: EndpointFailure, atNs: number): void {
    if (this.#isOver) return;
    this.close();
    this.#events.failed(failure, atNs);
  }
}

function renderRequest(request: ExchangeRequest): Buffer {
  const body = request.body === undefined ? undefined : Buffer.from(request.body);
  const length: readonly (readonly [string, string])[] =
    body === undefined ? [] : [['content-length', String(body.length)]];
  const head = renderHead(request, [...request.headers, ...length]);
  return body === undefined ? head : Buffer.concat([head, body]);
}
