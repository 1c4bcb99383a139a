// Made-up suites for the tests of this folder. Their numbers come from no measurement.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { MetricUnit } from '../../analysis/metrics/metric.ts';
import { manyClients } from '../../scenarios/claims.ts';
import type { ScenarioId } from '../../contract/run-file.ts';
import type { Suite } from '../../contract/suite.ts';
import { reconnectParts } from '../../scenarios/recovery/parts.ts';
import { streamParts } from '../../scenarios/stream/parts.ts';
import { verdictOf, type PartialVerdict } from '../fixture-load-point.ts';
import { fixtureMetrics } from '../fixture-metrics.ts';
import {
  reconnectAnalysis,
  recoveryFixtureMetrics,
} from '../../scenarios/recovery/report/fixture-recovery.ts';
import type { ReportContext } from '../report-context.ts';
import { fullAnalysis, invalidAnalysis } from '../report-fixture.ts';
import type { SuiteContext } from './suite-context.ts';

const chart = (
  name: string,
): { readonly file: string; readonly title: string; readonly alt: string } => ({
  file: `${name}.svg`,
  title: `Title of ${name}`,
  alt: `what ${name} shows`,
});

/**
 * Steady streams and faults; of the streams one load point is INVALID and the other HARNESS-LIMITED
 * when `isBroken`.
 */
export function fixtureSuite({
  isBroken = false,
}: { readonly isBroken?: boolean } = {}): SuiteContext {
  const stream = isBroken ? invalidAnalysis() : fullAnalysis();
  const estimate = { value: 2_900_000, low: 2_800_000, high: 3_000_000, trials: 12 };
  const threshold = {
    text: 'delivery.p99 > 5ms',
    arm: undefined,
    metric: 'delivery.p99',
    operator: '>',
    limit: 5_000_000,
  } as const;
  return {
    suite: describeSuite(['stream', 'reconnect']),
    claim: manyClients,
    parts: [
      {
        folder: 'stream',
        context: { analysis: stream, metrics: fixtureMetrics, parts: streamParts },
        thresholds: [
          {
            threshold,
            arm: 'ws',
            loadPoint: { connections: 100 },
            outcome: 'passed',
            estimate,
            isShown: true,
            reason: undefined,
          },
        ],
        charts: [
          chart('load-sweep'),
          chart('delivery-quantiles-100'),
          chart('delivery-quantiles-1000'),
        ],
      },
      {
        folder: 'reconnect',
        context: {
          analysis: reconnectAnalysis(),
          metrics: recoveryFixtureMetrics,
          parts: reconnectParts,
        },
        thresholds: [],
        charts: [chart('fault-ratios')],
      },
    ],
  };
}

function describeSuite(scenarios: readonly ScenarioId[]): Suite {
  return {
    kind: 'suite',
    schema: 1,
    streamduel: '0.1.0',
    name: `${scenarios.join('-')}-standard`,
    startedAt: '2026-03-01T09:30:00.000Z',
    command: `streamduel run ${scenarios.join(' ')} --preset standard --fail-if 'delivery.p99 > 5ms' --seed 7`,
    parts: scenarios.map((scenario) => ({ scenario, folder: scenario })),
  };
}

interface ClaimedMetric {
  readonly id: string;
  readonly unit: MetricUnit;
  readonly better: 'lower' | 'higher';
  /** Id of the fixture's metric from which its numbers are taken. */
  readonly like: string;
  readonly verdict: PartialVerdict;
}

/** One load point whose metrics are those that the claim asks for. */
function claimedContext(
  scenario: ScenarioId,
  span: 'ladder' | 'search',
  claimed: readonly ClaimedMetric[],
): ReportContext {
  const { plan, loadPoints, ...rest } = fullAnalysis();
  const loadPoint = { connections: 2000, span };
  const point = loadPoints[0] as LoadPointAnalysis;
  const comparisons = claimed.flatMap(({ id, like, verdict }) =>
    point.comparisons
      .filter(({ metric, otherArm }) => metric === like && otherArm === 'ws')
      .map((one) => Object.assign({}, one, { metric: id, verdict: verdictOf(verdict) })),
  );
  const analysis: Analysis = {
    ...rest,
    plan: { ...plan, scenario, loadPoints: [loadPoint] },
    loadPoints: [{ ...point, loadPoint, comparisons, noiseFloors: [] }],
  };
  return {
    analysis,
    metrics: claimed.map((metric) =>
      Object.assign({ title: metric.id, definition: metric.id }, metric),
    ),
  };
}

/** One part of the claim supported, one refuted, one open, one void. */
export function claimContexts(): readonly ReportContext[] {
  return [
    claimedContext('memory', 'ladder', [
      {
        id: 'memory.retained',
        unit: 'bytes',
        better: 'lower',
        like: 'memory.pss',
        verdict: { kind: 'better', favours: 'ws' },
      },
      {
        id: 'memory.streaming',
        unit: 'bytes',
        better: 'lower',
        like: 'memory.pss',
        verdict: { kind: 'size-uncertain', favours: 'sse' },
      },
    ]),
    claimedContext('capacity', 'search', [
      {
        id: 'cpu.token.headline',
        unit: 'ns/token',
        better: 'lower',
        like: 'cpu.server.token',
        verdict: { kind: 'better', favours: 'sse' },
      },
      {
        id: 'capacity.streams',
        unit: 'count',
        better: 'higher',
        like: 'delivery.p50',
        verdict: {
          kind: 'harness-limited',
          reason: 'H2 client event-loop utilisation over ws: missed in 5 of 12 trials',
        },
      },
    ]),
  ];
}
