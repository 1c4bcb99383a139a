// Opens one stream and notes all of it. Closes it where the dialect says that nothing follows and
// the server keeps the connection open.

import { DialectWatch } from '../../bench/contract/dialect-watch.ts';
import type { DialectId } from '../../bench/contract/dialects/dialect-ids.ts';
import type { EndpointFraming } from '../../bench/contract/endpoint.ts';
import type { Observation } from '../../bench/contract/probe.ts';
import type { EndpointRequest } from './endpoint-request.ts';
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

type Notes = { -readonly [Name in keyof Observation]?: Observation[Name] };

export async function observeStream(
  request: EndpointRequest,
  { dialect, stopAfterEvents = MAX_EVENTS, signal }: ObserveOptions,
): Promise<Observation> {
  const startNs = process.hrtime.bigint();
  const now = (): number => Number(process.hrtime.bigint() - startNs);
  let notes: Notes = {};
  let reads: [number, number][] = [];
  const events: Observation['events'][number][] = [];
  const commentsNs: number[] = [];
  const pingsNs: number[] = [];
  let watch: DialectWatch | undefined;
  let grace: NodeJS.Timeout | undefined;
  const note = (marks: number[], atNs: number): void => {
    if (marks.length < MAX_MARKS) marks.push(atNs);
  };
  return await new Promise<Observation>((resolve) => {
    const endpoint = openEndpoint(
      request,
      {
        // A redirect begins anew: what is told is of the last connection.
        onConnect: (atNs) => {
          notes = { connectNs: atNs };
          reads = [];
        },
        onSecure: (atNs, { protocol, alpn }) => {
          notes.secureNs = atNs;
          notes.tls = { protocol, ...(alpn !== undefined && { alpn }) };
        },
        onSent: (atNs) => (notes.sentNs = atNs),
        onHead: (head, atNs) => {
          notes.headNs = atNs;
          notes.head = head;
          watch = watchOf(head.framing, head.headers, dialect);
        },
        onRead: (atNs, bytes) => {
          if (reads.length < MAX_MARKS) reads.push([atNs, bytes]);
        },
        onEvent: (event, atNs) => {
          if (events.length >= stopAfterEvents) {
            notes.isTruncated = true;
            endpoint.close();
            return;
          }
          events.push([atNs, event]);
          watch?.read(event);
          if (events.length === stopAfterEvents && stopAfterEvents < MAX_EVENTS) endpoint.close();
          else if (watch?.reader.isOver() === true)
            grace ??= setTimeout(() => endpoint.close(), END_GRACE_MS);
        },
        onComment: (_text, atNs) => note(commentsNs, atNs),
        onPing: (atNs) => note(pingsNs, atNs),
        onFailure: (failure) => (notes.failure = failure),
        onEnd: (end, atNs, wire) => {
          clearTimeout(grace);
          signal.removeEventListener('abort', endpoint.close);
          resolve({
            ...notes,
            reads,
            events,
            commentsNs,
            pingsNs,
            isTruncated: notes.isTruncated ?? false,
            end,
            endNs: atNs,
            wire,
          });
        },
      },
      now,
    );
    signal.addEventListener('abort', endpoint.close);
  });
}

function watchOf(
  framing: EndpointFraming,
  headers: Readonly<Record<string, string>>,
  dialect: DialectId | undefined,
): DialectWatch | undefined {
  return framing === 'other' ? undefined : new DialectWatch({ framing, headers, dialect });
}
