import { BenchError } from '../../contract/errors.ts';
import { payloadNames, payloads } from '../../contract/payload.ts';
import { SETTLE_NS } from '../../contract/steers.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { atDistances } from '../../plan/round-trips.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** A stream whose tokens are further apart than this is not active. */
const LEAST_TOKENS_PER_SECOND = 10;
const MOST_TOKENS_PER_SECOND = 500;
const SHORTEST_WINDOW_NS = SETTLE_NS + 700 * NS_PER_MS;
/** One token, and the next after some seconds. */
const QUIET_TOKENS_PER_SECOND = 0.4;

const common = { burnInBlocks: 0, warmupNs: 1 * NS_PER_S } as const;

/** Clients give input to streams that run, in each way that their transport has. */
export const steer = {
  name: 'steer',
  question:
    'When a client sends a message to a stream that runs, how soon does the server have it, and how soon is the first token back that carries it: by a request beside the stream, and on its own connection?',
  summary:
    'input to streams that run: a POST beside SSE, on a warm connection and on a new one, against a message of the WebSocket; one way and back, over round trips',
  flags: {
    ...undivided,
    path: 'takes',
    tokens: { refuses: 'its streams run on until the trial is over' },
    canary: { refuses: 'its own requests are what is beside the streams' },
    stamps: { refuses: 'its inputs are summarised where they are received' },
  },
  needs: [
    'single-streams',
    'own-sockets',
    'told-attempts',
    'told-stops',
    'unplanned-streams',
    'told-input',
    'own-connections',
    'incremental',
  ],
  procedure: 'steers',
  measures: {
    transports: ['sse-post', 'ws'],
    workload: { tokensPerSecond: 50, firstTokenMedianMs: 0, firstTokenSigma: 0 },
    sizes: {
      smoke: {
        ...common,
        connections: [6],
        windowNs: 1500 * NS_PER_MS,
        blocks: 1,
        verdicts: false,
        lanes: 2,
      },
      // The fewest blocks in which the comparisons at two distances can pass their correction. Ten stalls,
      // which a p99 needs, are in windows of 20 s.
      quick: {
        ...common,
        connections: [40],
        windowNs: 3 * NS_PER_S,
        blocks: 8,
        verdicts: true,
        lanes: 2,
      },
      standard: {
        ...common,
        connections: [40],
        windowNs: 20 * NS_PER_S,
        blocks: 12,
        verdicts: true,
        lanes: 2,
      },
      publication: {
        ...common,
        connections: [40],
        windowNs: 30 * NS_PER_S,
        blocks: 20,
        verdicts: true,
      },
    },
    loadPoints: atDistances,
    conditions: ({ payload = 'lean' }, { workload: { tokensPerSecond }, windowNs }) => {
      if (payloadNames.some((name) => name === payload && payloads[name].chunk !== undefined))
        throw new BenchError(
          'USAGE',
          `--payload ${payload}: expected a payload of text in scenario steer: an input becomes a token`,
        );
      if (windowNs < SHORTEST_WINDOW_NS)
        throw new BenchError(
          'USAGE',
          `--duration ${windowNs / NS_PER_S}s: expected ${SHORTEST_WINDOW_NS / NS_PER_S}s or more in scenario steer: the last inputs need ${SETTLE_NS / NS_PER_S} s for their way and back`,
        );
      if (tokensPerSecond < LEAST_TOKENS_PER_SECOND || tokensPerSecond > MOST_TOKENS_PER_SECOND)
        throw new BenchError(
          'USAGE',
          `--rate ${tokensPerSecond}: expected ${LEAST_TOKENS_PER_SECOND} to ${MOST_TOKENS_PER_SECOND} in scenario steer: tokens flow on its active streams, and come one by one`,
        );
      return {
        steers: {
          activeTokensPerSecond: tokensPerSecond,
          quietTokensPerSecond: QUIET_TOKENS_PER_SECOND,
        },
      };
    },
  },
} as const satisfies Scenario;
