// A request over HTTP/2 by node:http2, to which frames and flow control are left: reads are stamped
// when it hands on data, which is after it has parsed the frames.

import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { EndpointFailure } from '../../bench/contract/endpoint.ts';
import { messageOf } from '../../bench/contract/errors.ts';
import { visibleText } from '../../bench/contract/visible-text.ts';
import { CANCEL, errorName } from '../http2-errors.ts';
import { endpointFailure, failureOf, socketFailure, type SocketPhase } from './endpoint-failure.ts';
import { openSocket, type AgreedTls } from './endpoint-socket.ts';
import type { Exchange, ExchangeEvents, ExchangeRequest, StartExchange } from './exchange.ts';

export const startHttp2: StartExchange = (request, events, now) =>
  new Http2Exchange(request, events, now);

export const HTTP2 = 'h2';

class Http2Exchange implements Exchange {
  readonly #request: ExchangeRequest;
  readonly #events: ExchangeEvents;
  readonly #now: () => number;
  readonly #socket: Socket;
  #session: ClientHttp2Session | undefined;
  #stream: ClientHttp2Stream | undefined;
  #phase: SocketPhase = 'connecting';
  #bodyBytes = 0;
  /** The stream was ended by the server, as a whole answer is. */
  #hasEnded = false;
  #endedNs: number | undefined;
  /** The first cause is that of all that follow. */
  #why: string | undefined;
  #isOver = false;

  constructor(request: ExchangeRequest, events: ExchangeEvents, now: () => number) {
    this.#request = request;
    this.#events = events;
    this.#now = now;
    this.#socket = openSocket(
      request.socket,
      { now, isHandedOn: true },
      {
        connected: (atNs) => {
          this.#phase = 'securing';
          if (!this.#isOver) events.connected(atNs);
        },
        secured: (atNs, tls) => this.#secured(atNs, tls),
        opened: () => this.#open(),
        read: () => {},
        ended: (error, atNs) => {
          // Once there is a session, it says what became of the stream.
          if (this.#session === undefined) this.#fail(this.#socketFailure(error), atNs);
          else if (error !== undefined) this.#why ??= messageOf(error);
        },
      },
    );
  }

  readonly close = (): void => {
    this.#isOver = true;
    this.#stream?.close();
    this.#session?.destroy();
    this.#socket.destroy();
  };

  readonly hasHalfMessage = (): boolean => false;
  readonly bytesRead = (): number => this.#bodyBytes;
  readonly closeCode = (): undefined => undefined;

  readonly setPaused = (isPaused: boolean): void => {
    if (isPaused) this.#stream?.pause();
    else this.#stream?.resume();
  };

  #secured(atNs: number, tls: AgreedTls): void {
    if (this.#isOver) return;
    this.#events.secured(atNs, tls);
    if (tls.alpn === HTTP2) return;
    this.#fail(
      endpointFailure('tls-other', `the server chose ${tls.alpn ?? 'nothing'}, not h2 (ALPN)`, {
        hint: 'it does not speak HTTP/2 here: leave --http 2 out',
      }),
      atNs,
    );
  }

  #open(): void {
    if (this.#isOver) return;
    this.#phase = 'waiting';
    const { url, method, headers, body } = this.#request;
    const session = connect(url.origin, { createConnection: () => this.#socket });
    this.#session = session;
    session.on('error', (error) => (this.#why ??= messageOf(error)));
    session.on('goaway', (code) => (this.#why ??= `GOAWAY ${errorName(code)}`));
    const stream = session.request(
      {
        ...gathered(headers.filter(([name]) => name.toLowerCase() !== 'host')),
        ':method': method,
        ':path': `${url.pathname}${url.search}`,
        ':scheme': url.protocol.slice(0, -1),
        ':authority': hostOf(headers) ?? url.host,
      },
      { endStream: body === undefined },
    );
    this.#stream = stream;
    stream.on('response', (found) => this.#answer(found));
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    stream.on('end', () => {
      this.#hasEnded = true;
      this.#endedNs = this.#now();
    });
    stream.on('error', (error) => (this.#why ??= messageOf(error)));
    stream.on('close', () => this.#closed());
    if (body !== undefined) stream.end(body);
    this.#events.sent(this.#now());
  }

  #answer(found: IncomingHttpHeaders & { readonly ':status'?: number | undefined }): void {
    const atNs = this.#now();
    if (this.#isOver) return;
    this.#phase = 'reading';
    this.#guard(atNs, () =>
      this.#events.answered(
        { status: found[':status'] ?? 0, httpVersion: '2', headers: plainHeaders(found) },
        atNs,
      ),
    );
  }

  #read(bytes: Buffer): void {
    const atNs = this.#now();
    if (this.#isOver) return;
    this.#bodyBytes += bytes.length;
    this.#guard(atNs, () => {
      this.#events.read(bytes.length, atNs);
      this.#events.body(bytes, atNs);
    });
  }

  #guard(atNs: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(failureOf(error), atNs);
    }
  }

  /** A stream that the server has reset ends, too: only the code tells the two apart. */
  #closed(): void {
    if (this.#isOver) return;
    const atNs = this.#endedNs ?? this.#now();
    const code = this.#stream?.rstCode ?? 0;
    if (
      this.#hasEnded &&
      code === 0 &&
      this.#stream?.aborted !== true &&
      this.#phase === 'reading'
    ) {
      this.close();
      this.#events.ended({ kind: 'in-order' }, atNs);
      return;
    }
    const how = this.#why === undefined ? errorName(code) : visibleText(this.#why);
    const when = this.#phase === 'reading' ? 'in the middle' : 'before the server answered';
    // Node cancels the streams of a connection that has ended.
    const isReset = code !== 0 && code !== CANCEL;
    this.#fail(
      endpointFailure(isReset ? 'reset' : 'cut', `the HTTP/2 stream ended ${when} (${how})`),
      atNs,
    );
  }

  #socketFailure(error: NodeJS.ErrnoException | undefined): EndpointFailure {
    const failure = socketFailure(error, {
      phase: this.#phase,
      authority: this.#request.url.host,
    });
    return error?.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'
      ? { ...failure, hint: 'it does not speak HTTP/2 here: leave --http 2 out' }
      : failure;
  }

  #fail(failure: EndpointFailure, atNs: number): void {
    if (this.#isOver) return;
    this.close();
    this.#events.failed(failure, atNs);
  }
}

function hostOf(headers: ExchangeRequest['headers']): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
}

/** Names in lower case; repeated ones as lists. */
function gathered(headers: ExchangeRequest['headers']): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of headers) (all[name.toLowerCase()] ??= []).push(value);
  return all;
}

function plainHeaders(found: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(found)
      .filter(([name]) => !name.startsWith(':'))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
