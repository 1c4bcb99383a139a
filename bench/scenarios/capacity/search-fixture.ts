// Test support: made-up servers of known capacity, and the results of searching them.

import { seededDraw } from '../../contract/random.ts';
import type { Constraint, SearchRecord, SearchStep } from '../../contract/search.ts';
import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../../contract/units.ts';
import { searchLoads } from './search-loads.ts';

const TOKENS_PER_SECOND = 20;

/**
 * A step whose numbers agree with each other: delay grows with load, and tokens beyond the capacity
 * are not delivered.
 */
export function fixtureStep(
  streams: number,
  failed: readonly Constraint[],
  capacity: number,
): SearchStep {
  const share = streams / capacity;
  const offered = streams * TOKENS_PER_SECOND;
  const delivered = Math.round(offered * Math.min(1, 1 / share ** 2));
  const p99Ns = Math.round((2 + 40 * share ** 4) * NS_PER_MS);
  return {
    streams,
    measured: {
      offeredTokensPerSecond: offered,
      deliveredTokensPerSecond: delivered,
      deliveryP50Ns: Math.round((0.8 + 2 * share ** 4) * NS_PER_MS),
      deliveryP99Ns: p99Ns,
      backlogNs: -100_000,
      objectives: [p99Ns],
      errors: 0,
      integrityFaults: 0,
      tokensPerRead: 1 + share ** 8 / 10,
      serverCpuNs: delivered * 14 * NS_PER_US,
      serverTokens: delivered,
      windowNs: NS_PER_S,
      serverUtilisation: Math.min(1, 0.9 * share),
      clientUtilisation: Math.min(1, 0.55 * share),
    },
    failed: [...failed],
    reasons: failed.map((one) => `failed by ${one}`),
    missedGates: failed.includes('harness') ? ['H4'] : [],
    disturbedBy: [],
  };
}

export interface FixtureSearch {
  readonly capacity: number;
  readonly startStreams: number;
  readonly mostStreams?: number;
  readonly stepsPerLoad?: number;
  readonly width?: number;
  readonly isBurnIn?: boolean;
  /** A load at or above it fails by the load generator. */
  readonly clientCapacity?: number;
  /**
   * Each step goes wrong with this probability, either way near the capacity and only by failing
   * elsewhere.
   */
  readonly disturbance?: { readonly share: number; readonly seed: number };
  readonly maxSteps?: number;
}

/** The result of the search, with every load that it tried. */
export async function searchFixture(options: FixtureSearch): Promise<SearchRecord> {
  const {
    capacity,
    startStreams,
    mostStreams = 100_000,
    stepsPerLoad = 3,
    width = 0.05,
    isBurnIn = false,
    maxSteps = 60,
  } = options;
  const draw = seededDraw(options.disturbance?.seed ?? 1);
  const judge = (streams: number): Constraint[] => {
    if (options.clientCapacity !== undefined && streams >= options.clientCapacity)
      return ['objective', 'harness'];
    if (streams > capacity) return ['objective'];
    return draw() < (options.disturbance?.share ?? 0) ? ['loss'] : [];
  };
  return await searchLoads({
    plan: { mostStreams, width, stepsPerLoad, maxSteps },
    startStreams,
    isBurnIn,
    measure: async (streams) =>
      await Promise.resolve(fixtureStep(streams, judge(streams), capacity)),
  });
}
