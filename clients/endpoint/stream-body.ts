// The body of a stream: content coding off, cut into events by the framing that its type names,
// within limits.

import type { WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { EndpointFailure, EndpointFraming, WireFacts } from '../../bench/contract/endpoint.ts';
import { BodyDecoder } from './body-decoder.ts';
import { endpointFailure, EndpointError } from './endpoint-failure.ts';
import { EventStreamFramer } from './event-stream-framer.ts';
import { Excerpt } from './excerpt.ts';
import type { FramerListener } from './framer.ts';
import { LinesFramer } from './lines-framer.ts';

interface StreamBodyEvents {
  readonly event: (event: WireEvent, atNs: number) => void;
  readonly comment: (text: string, atNs: number) => void;
  /** The body cannot be read on. */
  readonly failed: (error: unknown, atNs: number) => void;
  /** An answer that is no stream has all that a message quotes. */
  readonly excerpted: (atNs: number) => void;
  readonly setPaused: (isPaused: boolean) => void;
}

interface StreamBodyOptions {
  readonly framing: EndpointFraming;
  /** As the head names it. */
  readonly encoding: string | undefined;
  readonly maxBytes: number;
}

type ContentFacts = Pick<
  WireFacts,
  'hasHalfEvent' | 'hasInvalidUtf8' | 'lineEnds' | 'hasSpacedData'
>;

export class StreamBody {
  readonly #maxBytes: number;
  readonly #encoding: string | undefined;
  readonly #decoder: BodyDecoder | undefined;
  readonly #content: Content;
  #decodedBytes = 0;
  /** Stamp of the read that is being parsed. */
  #atNs = 0;

  /** @throws EndpointError bad-encoding for a content coding that is not known. */
  constructor({ framing, encoding, maxBytes }: StreamBodyOptions, events: StreamBodyEvents) {
    this.#maxBytes = maxBytes;
    this.#encoding = encoding;
    const coding = encoding?.trim().toLowerCase() ?? '';
    this.#decoder =
      coding === '' || coding === 'identity'
        ? undefined
        : new BodyDecoder(coding, {
            decoded: (bytes, atNs) => this.#takeDecoded(bytes, atNs),
            failed: events.failed,
            backlogged: events.setPaused,
          });
    this.#content = contentOf(framing, {
      event: (event) => events.event(event, this.#atNs),
      comment: (text) => events.comment(text, this.#atNs),
      excerpted: () => events.excerpted(this.#atNs),
    });
  }

  /**
   * `bytes` are only valid during the call.
   * @throws EndpointError
   */
  push(bytes: Buffer, atNs: number): void {
    if (this.#decoder === undefined) this.#take(bytes, atNs);
    // It decodes later, and the buffer is read into again.
    else this.#decoder.push(Buffer.from(bytes), atNs);
  }

  /** Calls back once all events have been handed on. */
  finish(onFinished: () => void): void {
    const end = (): void => {
      this.#content.end();
      onFinished();
    };
    if (this.#decoder === undefined) end();
    else this.#decoder.finish(end);
  }

  /** They belong to a body that is finished. */
  facts(): ContentFacts & Pick<WireFacts, 'contentEncoding'> {
    return {
      ...this.#content.facts(),
      ...(this.#encoding !== undefined && { contentEncoding: this.#encoding }),
    };
  }

  /** The beginning of what is no stream. */
  get excerpt(): string {
    return this.#content.excerpt?.() ?? '';
  }

  #takeDecoded(bytes: Buffer, atNs: number): void {
    this.#decodedBytes += bytes.length;
    if (this.#decodedBytes > this.#maxBytes)
      throw new EndpointError(tooManyBytes(this.#maxBytes, 'decompressed bytes'));
    this.#take(bytes, atNs);
  }

  #take(bytes: Buffer, atNs: number): void {
    this.#atNs = atNs;
    this.#content.push(bytes);
  }
}

export function tooManyBytes(maxBytes: number, what: string): EndpointFailure {
  return endpointFailure('too-many-bytes', `more than ${maxBytes} ${what}`);
}

interface Content {
  /** @throws EndpointError */
  readonly push: (bytes: Buffer) => void;
  /** May hand on a last event. */
  readonly end: () => void;
  readonly facts: () => ContentFacts;
  readonly excerpt?: () => string;
}

interface ContentEvents {
  readonly event: (event: WireEvent) => void;
  readonly comment: (text: string) => void;
  readonly excerpted: () => void;
}

function contentOf(framing: EndpointFraming, events: ContentEvents): Content {
  const listener: FramerListener = {
    onEvent: events.event,
    onComment: events.comment,
    onRetry: () => {},
    onFailure: (_cause, message) => {
      throw new EndpointError(endpointFailure('line-too-long', message));
    },
  };
  switch (framing) {
    case 'event-stream':
      return framed(new EventStreamFramer(listener));
    case 'lines':
      return framed(new LinesFramer(listener));
    default:
      return excerpted(events.excerpted);
  }
}

function framed(framer: EventStreamFramer | LinesFramer): Content {
  let hasHalfEvent = false;
  return {
    push: (bytes) => framer.push(bytes),
    end: () => {
      ({ hasHalfEvent } = framer.end());
    },
    facts: () => ({
      hasHalfEvent,
      hasInvalidUtf8: framer.hasInvalidUtf8,
      lineEnds: { ...framer.lineEnds },
      ...spacing(framer),
    }),
  };
}

function spacing({
  spacedData,
  unspacedData,
}: EventStreamFramer | LinesFramer): Pick<ContentFacts, 'hasSpacedData'> {
  if (spacedData + unspacedData === 0) return {};
  return { hasSpacedData: unspacedData === 0 ? true : spacedData === 0 ? false : 'some' };
}

function excerpted(onFull: () => void): Content {
  const excerpt = new Excerpt();
  return {
    push: (bytes) => {
      excerpt.push(bytes);
      if (excerpt.isFull) onFull();
    },
    end: () => {},
    facts: () => ({ hasHalfEvent: false, hasInvalidUtf8: false }),
    excerpt: () => excerpt.text,
  };
}
