import { KIB, NS_PER_S } from '../../contract/units.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** Streams whose delivery is timed: 400 tokens of a trial bound its p99. */
const CONNECTIONS = [4];

/** Trials wait most of the time, and are few: the cells are shown side by side. */
const common = { burnInBlocks: 0, warmupNs: 1 * NS_PER_S, verdicts: true } as const;
const NO_SAMPLE = { refuses: 'its cells are shown side by side and not tested' };
const OWN_STREAMS = { refuses: 'each cell has a stream of its own' };

/** Real proxies carry the streams, as their documentation begins and with what they lack. */
export const proxies = {
  name: 'proxies',
  question:
    'What do real proxies do to streams of either transport, and which lines of their configuration put it right?',
  summary:
    'real proxies, as their documentation begins and fixed: connects, first token, added delivery, buffering, stops, idle cuts',
  flags: {
    path: { refuses: 'each of its arms names its path, such as sse@nginx' },
    rate: 'sets',
    tokens: 'sets',
    warmup: 'sets',
    duration: 'sets',
    connections: 'sets',
    tls: { refuses: 'its reverse proxies speak HTTP/1.1 without TLS to both sides' },
    canary: OWN_STREAMS,
    ...undivided,
    aa: NO_SAMPLE,
    pilot: NO_SAMPLE,
    precision: NO_SAMPLE,
    maxTime: NO_SAMPLE,
  },
  needs: [
    'single-streams',
    'own-sockets',
    'told-attempts',
    'unplanned-streams',
    'own-connections',
    'incremental',
  ],
  comparesPaths: true,
  procedure: 'proxy-cells',
  measures: {
    transports: ['sse', 'ws'],
    workload: {
      tokensPerSecond: 50,
      tokensPerStream: 100,
      firstTokenMedianMs: 0,
      firstTokenSigma: 0,
    },
    sizes: {
      smoke: { ...common, lanes: 2, connections: CONNECTIONS, blocks: 1, windowNs: 12 * NS_PER_S },
      // Streams are watched for all of it but the last 7 s: longer than the 15 s that Envoy allows a
      // response, and than a tenth of 60 s.
      quick: { ...common, lanes: 4, connections: CONNECTIONS, blocks: 1, windowNs: 25 * NS_PER_S },
      standard: {
        ...common,
        lanes: 2,
        connections: CONNECTIONS,
        blocks: 3,
        windowNs: 25 * NS_PER_S,
      },
      publication: {
        ...common,
        lanes: 1,
        connections: CONNECTIONS,
        blocks: 5,
        windowNs: 40 * NS_PER_S,
      },
    },
    loadPoints: (connections) => connections.map((count) => ({ connections: count })),
    conditions: () => ({
      proxyCells: {
        pacedTokens: 100,
        pacedTokensPerSecond: 50,
        longTokensPerSecond: 5,
        stopAfterNs: 1.5 * NS_PER_S,
        // 32 MiB within 1.5 s: more than the kernel keeps for two connections.
        stalled: { tokens: 2048, tokenBytes: 16 * KIB, tokensPerSecond: 1400 },
        idleScale: 10,
        restart: { outageNs: 4.5 * NS_PER_S, watchNs: 7 * NS_PER_S },
      },
    }),
  },
} as const satisfies Scenario;
