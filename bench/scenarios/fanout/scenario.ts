import type { LoadPoint } from '../../contract/load-point.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { PresetName } from '../../plan/presets.ts';
import type { Scenario } from '../scenario.ts';

const RATES = [1, 10, 50] as const;
/** Rates for short windows: one message a second gives too few samples in a few seconds. */
const SHORT_RATES = [10, 50] as const;

/**
 * One process writes some 50 000 messages a second at best: beyond half of it a benchmark of
 * latency is one of overload.
 */
const MOST_DELIVERIES_PER_SECOND = 30_000;

/**
 * The rates possible with this many subscribers, and the highest of them once more with one
 * subscriber that does not read.
 */
function loadsOf(connections: number, preset: PresetName): LoadPoint[] {
  const usual = preset === 'smoke' || preset === 'quick' ? SHORT_RATES : RATES;
  const rates = usual.filter(
    (rate, index) => index === 0 || rate * connections <= MOST_DELIVERIES_PER_SECOND,
  );
  const load = (messagesPerSecond: number, stopped: number): LoadPoint => ({
    connections,
    messagesPerSecond,
    stopped,
  });
  return [...rates.map((rate) => load(rate, 0)), load(Math.max(...rates), 1)];
}

/** One source sends each message to every subscriber at once. */
export const fanout = {
  name: 'fanout',
  question:
    'When one source sends to many subscribers, how far apart do the first and the last get each message, and what does a delivery cost?',
  summary:
    'one source to many subscribers at 1 to 50 messages/s: spread of delivery, CPU per delivery, the cost of a slow subscriber',
  flags: { rate: 'sets', tokens: 'sets' },
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
    workload: { firstTokenMedianMs: 0, firstTokenSigma: 0 },
    fewestConnections: 2,
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
        connections: [500],
        blocks: 9,
        burnInBlocks: 1,
        warmupNs: 800 * NS_PER_MS,
        windowNs: 4 * NS_PER_S,
        verdicts: true,
      },
      standard: {
        connections: [500, 2000],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 8 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [500, 2000, 5000],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 5 * NS_PER_S,
        windowNs: 20 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections, preset) => connections.flatMap((count) => loadsOf(count, preset)),
  },
} as const satisfies Scenario;
