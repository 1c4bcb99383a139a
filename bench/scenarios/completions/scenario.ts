import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { BenchError } from '../../contract/errors.ts';
import { undivided, type Scenario } from '../scenario.ts';

/**
 * Limits that the servers accept in a request for an unplanned stream; at least two tokens, so that
 * a stream takes time.
 */
const FEWEST_TOKENS = 2;
const MOST_TOKENS = 100_000;
const MOST_TOKENS_PER_SECOND = 10_000;

/**
 * Whole streams one after another, as fast as they come, on connections of their own or on those that
 * an arm shares.
 */
export const completions = {
  name: 'completions',
  question:
    'How many whole streams a second does each server complete when clients ask for the next as soon as they have the last?',
  summary:
    'whole streams in a closed loop: streams per second and completion time; autocannon for SSE beside the probe',
  flags: {
    canary: { refuses: 'its own clients send ordinary requests, as many as are answered' },
    ...undivided,
  },
  needs: ['own-sockets', 'told-attempts', 'unplanned-streams'],
  procedure: 'closed-loop',
  measures: {
    transports: ['sse', 'ws', 'sse/autocannon'],
    // 75 ms a stream and no prefill: short enough to show the time that a server adds to a stream.
    workload: {
      tokensPerSecond: 2000,
      tokensPerStream: 150,
      firstTokenMedianMs: 0,
      firstTokenSigma: 0,
    },
    sizes: {
      smoke: {
        connections: [10],
        blocks: 1,
        burnInBlocks: 0,
        warmupNs: 500 * NS_PER_MS,
        windowNs: 1 * NS_PER_S,
        verdicts: false,
      },
      quick: {
        connections: [20],
        blocks: 9,
        burnInBlocks: 1,
        warmupNs: 800 * NS_PER_MS,
        windowNs: 1500 * NS_PER_MS,
        verdicts: true,
      },
      standard: {
        connections: [20],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 5 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [20],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 15 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) => connections.map((count) => ({ connections: count })),
    conditions: (_flags, { workload: { tokensPerStream, tokensPerSecond } }) => {
      if (tokensPerStream < FEWEST_TOKENS || tokensPerStream > MOST_TOKENS)
        refuse('--tokens', tokensPerStream, `${FEWEST_TOKENS} to ${MOST_TOKENS}`);
      if (tokensPerSecond > MOST_TOKENS_PER_SECOND)
        refuse('--rate', tokensPerSecond, `at most ${MOST_TOKENS_PER_SECOND}`);
      return { completions: { tokensPerStream, tokensPerSecond } };
    },
  },
} as const satisfies Scenario;

function refuse(flag: string, value: number, wants: string): never {
  throw new BenchError(
    'USAGE',
    `${flag} ${value}: expected ${wants} in scenario completions: servers refuse to be asked for anything else`,
  );
}
