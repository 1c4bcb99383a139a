import { BenchError } from '../../contract/errors.ts';
import { SETTLE_NS } from '../../contract/stops.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { atDistances } from '../../plan/round-trips.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** A stream has its first 24 tokens within half a second, and no more than a turn of the pacer takes. */
const LEAST_TOKENS_PER_SECOND = 40;
const MOST_TOKENS_PER_SECOND = 500;
const SHORTEST_WINDOW_NS = SETTLE_NS + 300 * NS_PER_MS;
/** One token, and the next after the stop. */
const QUIET_TOKENS_PER_SECOND = 0.4;

const common = {
  connections: [20],
  burnInBlocks: 0,
  warmupNs: 600 * NS_PER_MS,
  windowNs: 2 * NS_PER_S,
} as const;

/** Clients stop streams that run, in each way that their transport has. */
export const cancel = {
  name: 'cancel',
  question:
    'When a user stops a stream, how long does the server go on, how many tokens does it generate in vain, and what does each way of stopping need?',
  summary:
    'streams that are stopped by disconnect, by a second request, by a message and by a close: how long the server goes on, and what for',
  flags: {
    ...undivided,
    path: 'takes',
    tokens: { refuses: 'streams are stopped, and none has a length' },
    canary: { refuses: 'its streams are stopped before a canary could tell of them' },
  },
  needs: [
    'single-streams',
    'own-sockets',
    'told-attempts',
    'told-stops',
    'unplanned-streams',
    'incremental',
  ],
  procedure: 'stops',
  measures: {
    transports: ['sse', 'sse-post', 'ndjson', 'sse-h2:6', 'ws'],
    workload: { tokensPerSecond: 50, firstTokenMedianMs: 0, firstTokenSigma: 0 },
    sizes: {
      smoke: { ...common, connections: [6], blocks: 1, verdicts: false, lanes: 3 },
      // Trials wait most of the time; more of them side by side would wait for the two CPUs of a small
      // machine.
      quick: {
        ...common,
        connections: [15],
        windowNs: 1800 * NS_PER_MS,
        // The fewest in which the comparisons at two distances can pass their correction.
        blocks: 8,
        verdicts: true,
        lanes: 3,
      },
      standard: { ...common, windowNs: 4 * NS_PER_S, blocks: 12, verdicts: true, lanes: 2 },
      publication: { ...common, windowNs: 8 * NS_PER_S, blocks: 20, verdicts: true, lanes: 1 },
    },
    loadPoints: atDistances,
    conditions: (_flags, { workload: { tokensPerSecond }, windowNs }) => {
      if (windowNs < SHORTEST_WINDOW_NS)
        throw new BenchError(
          'USAGE',
          `--duration ${windowNs / NS_PER_S}s: expected ${SHORTEST_WINDOW_NS / NS_PER_S}s or more in scenario cancel: the last streams need ${SETTLE_NS / NS_PER_S} s for their stops`,
        );
      if (tokensPerSecond < LEAST_TOKENS_PER_SECOND || tokensPerSecond > MOST_TOKENS_PER_SECOND)
        throw new BenchError(
          'USAGE',
          `--rate ${tokensPerSecond}: expected ${LEAST_TOKENS_PER_SECOND} to ${MOST_TOKENS_PER_SECOND} in scenario cancel: its streams are stopped within their first second, and tokens must come one by one`,
        );
      return {
        stops: {
          activeTokensPerSecond: tokensPerSecond,
          quietTokensPerSecond: QUIET_TOKENS_PER_SECOND,
        },
      };
    },
  },
} as const satisfies Scenario;
