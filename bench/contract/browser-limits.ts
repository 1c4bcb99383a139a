// Scenario `browser-limits`: how many streams one browser opens to one origin, and what happens to
// the next one and to an ordinary request. Streams are counted and the rest is timed by the page's
// own clock: none of the values is a sample.

import { z } from 'zod';
import { mostStreamsInPage, sharesConnections, type Arm } from './arms/arms.ts';
import { transports, type TransportId } from './arms/transports.ts';

const count = z.int().nonnegative();
const durationNs = z.number().nonnegative();

export const browserLimitsPlanSchema = z.object({
  /**
   * Most streams requested over a transport whose streams wait beyond a limit, whatever the load
   * point: HTTP/1.1 clients keep few connections to a server (RFC 9112 §9.4).
   */
  mostEventSources: z.int().min(1),
  /**
   * Requested by each of two tabs of one profile: fewer than a browser opens, so both get some.
   * WebSockets: as many as by a single tab.
   */
  eventSourcesPerTab: z.int().min(1),
  /**
   * The same where streams share connections, as a share of what an origin is expected to carry: two
   * tabs together request more than that. Such streams are otherwise as many as the load point says.
   */
  sharedPerTab: z.number().gt(0.5).lt(1).optional(),
  /**
   * Timeouts: a stream that has not opened or failed by then counts as waiting, as does an
   * unanswered request. `sse` is that of all transports whose streams wait beyond a limit, `ws`
   * that of those whose streams fail.
   */
  patienceNs: z.object({
    sse: z.number().positive(),
    ws: z.number().positive(),
    request: z.number().positive(),
  }),
});

/**
 * A stream requested by a page. Requests are timed from the page's first one, openings and failures
 * from their request.
 */
const pageStreamSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('opened'), askedNs: durationNs, tookNs: durationNs }),
  z.object({ state: z.literal('waiting'), askedNs: durationNs }),
  z.object({
    state: z.literal('failed'),
    askedNs: durationNs,
    tookNs: durationNs,
    how: z.string(),
  }),
]);

const streamCountSchema = z.object({
  asked: count,
  opened: count,
  waiting: count,
  failures: z.array(z.object({ how: z.string(), count })),
  /** Time from the first request to the last opening; absent when none opened. */
  spanNs: durationNs.optional(),
});

/** The first stream that did not open. */
const nextStreamSchema = z.object({
  fate: z.enum(['waits', 'fails']),
  /** Cause, for a stream that failed. */
  how: z.string().optional(),
  /**
   * Time from closing another stream until this one opened, or its replacement if it had failed;
   * absent when none did in time.
   */
  servedAfterNs: durationNs.optional(),
});

/**
 * Ordinary requests of the page, one after another: ns from each request to the end of its
 * response.
 */
const requestsSchema = z.object({
  beforeNs: z.array(durationNs),
  whileOpen: z.object({
    /** Streams open meanwhile. */
    streams: count,
    /** Empty when the first request was not answered in time. */
    answeredNs: z.array(durationNs),
    /**
     * Time from closing a stream to the response of that first request; absent when it was answered
     * before, or not even then.
     */
    afterClosingNs: durationNs.optional(),
  }),
  /** Measured with one stream fewer. */
  afterNs: z.array(durationNs),
});

export const browserLimitsTallySchema = z.object({
  node: z.string(),
  /** Name and version as the browser reports them. */
  browser: z.string(),
  /**
   * Streams of one tab, each requested when the previous one had opened; after the first that did
   * not, the others together.
   */
  oneByOne: z.array(pageStreamSchema),
  /** Absent when all opened. */
  next: nextStreamSchema.optional(),
  requests: requestsSchema,
  /** Streams all requested at one moment, in one tab of a fresh profile. */
  atOnce: streamCountSchema,
  /**
   * Two tabs of a fresh profile: the second requests its streams once the first has as many as it
   * gets.
   */
  tabs: z.tuple([streamCountSchema, streamCountSchema]),
  /** Streams open on the server once the tab of `oneByOne` had as many as it gets. */
  serverStreams: count,
  /** Streams that ended while the page held them open. */
  brokenStreams: count,
});

export type BrowserLimitsPlan = z.infer<typeof browserLimitsPlanSchema>;
export type PageStream = z.infer<typeof pageStreamSchema>;
export type StreamCount = z.infer<typeof streamCountSchema>;
export type BrowserLimitsTally = z.infer<typeof browserLimitsTallySchema>;

interface AskedStreams {
  readonly inOneTab: number;
  readonly inEachTab: number;
}

/** A run that was planned without `sharedPerTab` had no such arm. */
const USUAL_SHARE = 0.6;

/** Number of streams that a trial requests: in its one tab, and in each of two tabs. */
export function streamsAsked(
  { mostEventSources, eventSourcesPerTab, sharedPerTab = USUAL_SHARE }: BrowserLimitsPlan,
  arm: Pick<Arm, 'transport' | 'streamsPerConnection'> & { readonly connections: number },
): AskedStreams {
  const { transport, connections } = arm;
  if (!waitsBeyondLimit(transport)) return { inOneTab: connections, inEachTab: connections };
  const isShared = sharesConnections(arm);
  const inOneTab = isShared ? connections : Math.min(mostEventSources, connections);
  const perTab = isShared
    ? Math.ceil(sharedPerTab * (mostStreamsInPage(arm) ?? connections))
    : eventSourcesPerTab;
  return { inOneTab, inEachTab: Math.min(perTab, Math.ceil(inOneTab / 2)) };
}

function waitsBeyondLimit(transport: TransportId): boolean {
  return transports[transport].inBrowser?.beyond === 'waits';
}

/** Time after which a stream that has neither opened nor failed counts as waiting. */
export function streamPatienceNs(
  { patienceNs }: Pick<BrowserLimitsPlan, 'patienceNs'>,
  transport: TransportId,
): number {
  return waitsBeyondLimit(transport) ? patienceNs.sse : patienceNs.ws;
}

export function countStreams(streams: readonly PageStream[]): StreamCount {
  const opened = streams.filter((stream) => stream.state === 'opened');
  const failed = streams.filter((stream) => stream.state === 'failed');
  return {
    asked: streams.length,
    opened: opened.length,
    waiting: streams.length - opened.length - failed.length,
    failures: [...Map.groupBy(failed, ({ how }) => how)].map(([how, alike]) => ({
      how,
      count: alike.length,
    })),
    ...(opened.length > 0 && {
      spanNs: Math.max(...opened.map(({ askedNs, tookNs }) => askedNs + tookNs)),
    }),
  };
}
