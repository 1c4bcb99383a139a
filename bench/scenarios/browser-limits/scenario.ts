import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** Nothing is measured in a window: a trial is over when its browser has gone through all steps. */
const common = { burnInBlocks: 0, warmupNs: 0, windowNs: 500 * NS_PER_MS, verdicts: true } as const;

/**
 * Somewhat more than a browser opens; the counts are the same in every block, and only times vary.
 */
const CONNECTIONS = [300];

/** Counts are reported side by side, without a statistical comparison. */
const NO_SAMPLE = { refuses: 'nothing of it is a sample' };

/**
 * Streams that one browser opens to one origin: one by one in one tab, all at once, in two tabs.
 */
export const browserLimits = {
  name: 'browser-limits',
  question:
    'How many streams does one browser open to one origin, and what happens to the next one and to an ordinary request?',
  summary:
    'how many streams one headless Chromium opens to one origin, over HTTP/1.1, HTTP/2 and WebSocket: the next one, an ordinary request, two tabs',
  flags: {
    browser: 'takes',
    // Its client is the browser; in a suite the client of other scenarios may be another.
    client: 'alone',
    rate: 'sets',
    tokens: 'sets',
    warmup: 'sets',
    duration: 'sets',
    canary: { refuses: 'the browser itself sends ordinary requests' },
    ...undivided,
    aa: NO_SAMPLE,
    pilot: NO_SAMPLE,
    precision: NO_SAMPLE,
    maxTime: NO_SAMPLE,
  },
  needs: ['page-interfaces', 'unplanned-streams'],
  client: 'browser',
  procedure: 'page',
  measures: {
    // Over HTTP/2 it is up to the server, too: one that does not say how many streams it allows, as
    // node:http2 by default, and one that allows many.
    transports: ['sse', 'sse-h2', 'sse-h2:1000', 'ws'],
    // Streams last ten minutes: one that ended by itself would make room for the next.
    workload: {
      tokensPerSecond: 1,
      tokensPerStream: 600,
      firstTokenMedianMs: 0,
      firstTokenSigma: 0,
    },
    fewestConnections: 2,
    sizes: {
      smoke: { ...common, connections: [20], blocks: 1 },
      quick: { ...common, connections: CONNECTIONS, blocks: 1 },
      standard: { ...common, connections: CONNECTIONS, blocks: 2 },
      publication: { ...common, connections: CONNECTIONS, blocks: 3 },
    },
    loadPoints: (connections) =>
      connections.map((count) => ({ connections: count, span: 'browser' })),
    conditions: () => ({
      browserLimits: {
        mostEventSources: 10,
        eventSourcesPerTab: 4,
        sharedPerTab: 0.6,
        // Chromium may delay a WebSocket by up to 5 s while others are being opened.
        patienceNs: { sse: 1.5 * NS_PER_S, ws: 6 * NS_PER_S, request: 1.5 * NS_PER_S },
      },
    }),
  },
} as const satisfies Scenario;
