import { NS_PER_S } from '../../contract/units.ts';
import { planLadder } from '../../plan/ladder.ts';
import type { PresetName } from '../../plan/presets.ts';
import { parseDuration } from '../../plan/quantities.ts';
import type { MeasuringSize, Scenario } from '../scenario.ts';

const common = { burnInBlocks: 0, warmupNs: 0, windowNs: 1 * NS_PER_S, verdicts: true } as const;

/** The connections are the rungs, the window is the streaming time of each rung. */
const sizes = {
  smoke: { ...common, connections: [50, 100, 200], blocks: 1, verdicts: false },
  quick: { ...common, connections: [500, 1000, 1500, 2000], blocks: 9 },
  standard: {
    ...common,
    connections: [250, 500, 1000, 1500, 2000, 3000],
    blocks: 12,
    windowNs: 3 * NS_PER_S,
  },
  publication: {
    ...common,
    connections: [500, 1000, 2000, 4000, 7000, 10_000],
    blocks: 20,
    windowNs: 3 * NS_PER_S,
  },
} as const satisfies Record<PresetName, MeasuringSize>;

/** A ladder of connections a trial, up and down: its slope is the memory per connection. */
export const memory = {
  name: 'memory',
  question:
    'What does each connection cost in memory, idle and while it streams, and each token in processor time, as connections grow to many?',
  summary:
    'ladders of connections: memory per connection, retained and while streaming, and CPU per token, as slopes',
  flags: {
    tokens: 'sets',
    warmup: 'sets',
    canary: { refuses: 'its connections would be counted with those that are measured' },
  },
  needs: ['single-streams', 'own-sockets', 'told-attempts'],
  procedure: 'ladder',
  measures: {
    transports: ['sse', 'ws'],
    // 10 000 connections are 50 000 tokens/s, which does not saturate one server process.
    workload: { tokensPerSecond: 5, firstTokenMedianMs: 0, firstTokenSigma: 0 },
    sizes,
    loadPoints: (connections) => [{ connections: Math.max(...connections), span: 'ladder' }],
    conditions: (
      { duration },
      { preset, connections, serverProcesses, workload: { tokensPerSecond } },
    ) => {
      const streamNs =
        duration === undefined ? sizes[preset].windowNs : parseDuration('--duration', duration);
      return { ladder: planLadder({ connections, tokensPerSecond, streamNs, serverProcesses }) };
    },
  },
} as const satisfies Scenario;
