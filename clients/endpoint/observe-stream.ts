// Opens one stream and notes all of it. Closes it where the dialect says that nothing follows and
// the server keeps the connection open.

import { DialectWatch } from '../../bench/contract/dialect-watch.ts';
import type { TransportEnd, WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { DialectId } from '../../bench/contract/dialects/dialect-ids.ts';
import type { Observation } from '../../bench/contract/probe.ts';
import type {
  EndpointFailure,
  EndpointHead,
  EndpointListener,
  EndpointRequest,
  WireFacts,
} from './endpoint-request.ts';
import { openEndpoint } from './open-endpoint.ts';

/** Events that are kept; a stream with more is closed. */
const MAX_EVENTS = 200_000;

/** Comments, pings and reads that are kept. */
const MAX_MARKS = 400_000;

/** For a server that says that nothing follows, to end the stream itself. */
const END_GRACE_MS = 2000;

interface ObserveOptions {
  /** Absent to find it out. */
  readonly dialect?: DialectId | undefined;
  readonly stopAfterEvents?: number | undefined;
  /** Closes the stream. */
  readonly signal: AbortSignal;
}

export async function observeStream(
  request: EndpointRequest,
  { signal, ...options }: ObserveOptions,
): Promise<Observation> {
  const startNs = process.hrtime.bigint();
  const now = (): number => Number(process.hrtime.bigint() - startNs);
  const { promise, resolve } = Promise.withResolvers<Observation>();
  const endpoint = openEndpoint(
    request,
    new StreamNotes(options, { close: () => endpoint.close(), ended: resolve }),
    now,
  );
  signal.addEventListener('abort', endpoint.close);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', endpoint.close);
  }
}

type Facts = { -readonly [Name in keyof Observation]?: Observation[Name] };

interface NotesEvents {
  /** The stream is to be closed. */
  readonly close: () => void;
  readonly ended: (observation: Observation) => void;
}

class StreamNotes implements EndpointListener {
  readonly #options: Omit<ObserveOptions, 'signal'>;
  readonly #events: NotesEvents;
  /** It is that of the last connection: a redirect begins anew. */
  #facts: Facts = {};
  readonly #reads: [number, number][] = [];
  readonly #heard: Observation['events'][number][] = [];
  readonly #commentsNs: number[] = [];
  readonly #pingsNs: number[] = [];
  #isTruncated = false;
  #watch: DialectWatch | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(options: Omit<ObserveOptions, 'signal'>, events: NotesEvents) {
    this.#options = options;
    this.#events = events;
  }

  onConnect(atNs: number): void {
    this.#facts = { connectNs: atNs };
  }

  onSecure(
    atNs: number,
    { protocol, alpn }: { readonly protocol: string; readonly alpn: string | undefined },
  ): void {
    this.#facts.secureNs = atNs;
    this.#facts.tls = { protocol, ...(alpn !== undefined && { alpn }) };
  }

  onSent(atNs: number): void {
    this.#facts.sentNs = atNs;
  }

  onHead(head: EndpointHead, atNs: number): void {
    this.#facts.headNs = atNs;
    this.#facts.head = head;
    const { framing, headers } = head;
    if (framing !== 'other')
      this.#watch = new DialectWatch({ framing, headers, dialect: this.#options.dialect });
  }

  onRead(atNs: number, bytes: number): void {
    if (this.#reads.length < MAX_MARKS) this.#reads.push([atNs, bytes]);
  }

  onEvent(event: WireEvent, atNs: number): void {
    const { stopAfterEvents = MAX_EVENTS } = this.#options;
    if (this.#heard.length === stopAfterEvents) {
      this.#isTruncated = true;
      this.#events.close();
      return;
    }
    this.#heard.push([atNs, event]);
    this.#watch?.read(event);
    if (this.#heard.length === this.#options.stopAfterEvents) this.#events.close();
    else if (this.#watch?.reader.isOver() === true)
      this.#grace ??= setTimeout(this.#events.close, END_GRACE_MS);
  }

  onComment(_text: string, atNs: number): void {
    if (this.#commentsNs.length < MAX_MARKS) this.#commentsNs.push(atNs);
  }

  onPing(atNs: number): void {
    if (this.#pingsNs.length < MAX_MARKS) this.#pingsNs.push(atNs);
  }

  onFailure(failure: EndpointFailure): void {
    this.#facts.failure = failure;
  }

  onEnd(end: TransportEnd, atNs: number, wire: WireFacts): void {
    clearTimeout(this.#grace);
    this.#events.ended({
      ...this.#facts,
      reads: this.#reads,
      events: this.#heard,
      commentsNs: this.#commentsNs,
      pingsNs: this.#pingsNs,
      isTruncated: this.#isTruncated,
      end,
      endNs: atNs,
      wire,
    });
  }
}
