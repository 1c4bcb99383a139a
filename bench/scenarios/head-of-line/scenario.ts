import { MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** 100 Mbit/s: a message of 1 MiB is under way for 84 ms. */
const LINK_BYTES_PER_SECOND = 12.5e6;

/**
 * Streams of small tokens, of which now and then one sends a large message. In some arms streams
 * share a connection, in the others none does.
 */
export const headOfLine = {
  name: 'head-of-line',
  question:
    'When one stream sends a message of 1 MiB, how long do the small tokens of the streams beside it wait?',
  summary:
    'small tokens behind a message of 1 MiB on a shared connection, over loopback and over a link of 100 Mbit/s',
  flags: {
    ...undivided,
    tokens: 'sets',
    canary: { refuses: 'its limited link is that of the streams alone' },
  },
  needs: ['single-streams', 'own-sockets', 'told-attempts', 'incremental'],
  procedure: 'steady',
  measures: {
    transports: ['sse', 'ws', 'sse-h2:6', 'ws-mux:6'],
    workload: { tokensPerSecond: 50, firstTokenMedianMs: 0, firstTokenSigma: 0 },
    fewestConnections: 2,
    // Windows with ten large messages or more: the tail of what waits is made of them.
    sizes: {
      smoke: {
        connections: [12],
        blocks: 1,
        burnInBlocks: 0,
        warmupNs: 500 * NS_PER_MS,
        windowNs: 9 * NS_PER_S,
        verdicts: false,
      },
      quick: {
        connections: [48],
        blocks: 5,
        burnInBlocks: 0,
        warmupNs: 800 * NS_PER_MS,
        windowNs: 9 * NS_PER_S,
        verdicts: true,
      },
      standard: {
        connections: [48],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 10 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [48],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 20 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) =>
      connections.flatMap((count) => [
        { connections: count, largeBytes: MIB },
        { connections: count, largeBytes: MIB, linkBytesPerSecond: LINK_BYTES_PER_SECOND },
      ]),
  },
} as const satisfies Scenario;
