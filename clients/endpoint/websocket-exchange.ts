// A WebSocket to any server (RFC 6455): upgrade, messages both ways, pings answered, the closing
// handshake. Compression is not offered, so that what arrives is what the server wrote.

import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { EndpointFailure } from '../../bench/contract/endpoint.ts';
import { asInstant, KIB } from '../../bench/contract/units.ts';
import { quotedText } from '../../bench/contract/visible-text.ts';
import { AnswerHeadReader, type AnswerHead } from './answer-head.ts';
import {
  closeCodeFailure,
  endpointFailure,
  EndpointError,
  failureOf,
  socketFailure,
  type SocketPhase,
} from './endpoint-failure.ts';
import { openSocket } from './endpoint-socket.ts';
import type { Exchange, ExchangeEvents, ExchangeRequest, StartExchange } from './exchange.ts';
import { FrameReader } from './frame-reader.ts';
import { Http1Body } from './http1-body.ts';
import { closeFrame, maskedFrame } from '../masked-frame.ts';
import { renderHead } from './request-head.ts';

/** RFC 6455 §1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const NORMAL_CLOSURE = 1000;
/** Code that a close frame without one counts as (RFC 6455 §7.1.5). */
const NO_CODE = 1005;

/** Limit on answers to pings that the server does not read. */
const MAX_UNSENT_BYTES = 64 * KIB;

/** For a server that reads no goodbye. */
const LEAVE_TIMEOUT_MS = 1000;

export const startWebSocket: StartExchange = (request, events, now) =>
  new WebSocketExchange(request, events, now);

class WebSocketExchange implements Exchange {
  readonly #request: ExchangeRequest;
  readonly #events: ExchangeEvents;
  readonly #socket: Socket;
  readonly #key = randomBytes(16).toString('base64');
  readonly #head = new AnswerHeadReader();
  #frames: FrameReader | undefined;
  /** Body of an answer that is no upgrade. */
  #refusal: Http1Body | undefined;
  #phase: SocketPhase = 'connecting';
  #bytesRead = 0;
  #closeCode: number | undefined;
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
          this.#socket.write(upgradeRequest(request, this.#key));
          events.sent(now());
        },
        read: (buffer, length, atNs) => this.#read(buffer, length, atNs),
        ended: (error, atNs) => this.#ended(error, atNs),
      },
    );
  }

  readonly close = (): void => this.#leave(NORMAL_CLOSURE);

  readonly hasHalfMessage = (): boolean => this.#frames?.hasHalfMessage ?? false;
  readonly bytesRead = (): number => this.#bytesRead;
  readonly closeCode = (): number | undefined => this.#closeCode;

  readonly setPaused = (isPaused: boolean): void => {
    if (isPaused) this.#socket.pause();
    else this.#socket.resume();
  };

  /** Says goodbye where frames are spoken, and ends the connection. */
  #leave(code: number | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#frames === undefined || this.#socket.writableLength > MAX_UNSENT_BYTES) {
      this.#socket.destroy();
      return;
    }
    this.#socket.write(closeFrame(code));
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), LEAVE_TIMEOUT_MS).unref();
  }

  #read(buffer: Buffer, length: number, atNs: number): void {
    if (this.#isOver) return;
    this.#bytesRead += length;
    try {
      const start = this.#phase === 'reading' ? 0 : this.#readHead(buffer, length, atNs);
      if (start === undefined || this.#isOver) return;
      if (this.#refusal !== undefined) {
        this.#refusal.push(buffer, start, length, asInstant(atNs));
        return;
      }
      if (length > start) this.#events.read(length - start, atNs);
      this.#frames?.push(buffer, start, length, atNs);
    } catch (error) {
      const failure = failureOf(error);
      this.#fail(failure, atNs, error instanceof EndpointError ? error.replyCode : undefined);
    }
  }

  /** The index where frames, or the body of a refusal, begin. */
  #readHead(buffer: Buffer, length: number, atNs: number): number | undefined {
    const start = this.#head.push(buffer, 0, length);
    const { head } = this.#head;
    if (start === undefined || head === undefined) return undefined;
    this.#phase = 'reading';
    if (head.status !== 101) {
      this.#refusal = new Http1Body(head, {
        body: (bytes, at) => {
          if (!this.#isOver) this.#events.body(bytes, at);
        },
        ended: (at) => this.#endRefusal(at),
      });
      this.#events.refused(head, atNs);
      return start;
    }
    checkUpgrade(head, this.#key, this.#request.subprotocols);
    this.#frames = new FrameReader({
      message: (event, bytes, at) => {
        if (!this.#isOver) this.#events.message(event, bytes, at);
      },
      ping: (payload, at) => this.#answerPing(payload, at),
      closed: (code, reason, at) => this.#closed(code, reason, at),
    });
    this.#events.answered(head, atNs);
    for (const message of this.#request.messages)
      this.#socket.write(maskedFrame('text', Buffer.from(message)));
    return start;
  }

  #answerPing(payload: Buffer, atNs: number): void {
    if (this.#isOver) return;
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) {
      throw new EndpointError(
        endpointFailure('bad-framing', 'the server sends pings and does not read the answers'),
      );
    }
    this.#socket.write(maskedFrame('pong', payload));
    this.#events.ping(atNs);
  }

  /** Answers with the same code (RFC 6455 §5.5.1). */
  #closed(code: number | undefined, reason: string, atNs: number): void {
    if (this.#isOver) return;
    this.#closeCode = code ?? NO_CODE;
    this.#leave(code);
    if (code === NORMAL_CLOSURE) this.#events.ended({ kind: 'in-order' }, atNs);
    else if (code === undefined)
      this.#events.ended({ kind: 'closed', why: 'the server closed without a code' }, atNs);
    else this.#events.failed(closeCodeFailure(code, reason), atNs);
  }

  #ended(error: NodeJS.ErrnoException | undefined, atNs: number): void {
    if (this.#isOver) return;
    if (this.#refusal !== undefined) {
      this.#endRefusal(atNs);
      return;
    }
    const failure = socketFailure(error, {
      phase: this.#phase,
      authority: this.#request.url.host,
    });
    const isBare = failure.cause === 'cut' && this.#phase === 'reading';
    this.#fail(
      isBare ? { ...failure, message: 'the connection ended without a close frame' } : failure,
      atNs,
    );
  }

  /** However its body ends, the upgrade was refused. */
  #endRefusal(atNs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#events.ended({ kind: 'in-order' }, atNs);
  }

  #fail(failure: EndpointFailure, atNs: number, replyCode?: number): void {
    if (this.#isOver) return;
    if (replyCode === undefined) {
      this.#isOver = true;
      this.#socket.destroy();
    } else {
      this.#leave(replyCode);
    }
    this.#events.failed(failure, atNs);
  }
}

