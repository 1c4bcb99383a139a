import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { Scenario } from '../scenario.ts';

/** Several tokens of a stream are due at one moment, at the same mean rate. */
export const burst = {
  name: 'burst',
  question:
    'When several tokens of a stream are due at once, what do system calls, reads and processor time make of it?',
  summary:
    '1, 2, 5 and 10 tokens a tick at one rate: system calls, coalescing, CPU: where one write per tick pays',
  needs: ['single-streams', 'own-sockets', 'told-attempts', 'incremental'],
  procedure: 'steady',
  measures: {
    transports: ['sse', 'ws'],
    // Long streams, so that hardly one begins or ends in a window: opening one costs many times as
    // much as a write of ten tokens.
    workload: { tokensPerStream: 10_000 },
    sizes: {
      smoke: {
        connections: [50],
        blocks: 1,
        burnInBlocks: 0,
        warmupNs: 500 * NS_PER_MS,
        windowNs: 1 * NS_PER_S,
        verdicts: false,
      },
      quick: {
        connections: [200],
        blocks: 9,
        burnInBlocks: 1,
        warmupNs: 800 * NS_PER_MS,
        windowNs: 1500 * NS_PER_MS,
        verdicts: true,
      },
      standard: {
        connections: [200],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 5 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [200],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 15 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) =>
      connections.flatMap((count) =>
        [1, 2, 5, 10].map((tokensPerTick) => ({ connections: count, tokensPerTick })),
      ),
  },
} as const satisfies Scenario;
