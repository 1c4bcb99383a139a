import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { Scenario } from '../scenario.ts';

/**
 * Some receivers stop reading for good; the others go on. The kernel accepts some 4 MiB for each
 * before backpressure, and another 1 MiB must queue until the cap is reached: with this rate both
 * happen well within the window.
 */
export const slowReader = {
  name: 'slow-reader',
  question:
    'When some clients stop reading for good, what does it cost the server, when is it noticed, and do their neighbours suffer?',
  summary:
    'some clients stop reading: server memory, when backpressure reaches the source, what the cap does, neighbours',
  flags: { tokens: 'sets' },
  needs: [
    'single-streams',
    'own-sockets',
    'told-attempts',
    'stopped-reading',
    'incremental',
    'own-connections',
  ],
  procedure: 'steady',
  measures: {
    transports: ['sse', 'ws'],
    workload: { tokensPerSecond: 4000, firstTokenMedianMs: 0, firstTokenSigma: 0 },
    payload: 'openai',
    fewestConnections: 2,
    sizes: {
      smoke: {
        connections: [4],
        blocks: 1,
        burnInBlocks: 0,
        warmupNs: 500 * NS_PER_MS,
        windowNs: 6 * NS_PER_S,
        verdicts: false,
      },
      quick: {
        connections: [10],
        blocks: 9,
        burnInBlocks: 1,
        warmupNs: 800 * NS_PER_MS,
        windowNs: 6 * NS_PER_S,
        verdicts: true,
      },
      standard: {
        connections: [10],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 12 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [10],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 20 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) =>
      connections.map((count) => ({ connections: count, stopped: Math.ceil(count / 5) })),
  },
} as const satisfies Scenario;
