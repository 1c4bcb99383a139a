// The body of a stream: content coding off, cut into events by the framing that its type names,
// within limits.

import type { WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { EndpointFraming, WireFacts } from '../../bench/contract/endpoint.ts';
import { BodyDecoder } from './body-decoder.ts';
import { endpointFailure, EndpointError } from './endpoint-failure.ts';
import { EventStreamFramer } from './event-stream-framer.ts';
import { Excerpt } from './excerpt.ts';
import { LinesFramer } from './lines-framer.ts';

interface StreamBodyEvents {
  readonly event: (event: WireEvent, atNs: number) => void;
  readonly comment: (text: string, atNs: number) => void;
  /** The body cannot be read on. */
  readonly failed: (error: unknown, atNs: number) => void;
  /** What is no stream has all that a message quotes. */
  readonly excerpted: (atNs: number) => void;
  readonly setPaused: (isPaused: boolean) => void;
}

interface StreamBodyOptions {
  readonly framing: EndpointFraming;
  /** As the head names it. */
  readonly encoding: string | undefined;
  readonly maxBytes: number;
}

type BodyFacts = Pick<
  WireFacts,
  'hasHalfEvent' | 'hasInvalidUtf8' | 'lineEnds' | 'hasSpacedData' | 'contentEncoding'
>;

export class StreamBody {
  readonly #options: StreamBodyOptions;
  readonly #events: StreamBodyEvents;
  readonly #decoder: BodyDecoder | undefined;
  readonly #content: Content;
  #decodedBytes = 0;
  /** Stamp of the read that is being parsed. */
  #atNs = 0;

  /** @throws EndpointError bad-encoding for a content coding that is not known. */
  constructor(options: StreamBodyOptions, events: StreamBodyEvents) {
    this.#options = options;
    this.#events = events;
    const coding = options.encoding?.trim().toLowerCase() ?? '';
    this.#decoder =
      coding === '' || coding === 'identity'
        ? undefined
        : new BodyDecoder(coding, {
            decoded: (bytes, atNs) => this.#take(bytes, atNs),
            failed: events.failed,
            backlogged: events.setPaused,
          });
    this.#content = this.#contentOf(options.framing);
  }

  /**
   * `bytes` are only valid during the call.
   * @throws EndpointError
   */
  push(bytes: Buffer, atNs: number): void {
    // Framers and decoders keep what they cannot use yet, and the buffer is read into again.
    const kept = Buffer.from(bytes);
    if (this.#decoder === undefined) this.#take(kept, atNs);
    else this.#decoder.push(kept, atNs);
  }

  /** Calls back once all events have been handed on. */
  finish(onFinished: () => void): void {
    if (this.#decoder === undefined) onFinished();
    else this.#decoder.finish(onFinished);
  }

  facts(): BodyFacts {
    const { encoding } = this.#options;
    return { ...this.#content.facts(), ...(encoding !== undefined && { contentEncoding: encoding }) };
  }

  get excerpt(): string {
    return this.#content.excerpt?.() ?? '';
  }

  #take(bytes: Buffer, atNs: number): void {
    this.#decodedBytes += bytes.length;
    if (this.#decoder !== undefined && this.#decodedBytes > this.#options.maxBytes)
      throw new EndpointError(tooManyBytes(this.#options.maxBytes, 'decompressed bytes'));
    this.#atNs = atNs;
    this.#content.push(bytes);
  }

  #contentOf(framing: EndpointFraming): Content {
    const onEvent = (event: WireEvent): void => this.#events.event(event, this.#atNs);
    const onFailure = (cause: string, message: string): void => {
      throw new EndpointError(framingFailure(cause, message));
    };
    switch (framing) {
      case 'event-stream':
        return eventStreamContent({
          onEvent,
          onFailure,
          onComment: (text) => this.#events.comment(text, this.#atNs),
          onRetry: () => {},
        });
      case 'lines':
        return linesContent({ onEvent, onFailure });
      default:
        return excerptContent(() => this.#events.excerpted(this.#atNs));
    }
  }
}

interface Content {
  readonly push: (bytes: Buffer) => void;
  readonly facts: () => Omit<BodyFacts, 'contentEncoding'>;
  readonly excerpt?: () => string;
}

function eventStreamContent(
  listener: ConstructorParameters<typeof EventStreamFramer>[0],
): Content {
  const framer = new EventStreamFramer(listener);
  return {
    push: (bytes) => framer.push(bytes),
    facts: () => ({
      hasHalfEvent: framer.end().hasHalfEvent,
      hasInvalidUtf8: framer.hasInvalidUtf8,
      lineEnds: framer.lineEnds,
      ...spacing(framer),
    }),
  };
}

function spacing({
  spacedData,
  unspacedData,
}: {
  readonly spacedData: number;
  readonly unspacedData: number;
}): Pick<BodyFacts, 'hasSpacedData'> {
  if (spacedData + unspacedData === 0) return {};
  return { hasSpacedData: unspacedData === 0 ? true : spacedData === 0 ? false : 'some' };
}

function linesContent(listener: ConstructorParameters<typeof LinesFramer>[0]): Content {
  const framer = new LinesFramer(listener);
  return {
    push: (bytes) => framer.push(bytes),
    facts: () => ({
      hasHalfEvent: framer.end().hasHalfEvent,
      hasInvalidUtf8: framer.hasInvalidUtf8,
      lineEnds: framer.lineEnds,
    }),
  };
}

function excerptContent(onFull: () => void): Content {
  const excerpt = new Excerpt();
  return {
    push: (bytes) => {
      excerpt.push(bytes);
      if (excerpt.isFull) onFull();
    },
    facts: () => ({ hasHalfEvent: false, hasInvalidUtf8: false }),
    excerpt: () => excerpt.text,
  };
}

function framingFailure(cause: string, message: string): EndpointError['failure'] {
  return endpointFailure(cause === 'line-too-long' ? cause : 'bad-encoding', message);
}

export function tooManyBytes(maxBytes: number, what: string): EndpointError['failure'] {
  return endpointFailure('too-many-bytes', `more than ${maxBytes} ${what}`);
}
