// A stream read by an EventSource, a client that reconnects by itself, when and as it likes. It is
// used as any program could use it, except for its dispatcher, through which we see what the API
// does not tell: when a socket was connected, and why a connection was lost.

import assert from 'node:assert/strict';
import type { Dispatcher } from 'undici';
import { canSpeak, type ClientStack } from '../../bench/contract/arms/stacks.ts';
import type { TransportId } from '../../bench/contract/arms/transports.ts';
import { apiEventNames } from '../../bench/contract/payload.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { asControlType, controlTypeOf, controlTypes, isControlText } from '../control-message.ts';
import { authorityOf } from '../request-target.ts';
import { protocolFailure, StreamFailure } from '../stream-failure.ts';
import type {
  ControlType,
  StreamClient,
  StreamClientOptions,
  StreamTarget,
} from '../stream-client.ts';
import { countHeadBytes } from './head-bytes.ts';
import { type LibraryStream, openStreams, type OpenedStream } from './library-stream.ts';
import { describeError, openStreamConnection } from './undici-client.ts';

/** Members that all implementations of EventSource have (WHATWG HTML §9.2.2). */
interface AnyEventSource {
  readonly readyState: number;
  addEventListener: (type: string, listener: (event: Event) => void) => void;
  close: () => void;
}

const CLOSED = 2;

type CreateEventSource = (url: string, dispatcher: Dispatcher) => AnyEventSource;

type OpenClient = (transport: TransportId, options: StreamClientOptions) => StreamClient;

/** @param create Must send every request through the dispatcher. */
export function openEventSources(stack: ClientStack, create: CreateEventSource): OpenClient {
  return (transport, options) => {
    assert(canSpeak(stack, transport), `client stack ${stack} does not speak ${transport}`);
    return {
      ...openStreams((stream, target) => openEventSource(stream, target, create), options),
      // Left out on purpose: only the EventSource may decide that a silent connection is dead,
      // which it never does.
      bytesRead: () => undefined,
    };
  };
}

/**
 * Ignores `target.resumeAfter`: the API takes no cursor, an EventSource only remembers what it has
 * received itself.
 */
function openEventSource(
  stream: LibraryStream,
  target: StreamTarget,
  create: CreateEventSource,
): OpenedStream {
  const attempt = new Attempt();
  const { client, close } = openStreamConnection(stream, target);
  const dispatcher = client.compose(
    (dispatch) => (options, handler) => dispatch(options, attempt.watch(handler)),
  );
  const source = create(`http://${authorityOf(target)}${target.path}`, dispatcher);
  const listen = (type: string, hear: (data: string | undefined) => void): void =>
    source.addEventListener(type, (event) => {
      try {
        // Our control event `open` has the name of the API's own event, which carries no data; an
        // event `error` would, too.
        hear('data' in event ? String(event.data) : undefined);
      } catch (error) {
        stream.fail(error, stream.now());
      }
    });

  const hearControl = (type: ControlType, text: string, at: Instant): void => {
    stream.control(type, text, at);
    // Without a close now, the EventSource would reconnect again and again, for ever.
    if (type === 'done') stream.end(at);
  };
  const hearPayload = (data = ''): void => {
    const at = stream.now();
    // An API's event stream does not name it.
    if (isControlText(data)) hearControl(controlTypeOf(data), data, at);
    else stream.token(data, at);
  };
  // Events of any other name are lost: the API cannot listen for all names.
  for (const name of ['message', ...apiEventNames]) listen(name, hearPayload);
  for (const type of controlTypes) {
    listen(type, (data) => {
      const at = stream.now();
      // No connect precedes it on a connection that was kept, after a response that ended in good
      // order.
      if (data === undefined) stream.accept(attempt.headBytes, at);
      else hearControl(type, data, at);
    });
  }
  listen('error', (data) => {
    const at = stream.now();
    // An `error` event from the server, which is not part of the protocol: throws.
    if (data !== undefined) asControlType('error');
    if (source.readyState === CLOSED)
      stream.fail(
        attempt.failure() ?? protocolFailure('the EventSource closed without a reason'),
        at,
      );
    else
      stream.lost(
        attempt.failure() ?? new StreamFailure('closed-early', 'the response ended before `done`'),
        at,
      );
  });

  const closeBoth = (): void => {
    source.close();
    close();
  };
  // Nothing in the API stops the reading.
  return { close: closeBoth, pause: () => {}, unpause: () => {} };
}

/** Outcome of the EventSource's latest request. */
class Attempt {
  headBytes = 0;
  #status: number | undefined;
  #reason = '';
  #contentType = '';
  #error: NodeJS.ErrnoException | undefined;

  /** Returns undefined when the response was an event stream that ended in good order. */
  failure(): StreamFailure | undefined {
    if (this.#error !== undefined) return describeError(this.#error);
    if (this.#status === undefined) return undefined;
    if (this.#status !== 200)
      return new StreamFailure(
        `http-${this.#status}`,
        `the server answered ${this.#status} ${this.#reason}`,
      );
    return this.#contentType.startsWith('text/event-stream')
      ? undefined
      : protocolFailure(`content-type is ${this.#contentType || 'none'}`);
  }

  /** Begins an attempt: observes its events and passes them on to `handler`. */
  watch(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    this.#status = undefined;
    this.#error = undefined;
    return {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, fields, socket) =>
        handler.onRequestUpgrade?.(controller, status, fields, socket),
      onResponseStart: (controller, status, fields, reason = '') => {
        if (status >= 200) {
          const rawFields = ((controller.rawHeaders ?? []) as Buffer[]).map((part) =>
            part.toString('latin1'),
          );
          this.headBytes = countHeadBytes({ status, reason, rawFields });
          this.#status = status;
          this.#reason = reason;
          this.#contentType = String(fields['content-type'] ?? '').toLowerCase();
        }
        return handler.onResponseStart?.(controller, status, fields, reason);
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => {
        this.#error = error;
        return handler.onResponseError?.(controller, error);
      },
      onResponseStarted: () => handler.onResponseStarted?.(),
      onBodySent: (chunk) => handler.onBodySent?.(chunk),
      onRequestSent: () => handler.onRequestSent?.(),
    };
  }
}
