import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { ALL_ARMS } from '../../plan/arms.ts';
import type { Scenario } from '../scenario.ts';

/**
 * All transports in one run, in blocks of random order, at one load that each of them carries with
 * room: pairs need a load in common, and near the limit of an arm its queue would be measured.
 */
export const matrix = {
  name: 'matrix',
  question:
    'Of all transports side by side, what does each of their differences cost, and how soon does each deliver a token?',
  summary:
    'steady streams over all transports in one run: one table of arms, and a verdict on each fair pair',
  flags: {
    path: 'takes',
    precision: {
      refuses: 'an answer that is not streamed differs by seconds, never known to a millisecond',
    },
    maxTime: { refuses: 'it ends --precision, which this scenario does not take' },
    pilot: {
      refuses: 'an answer that is not streamed would ask for more blocks than a run may have',
    },
  },
  needs: ['single-streams', 'own-sockets', 'told-attempts'],
  procedure: 'steady',
  measures: {
    transports: ALL_ARMS,
    // Short answers, of two seconds: more than forty begin in a window of one second, and the median
    // of so few first tokens needs six that are independent. Some 2000 tokens a second are far below
    // what compression in a thread pool, the dearest arm, carries on one CPU.
    workload: { tokensPerStream: 40 },
    sizes: {
      smoke: {
        connections: [50],
        blocks: 1,
        burnInBlocks: 0,
        warmupNs: 500 * NS_PER_MS,
        windowNs: 1 * NS_PER_S,
        verdicts: false,
      },
      // Twelve blocks: with fewer than eleven nothing passes the correction for 39 comparisons.
      quick: {
        connections: [100],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 500 * NS_PER_MS,
        windowNs: 1 * NS_PER_S,
        verdicts: true,
      },
      // Windows that carry a 99th percentile.
      standard: {
        connections: [100],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 10 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [100],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 30 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) => connections.map((count) => ({ connections: count })),
  },
} as const satisfies Scenario;
