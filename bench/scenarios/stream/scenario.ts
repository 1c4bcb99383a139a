import type { Scenario } from '../scenario.ts';

/** A steady population of streams: latency, cadence, CPU and bytes of tokens under an open-loop load. */
export const stream = {
  name: 'stream',
  question: 'What does each transport cost, and how soon does each token arrive, while many streams run steadily?',
  summary: 'a steady population of token streams: latency, cadence, CPU, bytes, memory',
} as const satisfies Scenario;
