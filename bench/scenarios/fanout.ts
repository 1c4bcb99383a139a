import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { Scenario } from './scenario.ts';

/** One source sends each message to every subscriber at once. */
export const fanout = {
  name: 'fanout',
  question:
    'When one source sends to many subscribers, how far apart do the first and the last get each message, and what does a delivery cost?',
  summary: 'one source to many subscribers at 1 to 50 messages/s: spread of delivery, CPU per delivery, the cost of a slow subscriber',
  measures: {
    transports: ['sse', 'ws'],
    workload: { firstTokenMedianMs: 0, firstTokenSigma: 0 },
    sizes: {
      smoke: { connections: [50], blocks: 1, burnInBlocks: 0, warmupNs: 500 * NS_PER_MS, windowNs: 1 * NS_PER_S, verdicts: false },
      quick: { connections: [500], blocks: 9, burnInBlocks: 1, warmupNs: 800 * NS_PER_MS, windowNs: 1500 * NS_PER_MS, verdicts: true },
      standard: { connections: [500, 2000], blocks: 12, burnInBlocks: 1, warmupNs: 2 * NS_PER_S, windowNs: 5 * NS_PER_S, verdicts: true },
      publication: {
        connections: [500, 2000, 5000],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 15 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) =>
      connections.flatMap((count) => [
        { connections: count, messagesPerSecond: 1, stopped: 0 },
        { connections: count, messagesPerSecond: 10, stopped: 0 },
        { connections: count, messagesPerSecond: 50, stopped: 0 },
        { connections: count, messagesPerSecond: 50, stopped: 1 },
      ]),
  },
} as const satisfies Scenario;
