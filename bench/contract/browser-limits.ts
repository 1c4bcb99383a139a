// Scenario `browser-limits`: how many streams one browser opens to one origin, and what becomes of the next one and of an
// ordinary request. Streams are counted and the rest is timed by the page's own clock: nothing of it is a sample.

import { z } from 'zod';
import type { TransportId } from './transports.ts';

const count = z.int().nonnegative();
const durationNs = z.number().nonnegative();

export const browserLimitsPlanSchema = z.object({
  /** Over SSE no more are asked for, whatever the load point says: HTTP/1.1 clients keep few connections to a server (RFC 9112 §9.4). */
  mostEventSources: z.int().min(1),
  /** In each of two tabs of one profile: fewer than a browser opens, so that both get some. A tab asks for as many WebSockets as one alone does. */
  eventSourcesPerTab: z.int().min(1),
  /** A stream that has not opened or failed by then is said to wait, and so is a request that was not answered. */
  patienceNs: z.object({ sse: z.number().positive(), ws: z.number().positive(), request: z.number().positive() }),
});

/** A stream that a page asked for. Requests count from the page's first one, openings and failures from their request. */
const pageStreamSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('opened'), askedNs: durationNs, tookNs: durationNs }),
  z.object({ state: z.literal('waiting'), askedNs: durationNs }),
  z.object({ state: z.literal('failed'), askedNs: durationNs, tookNs: durationNs, how: z.string() }),
]);

const streamCountSchema = z.object({
  asked: count,
  opened: count,
  waiting: count,
  failures: z.array(z.object({ how: z.string(), count })),
  /** From the first request to the last opening; absent when none opened. */
  spanNs: durationNs.optional(),
});

/** The first stream that did not open. */
const nextStreamSchema = z.object({
  fate: z.enum(['waits', 'fails']),
  /** Of one that failed. */
  how: z.string().optional(),
  /** From the closing of another until it opened, or where it had failed until one opened that was asked for in its place; absent when none did in time. */
  servedAfterNs: durationNs.optional(),
});

/** Ordinary requests of the page, one after another: ns from each to the end of its answer. */
const requestsSchema = z.object({
  beforeNs: z.array(durationNs),
  whileOpen: z.object({
    /** Open meanwhile. */
    streams: count,
    /** Empty where the first was not answered in time. */
    answeredNs: z.array(durationNs),
    /** Of that one: from the closing of a stream to its answer; absent when it was answered before, or not even then. */
    afterClosingNs: durationNs.optional(),
  }),
  /** With one stream fewer. */
  afterNs: z.array(durationNs),
});

export const browserLimitsTallySchema = z.object({
  node: z.string(),
  /** Name and version, as it says itself. */
  browser: z.string(),
  /** In one tab, each asked for when the one before had opened; after the first that did not, the others together. */
  oneByOne: z.array(pageStreamSchema),
  /** Absent when all opened. */
  next: nextStreamSchema.optional(),
  requests: requestsSchema,
  /** All asked for at one moment, in one tab of a fresh profile. */
  atOnce: streamCountSchema,
  /** Two tabs of a fresh profile: the second one asks when the first has what it gets. */
  tabs: z.tuple([streamCountSchema, streamCountSchema]),
  /** What the server had open when the first tab had what it got. */
  serverStreams: count,
  /** Ended while the page held them open. */
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

/** How many streams a trial asks for: in its one tab, and in each of two. */
export function streamsAsked(
  { mostEventSources, eventSourcesPerTab }: BrowserLimitsPlan,
  { transport, connections }: { readonly transport: TransportId; readonly connections: number },
): AskedStreams {
  if (transport !== 'sse') return { inOneTab: connections, inEachTab: connections };
  const inOneTab = Math.min(mostEventSources, connections);
  return { inOneTab, inEachTab: Math.min(eventSourcesPerTab, Math.ceil(inOneTab / 2)) };
}

export function countStreams(streams: readonly PageStream[]): StreamCount {
  const opened = streams.filter((stream) => stream.state === 'opened');
  const failed = streams.filter((stream) => stream.state === 'failed');
  return {
    asked: streams.length,
    opened: opened.length,
    waiting: streams.length - opened.length - failed.length,
    failures: [...Map.groupBy(failed, ({ how }) => how)].map(([how, alike]) => ({ how, count: alike.length })),
    ...(opened.length > 0 && { spanNs: Math.max(...opened.map(({ askedNs, tookNs }) => askedNs + tookNs)) }),
  };
}
