// Test support: runs with the verdicts that a test gives them. Their numbers come from no
// measurement.

import type { Analysis, Comparison, GateSummary, Verdict } from '../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../analysis/analysis-fixture.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import { steadyMetrics } from '../analysis/metrics/steady.ts';
import { analyseRun } from '../scenarios/readings.ts';
import type { EvidenceRun } from './claim-reading.ts';
import type { Claim, Meaning, RunSource } from './claim.ts';

export type Said = Partial<Verdict> & Pick<Verdict, 'kind'>;

export interface MadeRun {
  readonly folder?: string;
  readonly options?: FixtureOptions;
  readonly metric?: string;
  readonly said?: Said;
  readonly change?: Partial<Comparison>;
  readonly gates?: readonly GateSummary[];
  readonly metrics?: EvidenceRun['metrics'];
}

const delivery: Pick<Metric, 'id' | 'title' | 'unit' | 'better'> = {
  id: 'delivery.p50',
  title: 'Delivery latency p50',
  unit: 'ns',
  better: 'lower',
};

/** A run of `sse` and `ws` in which the metric has the verdict that is said. */
export function madeRun({
  folder = 'reports/made',
  options = {},
  metric = delivery.id,
  said,
  change = {},
  gates,
  metrics = [...steadyMetrics, { ...delivery, id: metric }],
}: MadeRun = {}): EvidenceRun {
  const analysis = analyseRun(fixtureRun({ blocks: 3, ...options }));
  const loadPoints = analysis.loadPoints.map((point) => ({
    ...point,
    ...(gates !== undefined && { gates }),
    comparisons: point.comparisons
      .filter((one) => one.metric === delivery.id)
      .map((one) =>
        Object.assign(
          {},
          one,
          { metric },
          change,
          said !== undefined && { verdict: verdictOf(said) },
        ),
      ),
  }));
  return { folder, metrics, analysis: { ...analysis, loadPoints } satisfies Analysis };
}

function verdictOf(said: Said): Verdict {
  return {
    favours: undefined,
    differenceDetected: false,
    reason: undefined,
    blocksNeeded: undefined,
    ...said,
  };
}

export const deliverySource = {
  kind: 'verdict',
  scenario: 'stream',
  metric: delivery.id,
  better: 'ws',
  than: 'sse',
} as const satisfies RunSource;

/** WebSocket delivers sooner: one source of one meaning, unless more are given. */
export function claimOf(...meanings: readonly Partial<Meaning>[]): Claim {
  const usual: Meaning = {
    name: 'a token',
    says: 'a token arrives sooner',
    sources: [deliverySource],
  };
  return {
    id: 'X1',
    title: 'WebSocket is fast',
    says: 'WebSocket is fast.',
    meanings: (meanings.length === 0 ? [{}] : meanings).map((meaning) =>
      Object.assign({}, usual, meaning),
    ),
    flips: 'The load.',
    runs: ['stream'],
  };
}
