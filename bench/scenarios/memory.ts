import { NS_PER_S } from '../contract/units.ts';
import type { Scenario } from './scenario.ts';

/** A ladder of connections a trial, up and down: its slope is what a connection costs. */
export const memory = {
  name: 'memory',
  question:
    'What does each connection cost in memory, idle and while it streams, and each token in processor time, as connections grow to many?',
  summary: 'ladders of connections: memory per connection, retained and while streaming, and CPU per token, as slopes',
  measures: {
    transports: ['sse', 'ws'],
    workload: { tokensPerSecond: 10, firstTokenMedianMs: 0, firstTokenSigma: 0 },
    sizes: {
      smoke: { connections: [50, 100, 200], blocks: 1, burnInBlocks: 0, warmupNs: 0, windowNs: 1 * NS_PER_S, verdicts: false },
      quick: { connections: [250, 500, 1000, 1500, 2000], blocks: 9, burnInBlocks: 0, warmupNs: 0, windowNs: 1 * NS_PER_S, verdicts: true },
      standard: {
        connections: [250, 500, 1000, 1500, 2000, 3000],
        blocks: 9,
        burnInBlocks: 0,
        warmupNs: 0,
        windowNs: 3 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [500, 1000, 2000, 4000, 7000, 10_000],
        blocks: 20,
        burnInBlocks: 0,
        warmupNs: 0,
        windowNs: 3 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) => [{ connections: Math.max(...connections), span: 'ladder' }],
  },
} as const satisfies Scenario;
