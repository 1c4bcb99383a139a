import type { Scenario } from '../scenario.ts';

/**
 * A steady population of streams: latency, cadence, CPU and bytes of tokens under an open-loop
 * load.
 */
export const stream = {
  name: 'stream',
  question:
    'What does each transport cost, and how soon does each token arrive, while many streams run steadily?',
  summary: 'a steady population of token streams: latency, cadence, CPU, bytes, memory',
  flags: {
    loads: 'takes',
    carries: 'takes',
    arrivals: 'takes',
    source: 'takes',
    path: 'takes',
    browser: 'takes',
    nats: 'takes',
    creds: 'takes',
    loadAgents: 'takes',
    serverAgents: 'takes',
    agentLabels: 'takes',
  },
  needs: ['single-streams', 'told-attempts'],
  // With a page, each of its interfaces is an arm.
  armsByClient: { browser: ['sse/browser', 'sse/browser-fetch', 'ws/browser'] },
  procedure: 'steady',
  hasLoads: true,
  replays: true,
} as const satisfies Scenario;
