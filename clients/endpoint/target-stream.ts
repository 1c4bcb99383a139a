// One stream of a target: asked for once, read by its dialect, judged at its end. Times are those of
// reads, taken before parsing.

import type { Completeness, WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { EndpointFailure, EndpointRequest } from '../../bench/contract/endpoint.ts';
import type { DialectId } from '../../bench/contract/dialects/dialect-ids.ts';
import type { ObservedStream } from '../../bench/contract/recording/record-stream.ts';
import type { Target, TargetStream } from '../../bench/contract/target.ts';
import { openEndpoint } from './open-endpoint.ts';
import { StreamReading } from './read-dialect.ts';

export interface EndedStream {
  readonly record: TargetStream;
  readonly dialect: DialectId | undefined;
  readonly httpVersion: string | undefined;
  readonly completeness: Completeness | undefined;
  readonly failure: EndpointFailure | undefined;
  readonly interTokenNs: readonly number[];
  readonly interChunkNs: readonly number[];
  readonly content: string;
  /** All that came, ns since its start; undefined unless it is recorded. */
  readonly observed: ObservedStream | undefined;
}

interface StreamOrder {
  readonly target: Pick<Target, 'dialect' | 'pointers'>;
  readonly request: EndpointRequest;
  readonly plannedNs: number;
  readonly now: () => number;
  /** An event brought text. */
  readonly onToken: () => void;
  /** Set for a stream that is recorded: called with each event that is kept. */
  readonly onKept?: ((event: WireEvent) => void) | undefined;
}

/** A stream has seen this so far. */
type Times = {
  -readonly [
    Name in
      | 'connectNs'
      | 'secureNs'
      | 'headNs'
      | 'firstByteNs'
      | 'firstEventNs'
      | 'firstTokenNs'
      | 'firstContentNs'
      | 'lastTokenNs'
  ]?: number;
};

/** Gaps kept of one stream: those of an hour at 50 tokens/s. */
const MOST_GAPS = 200_000;

/** Opens a stream, which calls back once, when it has ended. */
export function openTargetStream(
  { target, request, plannedNs, now, onToken, onKept }: StreamOrder,
  onEnd: (ended: EndedStream) => void,
): { readonly close: () => void } {
  const startNs = now();
  const times: Times = {};
  const counts = { reads: 0, events: 0, tokenEvents: 0 };
  const gaps = { interTokenNs: [] as number[], interChunkNs: [] as number[] };
  let lastReadNs: number | undefined;
  let outputTokens: number | undefined;
  let failure: EndpointFailure | undefined;
  let httpVersion: string | undefined;
  const kept = onKept && {
    head: undefined as ObservedStream['head'],
    sentNs: undefined as number | undefined,
    reads: [] as [number, number][],
    events: [] as [number, WireEvent][],
  };

  const reading = new StreamReading(target, (signs, atNs) => {
    let hasText = false;
    for (const sign of signs) {
      if (sign.kind === 'usage' && sign.outputTokens !== undefined)
        outputTokens = sign.outputTokens;
      if (sign.kind !== 'token' || sign.text === '') continue;
      hasText = true;
      if (sign.channel === 'content') times.firstContentNs ??= atNs;
    }
    if (!hasText) return;
    counts.tokenEvents++;
    onToken();
    times.firstTokenNs ??= atNs;
    if (times.lastTokenNs !== undefined) keep(gaps.interTokenNs, atNs - times.lastTokenNs);
    times.lastTokenNs = atNs;
  });

  const endpoint = openEndpoint(
    request,
    {
      onConnect: (atNs) => (times.connectNs = atNs),
      onSecure: (atNs) => (times.secureNs = atNs),
      onSent: (atNs) => {
        if (kept !== undefined) kept.sentNs = atNs - startNs;
      },
      onHead: (head, atNs) => {
        times.headNs = atNs;
        httpVersion = head.httpVersion;
        if (kept !== undefined) kept.head = head;
        reading.head({
          headers: head.headers,
          framing: head.framing === 'other' ? 'event-stream' : head.framing,
        });
      },
      onRead: (atNs, bytes) => {
        counts.reads++;
        kept?.reads.push([atNs - startNs, bytes]);
        times.firstByteNs ??= atNs;
        if (lastReadNs !== undefined) keep(gaps.interChunkNs, atNs - lastReadNs);
        lastReadNs = atNs;
      },
      onEvent: (event, atNs) => {
        counts.events++;
        times.firstEventNs ??= atNs;
        if (kept !== undefined) {
          kept.events.push([atNs - startNs, event]);
          onKept?.(event);
        }
        reading.event(event, atNs);
        // A socket of messages stays open for the next turn: the dialect says when this one is over.
        if (reading.isOver()) closeSocket();
      },
      onComment: () => undefined,
      onPing: () => undefined,
      onFailure: (one) => (failure = one),
      onEnd: (end, endNs, wire) => {
        const completeness = reading.judge(end, { hasHalfEvent: wire.hasHalfEvent });
        const isWhole = failure === undefined && completeness?.isWhole === true;
        onEnd({
          record: {
            plannedNs,
            startNs,
            ...times,
            endNs,
            bytesRead: wire.bytesRead,
            ...counts,
            ...(outputTokens !== undefined && { outputTokens }),
            isWhole: isWhole && counts.tokenEvents > 0,
            ...(completeness?.reached !== undefined && { reached: completeness.reached }),
            checkable: completeness?.checkable ?? 0,
          },
          dialect: reading.dialect,
          httpVersion,
          completeness,
          failure,
          ...gaps,
          content: reading.text(),
          observed: kept && observedOf(kept, { end, endNs: endNs - startNs, failure }),
        });
      },
    },
    now,
  );
  const isSocket = /^wss?:/.test(request.url);
  function closeSocket(): void {
    if (isSocket) endpoint.close();
  }
  return endpoint;
}

function keep(gaps: number[], ns: number): void {
  if (gaps.length < MOST_GAPS) gaps.push(ns);
}

interface Kept extends Pick<ObservedStream, 'reads' | 'events'> {
  readonly head: ObservedStream['head'] | undefined;
  readonly sentNs: number | undefined;
}

function observedOf(
  { head, sentNs, reads, events }: Kept,
  {
    end,
    endNs,
    failure,
  }: Pick<ObservedStream, 'end' | 'endNs'> & { readonly failure: EndpointFailure | undefined },
): ObservedStream {
  return {
    ...(head !== undefined && { head }),
    ...(sentNs !== undefined && { sentNs }),
    reads,
    events,
    end,
    endNs,
    ...(failure !== undefined && { failure }),
  };
}
