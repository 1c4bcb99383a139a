// Test support: a saved run of searches among made-up servers of known capacity.

import type { Arm } from '../../contract/arms/arms.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type {
  LoadPoint,
  Plan,
  SavedRun,
  SearchedTrial,
  TrialRecord,
} from '../../contract/run-file.ts';
import type { SearchOrder, SearchRecord } from '../../contract/search.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { fixtureHeader } from '../../analysis/analysis-fixture.ts';
import { headlineOf, startOfSearch, supplementsOf } from './follow-up.ts';
import { fixtureStep, searchFixture, type FixtureSearch } from './search-fixture.ts';
import { gatesOfSearch } from './search-gates.ts';

const armOf = (transport: TransportId): Arm => ({ transport, client: 'probe', path: 'direct' });

export const searchPlan: Plan = {
  scenario: 'capacity',
  preset: 'standard',
  arms: [armOf('sse'), armOf('ws')],
  loadPoints: [{ connections: 10_000, span: 'search' }],
  workload: {
    name: 'steady',
    tokensPerStream: 150,
    tokensPerSecond: 20,
    gaps: { kind: 'lognormal', sigma: 0.3 },
    firstTokenMedianMs: 200,
    firstTokenSigma: 0.3,
    segments: [],
    tokenFile: 'bundled',
    tokensSha256: '0'.repeat(64),
  },
  payload: 'lean',
  blocks: 7,
  burnInBlocks: 1,
  warmupNs: 2 * NS_PER_S,
  windowNs: 5 * NS_PER_S,
  drainNs: 5 * NS_PER_S,
  cooldownNs: 0,
  backpressureBytes: MIB,
  seed: 7,
  pin: true,
  keepStamps: false,
  verdicts: true,
  search: {
    objectives: [
      {
        text: 'delivery.p99 <= 50ms',
        metric: 'delivery.p99',
        operator: '<=',
        limit: 50 * NS_PER_MS,
      },
    ],
    firstStreams: 750,
    mostStreams: 10_000,
    width: 0.05,
    stepsPerLoad: 3,
    maxSteps: 24,
    curveLoads: 5,
  },
};

interface SearchedRunOptions {
  /** Capacity of a transport in a block, streams. */
  readonly capacity: (transport: TransportId, block: number) => number;
  readonly search?: Partial<FixtureSearch>;
  /** Whether the load generator passes the proof; true by default. */
  readonly isClientSufficient?: boolean;
  readonly plan?: Partial<Plan>;
}

export async function searchedRun({
  capacity,
  search: change,
  isClientSufficient = true,
  plan: own,
}: SearchedRunOptions): Promise<SavedRun> {
  const plan = { ...searchPlan, ...own };
  const trials: TrialRecord[] = [];
  for (let block = 0; block < plan.burnInBlocks + plan.blocks; block++) {
    const startStreams = startOfSearch(plan, block, trials) ?? 1;
    const headlineStreams = headlineOf(plan, block, trials);
    const isBurnIn = block < plan.burnInBlocks;
    // The order of the arms alternates from block to block.
    for (const [order, arm] of (block % 2 === 0 ? plan.arms : plan.arms.toReversed()).entries()) {
      const mostStreams = plan.search?.mostStreams ?? 1;
      const own = capacity(arm.transport, block);
      const found = await searchFixture({
        capacity: own,
        startStreams,
        mostStreams,
        isBurnIn,
        ...change,
      });
      const headline =
        headlineStreams === undefined ? undefined : fixtureStep(headlineStreams, [], own);
      const loadPoint: LoadPoint = { connections: mostStreams, span: 'search' };
      trials.push(
        record(
          { ...(headline !== undefined && { headline }), ...found },
          {
            trial: trials.length,
            block,
            isBurnIn,
            order,
            arm,
            loadPoint,
            asked: {
              purpose: 'search',
              startStreams,
              ...(headlineStreams !== undefined && { headlineStreams }),
            },
          },
        ),
      );
    }
  }
  for (const [order, { purpose, arm, streams }] of supplementsOf(plan, trials).entries()) {
    const own = purpose === 'proof' ? 2 * Math.max(...streams) : capacity(arm.transport, 1);
    const steps = streams.map((load) => fixtureStep(load, load > own ? ['objective'] : [], own));
    const judged =
      purpose === 'proof' && !isClientSufficient
        ? steps.map((step) => ({ ...step, missedGates: ['H2', 'H4'] }))
        : steps;
    const place = { block: plan.burnInBlocks + plan.blocks, isBurnIn: false, order, arm };
    const loadPoint: LoadPoint = { connections: Math.max(...streams), span: purpose };
    trials.push(
      record(
        { steps: judged, failedBy: [] },
        { ...place, trial: trials.length, loadPoint, asked: { purpose, streams: [...streams] } },
      ),
    );
  }
  return {
    folder: 'reports/fixture',
    header: fixtureHeader(plan, { command: 'streamduel run capacity --seed 7' }),
    trials,
    warnings: [],
  };
}

interface RecordPlace {
  readonly trial: number;
  readonly block: number;
  readonly isBurnIn: boolean;
  readonly order: number;
  readonly arm: Arm;
  readonly loadPoint: LoadPoint;
  readonly asked: SearchOrder;
}

function record(search: SearchRecord, { isBurnIn, ...place }: RecordPlace): SearchedTrial {
  const bound = { exchanges: 2000, violations: 0, lowNs: -3000, highNs: 3000 };
  return {
    kind: 'trial',
    outcome: 'searched',
    ...place,
    burnIn: isBurnIn,
    workloadSeed: 1,
    setup: { environmentPaddingBytes: 0, serverFirst: true, hashSeed: 1 },
    startedAt: '2026-01-02T03:04:05.000Z',
    clock: { before: bound, after: bound, sameTimeNamespace: true },
    wallNs: search.steps.length * 9 * NS_PER_S,
    overheadNs: search.steps.length * NS_PER_S,
    windowNs: search.steps.length * 5 * NS_PER_S,
    planned: { streams: 1, tokens: 1, windowStarts: 1, windowTokens: 1, meanConcurrent: 1 },
    distributions: {},
    search,
    gates: gatesOfSearch([], search.end),
    warnings: [],
  };
}
