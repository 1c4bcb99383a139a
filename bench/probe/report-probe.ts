// An observation is interpreted here, by pure functions. All times of the report are durations in
// ns; the firsts count from when the request was sent.

import { DialectWatch } from '../contract/dialect-watch.ts';
import { dialects, type DialectId } from '../contract/dialects/dialects.ts';
import type {
  Channel,
  Completeness,
  Framing,
  Sign,
  TransportEnd,
} from '../contract/dialects/dialect.ts';
import type { EndpointFailure, EndpointRequest } from '../contract/endpoint.ts';
import type { Observation } from '../contract/probe.ts';
import { measureGaps, type Gaps } from './gap-histogram.ts';
import { judgeBuffering, type Buffering } from './judge-buffering.ts';
import type { ResumeReport } from './resume.ts';

export interface ProbeReport {
  readonly version: 1;
  readonly url: string;
  readonly method: string;
  /** Headers of the dialect that were not sent: the environment has no value for them. */
  readonly leftOut: readonly string[];
  readonly isWhole: boolean;
  readonly answer?: Answer;
  readonly tls?: Tls;
  readonly dialect?: { readonly id: DialectId; readonly title: string; readonly isSure: boolean };
  readonly connectNs?: number;
  /** The handshake of TLS alone. */
  readonly tlsNs?: number;
  /** From the request to the head of the answer. */
  readonly headNs?: number;
  readonly firsts: Firsts;
  readonly counts: Counts;
  readonly buffering: Buffering;
  /** Between events with tokens. */
  readonly gaps: Gaps;
  readonly pings: Pings;
  readonly bytes: { readonly read: number; readonly body: number };
  /** From the request to the end. */
  readonly endNs?: number;
  readonly end: TransportEnd;
  readonly closeCode?: number;
  readonly failure?: EndpointFailure;
  /** Absent where there was no stream to judge. */
  readonly completeness?: Completeness;
  readonly resume?: ResumeReport;
}

interface Answer {
  readonly status: number;
  readonly httpVersion: string;
  readonly framing: string;
  /** As it was sent. */
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly lineEnds?: { readonly lf: number; readonly crlf: number; readonly cr: number };
  readonly hasSpacedData?: boolean | 'some';
  readonly hasInvalidUtf8: boolean;
}

interface Tls {
  readonly protocol: string;
  readonly alpn: string | undefined;
  /** The server chooses this one of h2 and http/1.1. */
  readonly preferredAlpn: string | undefined;
}

/** Each from when the request was sent; undefined where it never came. */
interface Firsts {
  /** Counts those of the body, or of frames. */
  readonly byteNs: number | undefined;
  readonly eventNs: number | undefined;
  /** The first text of any channel. */
  readonly tokenNs: number | undefined;
  readonly tokenChannel: Channel | undefined;
  readonly contentNs: number | undefined;
}

interface Counts {
  readonly events: number;
  /** Events with at least one token. */
  readonly tokenEvents: number;
  readonly tokens: number;
  readonly tokensByChannel: Partial<Record<Channel, number>>;
  readonly tokensPerEvent: number | undefined;
  /** Tokens of the model, as the server counts them. */
  readonly usageTokens: number | undefined;
  /** Events that are not of the dialect. */
  readonly foreignEvents: number;
  readonly reads: number;
  readonly isTruncated: boolean;
}

interface Pings {
  readonly comments: number;
  readonly frames: number;
  /** Events of the dialect that only keep the connection alive. */
  readonly events: number;
  /** The median gap; undefined below three. */
  readonly periodNs: number | undefined;
}

export interface ReportOptions {
  readonly request: EndpointRequest;
  readonly dialect: DialectId | undefined;
  readonly leftOut: readonly string[];
  readonly resume?: ResumeReport | undefined;
}

export function reportProbe(observed: Observation, options: ReportOptions): ProbeReport {
  const { request, leftOut, resume } = options;
  const watch = watchObserved(observed, options.dialect);
  const completeness = watch?.reader.judge(observed.end, observed.wire);
  const signs = watch?.signs ?? [];
  const sentNs = observed.sentNs ?? 0;
  const tokenTimes = observed.events.flatMap(([atNs], index) =>
    signs[index]?.some(({ kind }) => kind === 'token') === true ? [atNs] : [],
  );
  const isWhole = observed.failure === undefined && completeness?.isWhole === true;
  return {
    version: 1,
    url: request.url,
    method: request.method,
    leftOut,
    isWhole,
    ...(observed.head !== undefined && { answer: answerOf(observed, observed.head) }),
    ...(observed.tls !== undefined && {
      tls: {
        protocol: observed.tls.protocol,
        alpn: observed.tls.alpn,
        preferredAlpn: observed.preferredAlpn,
      },
    }),
    ...(watch !== undefined && {
      dialect: { id: watch.dialect, title: dialects[watch.dialect].title, isSure: watch.isSure },
    }),
    ...handshakes(observed),
    firsts: firstsOf(observed, signs),
    counts: countsOf(observed, signs),
    buffering: judgeBuffering({ eventsNs: observed.events.map(([atNs]) => atNs), sentNs }),
    gaps: measureGaps(tokenTimes),
    pings: pingsOf(observed, signs),
    bytes: { read: observed.wire.bytesRead, body: observed.wire.bodyBytes },
    ...(observed.sentNs !== undefined && { endNs: observed.endNs - observed.sentNs }),
    end: observed.end,
    ...(observed.wire.closeCode !== undefined && { closeCode: observed.wire.closeCode }),
    ...(observed.failure !== undefined && { failure: observed.failure }),
    ...(completeness !== undefined && { completeness }),
    ...(resume !== undefined && { resume }),
  };
}