/** RFC 6455 §4.1. */
function upgradeRequest(request: ExchangeRequest, key: string): Buffer {
  return renderHead({ ...request, method: 'GET' }, [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', key],
    ...(request.subprotocols.length === 0
      ? []
      : [['sec-websocket-protocol', request.subprotocols.join(', ')] as const]),
    ...request.headers,
  ]);
}

/** RFC 6455 §4.1, the client's requirements on the answer. @throws EndpointError */
function checkUpgrade({ headers }: AnswerHead, key: string, subprotocols: readonly string[]): void {
  if (!hasToken(headers['upgrade'], 'websocket'))
    throw notUpgraded('upgrade', headers['upgrade'], 'websocket');
  if (!hasToken(headers['connection'], 'upgrade'))
    throw notUpgraded('connection', headers['connection'], 'upgrade');
  const accept = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
  if (headers['sec-websocket-accept'] !== accept)
    throw notUpgraded('sec-websocket-accept', headers['sec-websocket-accept'], accept);
  const agreed = headers['sec-websocket-protocol'];
  if (agreed !== undefined && !subprotocols.includes(agreed))
    throw notUpgraded('sec-websocket-protocol', agreed, subprotocols.join(' or ') || 'absent');
  const extension = headers['sec-websocket-extensions'];
  if (extension !== undefined && extension !== '')
    throw notUpgraded('sec-websocket-extensions', extension, 'absent');
}

function hasToken(value: string | undefined, token: string): boolean {
  return (
    value
      ?.toLowerCase()
      .split(/[\s,]+/)
      .includes(token) === true
  );
}

function notUpgraded(name: string, found: string | undefined, wanted: string): EndpointError {
  const seen = found === undefined ? 'absent' : quotedText(found, 80);
  return new EndpointError(
    endpointFailure('upgrade-refused', `status 101, but header ${name} is ${seen}, not ${wanted}`, {
      status: 101,
    }),
  );
}
