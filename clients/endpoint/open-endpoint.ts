// Opens one stream of any server and reads it to its end, within limits of time and size. What
// differs between protocols is an exchange; here is what is the same for all.

import type { TransportEnd, WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type {
  EndpointFailure,
  EndpointFraming,
  EndpointRequest,
  WireFacts,
} from '../../bench/contract/endpoint.ts';
import { contentTypeOf, type AnswerHead } from './answer-head.ts';
import { contentFailure, failureOf, statusFailure } from './endpoint-failure.ts';
import type { EndpointListener, OpenedEndpoint, OpenEndpoint } from './endpoint-request.ts';
import { exchangeRequestOf } from './exchange-request.ts';
import type { Exchange, ExchangeEvents, ExchangeRequest, StartExchange } from './exchange.ts';
import { framingOf, isSuccess } from './framing-of.ts';
import { startHttp1 } from './http1-exchange.ts';
import { startHttp2 } from './http2-exchange.ts';
import { isRedirect, redirected } from './redirect.ts';
import { isWebSocket } from './socket-target.ts';
import { StreamBody, tooManyBytes } from './stream-body.ts';
import { isTimeout, silenceFailure, tooLongFailure, type Stage } from './time-limits.ts';
import { startWebSocket } from './websocket-exchange.ts';

/** For the body of a refusal, which may never end: enough to quote it. */
const REFUSAL_WAIT_MS = 2000;

/** Node's limit of a timer: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @throws BenchError USAGE when the request is none that can be sent. */
export const openEndpoint: OpenEndpoint = (request, listener, now) =>
  new EndpointStream(request, listener, now);

class EndpointStream implements OpenedEndpoint {
  readonly #request: EndpointRequest;
  readonly #listener: EndpointListener;
  readonly #now: () => number;
  readonly #start: StartExchange;
  #asked: ExchangeRequest;
  #exchange: Exchange;
  #redirects = 0;
  #stage: Stage = 'connecting';
  #body: StreamBody | undefined;
  /** In stage `refused`: the failure, once as much of the body has come as is quoted. */
  #refusal: ((excerpt: string) => EndpointFailure) | undefined;
  /** A body that turned out to be damaged while the end waited for it. */
  #lateFailure: EndpointFailure | undefined;
  #isReading = false;
  #bytesRead = 0;
  #bodyBytes = 0;
  #reads = 0;
  #events = 0;
  readonly #silence: NodeJS.Timeout;
  readonly #total: NodeJS.Timeout;
  #refusalWait: NodeJS.Timeout | undefined;

  constructor(request: EndpointRequest, listener: EndpointListener, now: () => number) {
    this.#request = request;
    this.#listener = listener;
    this.#now = now;
    this.#asked = exchangeRequestOf(request);
    this.#start = protocolOf(this.#asked.url, request);
    this.#silence = setTimeout(() => this.#fallSilent(), Math.min(request.timeoutMs, MAX_TIMER_MS));
    this.#total = setTimeout(
      () => this.#takeTooLong(),
      Math.min(request.totalTimeoutMs, MAX_TIMER_MS),
    );
    this.#exchange = this.#start(this.#asked, this.#exchangeEvents(), now);
  }

  /** Within a call to the listener, what the same read brought is handed on before the end. */
  readonly close = (): void => {
    const atNs = this.#now();
    const conclude = (): void => this.#conclude({ kind: 'by-client' }, atNs);
    // A read is worked off without a turn in between.
    if (this.#isReading) queueMicrotask(conclude);
    else conclude();
  };

  #exchangeEvents(): ExchangeEvents {
    const listener = this.#listener;
    return {
      connected: (atNs) => {
        this.#silence.refresh();
        listener.onConnect(atNs);
      },
      secured: (atNs, tls) => {
        this.#silence.refresh();
        listener.onSecure(atNs, tls);
      },
      sent: (atNs) => {
        this.#stage = 'waiting';
        this.#silence.refresh();
        listener.onSent(atNs);
      },
      answered: (head, atNs) => this.#take(atNs, () => this.#answer(head, atNs)),
      refused: (head, atNs) => this.#take(atNs, () => this.#refuseUpgrade(head, atNs)),
      read: (bytes, atNs) => {
        this.#silence.refresh();
        if (this.#stage !== 'streaming') return;
        this.#reads++;
        listener.onRead(atNs, bytes);
      },
      body: (bytes, atNs) =>
        this.#take(atNs, () => {
          if (this.#hasRoom(bytes.length, atNs)) this.#body?.push(bytes, atNs);
        }),
      message: (event, bytes, atNs) =>
        this.#take(atNs, () => {
          if (this.#hasRoom(bytes, atNs)) this.#takeEvent(event, atNs);
        }),
      ping: (atNs) => listener.onPing(atNs),
      ended: (end, atNs) => this.#conclude(end, atNs),
      failed: (failure, atNs) => this.#fail(failure, atNs),
    };
  }

  /** Bytes that cannot be read end the stream; a listener that throws is no fault of the server. */
  #take(atNs: number, act: () => void): void {
    this.#isReading = true;
    try {
      act();
    } catch (error) {
      this.#fail(failureOf(error), atNs);
    } finally {
      this.#isReading = false;
    }
  }

  #hasRoom(bytes: number, atNs: number): boolean {
    const { maxBytes } = this.#request;
    this.#bodyBytes += bytes;
    if (this.#bodyBytes <= maxBytes) return true;
    this.#fail(tooManyBytes(maxBytes, 'bytes'), atNs);
    return false;
  }

  #answer(head: AnswerHead, atNs: number): void {
    this.#silence.refresh();
    const isUpgraded = isWebSocket(this.#asked.url);
    if (isRedirect(head) && !isUpgraded) {
      this.#follow(head);
      return;
    }
    const contentType = contentTypeOf(head.headers);
    const framing = isUpgraded ? 'messages' : framingOf(head.status, contentType);
    this.#listener.onHead({ ...head, contentType, framing }, atNs);
    if (framing === 'other') {
      this.#refuse(head, (excerpt) =>
        isSuccess(head.status)
          ? contentFailure({ contentType, excerpt })
          : statusFailure({ ...head, excerpt, isUpgrade: false }),
      );
      return;
    }
    this.#stage = 'streaming';
    if (framing !== 'messages') this.#body = this.#bodyOf(head, framing);
  }

  #refuseUpgrade(head: AnswerHead, atNs: number): void {
    const contentType = contentTypeOf(head.headers);
    this.#listener.onHead({ ...head, contentType, framing: 'other' }, atNs);
    this.#refuse(head, (excerpt) => statusFailure({ ...head, excerpt, isUpgrade: true }));
  }

  #refuse(head: AnswerHead, refusal: (excerpt: string) => EndpointFailure): void {
    this.#stage = 'refused';
    this.#refusal = refusal;
    this.#refusalWait = setTimeout(
      () => this.#concludeRefusal(this.#now()),
      Math.min(REFUSAL_WAIT_MS, this.#request.timeoutMs),
    );
    this.#body = this.#bodyOf(head, 'other');
  }

  #bodyOf({ headers }: AnswerHead, framing: EndpointFraming): StreamBody {
    return new StreamBody(
      { framing, encoding: headers['content-encoding'], maxBytes: this.#request.maxBytes },
      {
        event: (event, atNs) => this.#takeEvent(event, atNs),
        comment: (text, atNs) => this.#listener.onComment(text, atNs),
        failed: (error, atNs) => this.#fail(failureOf(error), atNs),
        excerpted: (atNs) => this.#concludeRefusal(atNs),
        setPaused: (isPaused) => {
          if (this.#stage !== 'over') this.#exchange.setPaused(isPaused);
        },
      },
    );
  }

  /** @throws EndpointError redirect-refused */
  #follow(head: AnswerHead): void {
    const next = redirected(this.#asked, {
      head,
      count: this.#redirects,
      request: this.#request,
    });
    this.#redirects++;
    this.#bytesRead += this.#exchange.bytesRead();
    this.#exchange.close();
    this.#asked = next;
    this.#stage = 'connecting';
    this.#exchange = this.#start(next, this.#exchangeEvents(), this.#now);
  }

  #takeEvent(event: WireEvent, atNs: number): void {
    this.#events++;
    this.#listener.onEvent(event, atNs);
  }

  /** A refusal is the failure by itself: #conclude sees to it. */
  #fallSilent(): void {
    this.#fail(silenceFailure(this.#progress(), this.#request.timeoutMs), this.#now());
  }

  #takeTooLong(): void {
    this.#fail(tooLongFailure(this.#progress(), this.#request.totalTimeoutMs), this.#now());
  }

  #progress(): { readonly stage: Stage; readonly events: number; readonly bodyBytes: number } {
    return { stage: this.#stage, events: this.#events, bodyBytes: this.#bodyBytes };
  }

  #concludeRefusal(atNs: number): void {
    const refusal = this.#refusal;
    if (refusal !== undefined) this.#fail(refusal(this.#body?.excerpt ?? ''), atNs);
  }

  #fail(failure: EndpointFailure, atNs: number): void {
    if (this.#stage === 'over') {
      this.#lateFailure ??= failure;
      return;
    }
    this.#conclude(endOf(failure), atNs, failure);
  }

  /** Decoding takes turns of the thread pool: what came before the end is handed on before it. */
  #conclude(end: TransportEnd, atNs: number, failure?: EndpointFailure): void {
    if (this.#stage === 'over') return;
    // A refusal is the failure by itself, however its body ends.
    const refusal =
      this.#stage === 'refused' && end.kind !== 'by-client' ? this.#refusal : undefined;
    this.#stage = 'over';
    clearTimeout(this.#silence);
    clearTimeout(this.#total);
    clearTimeout(this.#refusalWait);
    this.#bytesRead += this.#exchange.bytesRead();
    this.#exchange.close();
    const report = (): void => {
      const late = end.kind === 'by-client' ? undefined : this.#lateFailure;
      const found = refusal?.(this.#body?.excerpt ?? '') ?? failure ?? late;
      if (found !== undefined) this.#listener.onFailure(found, atNs);
      this.#listener.onEnd(found === undefined ? end : endOf(found), atNs, this.#facts(found));
    };
    if (this.#body === undefined) report();
    else this.#body.finish(report);
  }

  #facts(failure: EndpointFailure | undefined): WireFacts {
    const closeCode = this.#exchange.closeCode();
    return {
      bytesRead: this.#bytesRead,
      bodyBytes: this.#bodyBytes,
      reads: this.#reads,
      hasHalfEvent: this.#exchange.hasHalfMessage(),
      // Text of a message that is no UTF-8 ends a WebSocket.
      hasInvalidUtf8: failure?.cause === 'bad-encoding',
      ...this.#body?.facts(),
      ...(closeCode !== undefined && { closeCode }),
    };
  }
}

function protocolOf(url: URL, { http = 1 }: EndpointRequest): StartExchange {
  if (isWebSocket(url)) return startWebSocket;
  return http === 2 ? startHttp2 : startHttp1;
}

function endOf(failure: EndpointFailure): TransportEnd {
  return { kind: isTimeout(failure) ? 'timeout' : 'cut', why: failure.message };
}
