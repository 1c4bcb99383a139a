import type { LoadPoint } from '../../contract/load-point.ts';
import type { Plan } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { PresetName } from '../../plan/presets.ts';
import type { Scenario } from '../scenario.ts';

/**
 * Slots of the steady population: some 400 streams begin in each second, which leaves both
 * processes mostly idle.
 */
const STEADY_SLOTS = 100;

/**
 * A storm of each size; and as many steady slots as the smallest size allows, for each way to get a
 * connection. Where an arm is over TLS, one of these ways is to resume a session.
 */
function loadPoints(
  connections: readonly number[],
  _preset: PresetName,
  arms: Plan['arms'],
): readonly LoadPoint[] {
  const slots = Math.min(STEADY_SLOTS, ...connections);
  return [
    ...connections.map((count) => ({ connections: count, connecting: 'storm' as const })),
    { connections: slots, connecting: 'cold' },
    ...(arms.some(({ tls }) => tls === true)
      ? [{ connections: slots, connecting: 'resumed' as const }]
      : []),
    { connections: slots, connecting: 'warm' },
  ];
}

/**
 * Measures how streams begin: all at one moment, or one after another on new and on kept
 * connections.
 */
export const connect = {
  name: 'connect',
  question:
    'How fast do connections open when all come at once, and how soon is the first token there on a new and on a kept connection?',
  summary:
    'connection storms: opens per second, open latency, refusals; time to first token on cold and warm connections; TLS sessions, whole and resumed',
  needs: [
    'single-streams',
    'own-sockets',
    'told-attempts',
    'shared-connections',
    'own-connections',
  ],
  procedure: 'steady',
  measures: {
    transports: ['sse', 'ws'],
    // Short streams without prefill: many begin in a window, each of them needs a connection, and
    // nothing else delays them.
    workload: {
      tokensPerStream: 20,
      tokensPerSecond: 100,
      firstTokenMedianMs: 0,
      firstTokenSigma: 0,
    },
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
        connections: [1000],
        blocks: 9,
        burnInBlocks: 1,
        warmupNs: 800 * NS_PER_MS,
        windowNs: 1500 * NS_PER_MS,
        verdicts: true,
      },
      standard: {
        connections: [1000, 4000],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 5 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [1000, 2000, 4000],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 15 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints,
  },
} as const satisfies Scenario;
