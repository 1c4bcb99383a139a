import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { Scenario } from './scenario.ts';

/** Whole streams one after another on each connection, as fast as they come. */
export const completions = {
  name: 'completions',
  question: 'How many whole streams a second does each server complete when clients ask for the next as soon as they have the last?',
  summary: 'whole streams in a closed loop: streams per second and completion time; autocannon for SSE beside the probe',
  measures: {
    transports: ['sse', 'ws'],
    workload: {},
    sizes: {
      smoke: { connections: [10], blocks: 1, burnInBlocks: 0, warmupNs: 500 * NS_PER_MS, windowNs: 1 * NS_PER_S, verdicts: false },
      quick: { connections: [50], blocks: 9, burnInBlocks: 1, warmupNs: 800 * NS_PER_MS, windowNs: 1500 * NS_PER_MS, verdicts: true },
      standard: { connections: [50], blocks: 12, burnInBlocks: 1, warmupNs: 2 * NS_PER_S, windowNs: 5 * NS_PER_S, verdicts: true },
      publication: { connections: [50], blocks: 20, burnInBlocks: 1, warmupNs: 5 * NS_PER_S, windowNs: 15 * NS_PER_S, verdicts: true },
    },
    loadPoints: (connections) => connections.map((count) => ({ connections: count })),
  },
} as const satisfies Scenario;