/** Undefined where the answer is no stream. */
export function watchObserved(
  { head, events }: Observation,
  dialect: DialectId | undefined,
): DialectWatch | undefined {
  if (head === undefined || !isStream(head.framing)) return undefined;
  const watch = new DialectWatch({ headers: head.headers, framing: head.framing, dialect });
  for (const [, event] of events) watch.read(event);
  return watch;
}

function isStream(framing: Framing | 'other'): framing is Framing {
  return framing !== 'other';
}

function answerOf({ wire }: Observation, head: NonNullable<Observation['head']>): Answer {
  return {
    status: head.status,
    httpVersion: head.httpVersion,
    framing: head.framing,
    contentType: head.headers['content-type'],
    contentEncoding: wire.contentEncoding,
    ...(wire.lineEnds !== undefined && { lineEnds: wire.lineEnds }),
    ...(wire.hasSpacedData !== undefined && { hasSpacedData: wire.hasSpacedData }),
    hasInvalidUtf8: wire.hasInvalidUtf8,
  };
}

function handshakes({
  connectNs,
  secureNs,
  sentNs,
  headNs,
}: Observation): Pick<ProbeReport, 'connectNs' | 'tlsNs' | 'headNs'> {
  return {
    ...(connectNs !== undefined && { connectNs }),
    ...(connectNs !== undefined && secureNs !== undefined && { tlsNs: secureNs - connectNs }),
    ...(sentNs !== undefined && headNs !== undefined && { headNs: headNs - sentNs }),
  };
}

type Signs = readonly (readonly Sign[])[];

const isToken = (sign: Sign): boolean => sign.kind === 'token';
const isContent = (sign: Sign): boolean => sign.kind === 'token' && sign.channel === 'content';

function firstsOf({ reads, events, sentNs = 0 }: Observation, signs: Signs): Firsts {
  const since = (atNs: number | undefined): number | undefined =>
    atNs === undefined ? undefined : atNs - sentNs;
  const firstToken = signs.findIndex((all) => all.some(isToken));
  const firstContent = signs.findIndex((all) => all.some(isContent));
  const token = signs[firstToken]?.find(isToken);
  return {
    byteNs: since(reads[0]?.[0]),
    eventNs: since(events[0]?.[0]),
    tokenNs: since(events[firstToken]?.[0]),
    tokenChannel: token?.kind === 'token' ? token.channel : undefined,
    contentNs: since(events[firstContent]?.[0]),
  };
}

function countsOf({ events, wire, isTruncated }: Observation, signs: Signs): Counts {
  const tokensByChannel: Partial<Record<Channel, number>> = {};
  let tokens = 0;
  let tokenEvents = 0;
  let usageTokens: number | undefined;
  for (const all of signs) {
    const before = tokens;
    for (const sign of all) {
      if (sign.kind === 'usage') usageTokens = sign.outputTokens ?? usageTokens;
      if (sign.kind !== 'token') continue;
      tokens++;
      tokensByChannel[sign.channel] = (tokensByChannel[sign.channel] ?? 0) + 1;
    }
    if (tokens > before) tokenEvents++;
  }
  return {
    events: events.length,
    tokenEvents,
    tokens,
    tokensByChannel,
    tokensPerEvent: tokenEvents === 0 ? undefined : tokens / tokenEvents,
    usageTokens,
    foreignEvents: signs.filter((all) => all.some(({ kind }) => kind === 'foreign')).length,
    reads: wire.reads,
    isTruncated,
  };
}

const FEWEST_PINGS = 3;

function pingsOf({ events, commentsNs, pingsNs }: Observation, signs: Signs): Pings {
  const eventTimes = events.flatMap(([atNs], index) =>
    signs[index]?.some(({ kind }) => kind === 'ping') === true ? [atNs] : [],
  );
  const times = [...commentsNs, ...pingsNs, ...eventTimes].toSorted((one, other) => one - other);
  const gaps = measureGaps(times);
  return {
    comments: commentsNs.length,
    frames: pingsNs.length,
    events: eventTimes.length,
    periodNs: times.length < FEWEST_PINGS ? undefined : gaps.p50Ns,
  };
}
