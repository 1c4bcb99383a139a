import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { Scenario } from './scenario.ts';

/** One trial searches for the most streams at which the objective holds; the answer is its datum. */
export const capacity = {
  name: 'capacity',
  question:
    'How many streams does one server process carry at the objective, what fails first beyond, and how does latency grow on the way?',
  summary: 'search for the most streams at an objective (--slo), load–latency curve, proof that the client suffices',
  measures: {
    transports: ['sse', 'ws'],
    workload: {},
    sizes: {
      smoke: { connections: [400], blocks: 1, burnInBlocks: 0, warmupNs: 500 * NS_PER_MS, windowNs: 1 * NS_PER_S, verdicts: false },
      quick: { connections: [20_000], blocks: 6, burnInBlocks: 1, warmupNs: 700 * NS_PER_MS, windowNs: 1200 * NS_PER_MS, verdicts: true },
      standard: { connections: [20_000], blocks: 9, burnInBlocks: 1, warmupNs: 2 * NS_PER_S, windowNs: 5 * NS_PER_S, verdicts: true },
      publication: { connections: [20_000], blocks: 12, burnInBlocks: 1, warmupNs: 3 * NS_PER_S, windowNs: 10 * NS_PER_S, verdicts: true },
    },
    loadPoints: (connections) => connections.map((most) => ({ connections: most, span: 'search' })),
  },
} as const satisfies Scenario;
