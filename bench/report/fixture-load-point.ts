// One made-up load point of report-fixture.ts, drawn from a seed.

import type { Estimate } from '../analysis/statistics/estimate.ts';
import type {
  GateSummary,
  LoadPointAnalysis,
  MetricSummary,
  QuantileCurve,
  Verdict,
} from '../analysis/analysis.ts';
import type { NoiseFloor } from '../analysis/measured-trials.ts';
import { armName, COPY_LABEL, isCopy, type Arm } from '../contract/arms/arms.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import { quantileGrid } from '../contract/distribution.ts';
import { drawNormal, seededDraw } from '../contract/random.ts';
import { NS_PER_MS, NS_PER_US } from '../contract/units.ts';
import { fixtures, type FixtureMetric } from './fixture-metrics.ts';
import type { ArmComparison } from './report-context.ts';

export const BLOCKS = 12;

export const fixtureArms: readonly Arm[] = (['sse', 'ws', 'tcp'] as const).map((transport) => ({
  transport,
  client: 'probe',
  path: 'direct',
}));

export type PartialVerdict = Partial<Verdict> & Pick<Verdict, 'kind'>;

/** The first arm once more, for an A/A pair. */
export const fixtureCopy: Arm = {
  transport: 'sse',
  client: 'probe',
  path: 'direct',
  label: COPY_LABEL,
};

/**
 * All times are `factor` times those of the fixture's metrics. WebSocket, if it is among the arms,
 * is compared with SSE.
 */
export function loadPoint(
  connections: number,
  factor: number,
  arms: readonly Arm[] = fixtureArms,
): LoadPointAnalysis {
  const draw = seededDraw(connections);
  const values = new Map<string, readonly number[]>();
  for (const metric of fixtures) {
    const scale = metric.unit === 'ns' || metric.unit === 'ns/token' ? factor : 1;
    for (const arm of arms)
      values.set(
        `${metric.id} ${armName(arm)}`,
        Array.from(
          { length: BLOCKS },
          () =>
            (metric.base[arm.transport] as number) *
            scale *
            fault(metric, arm) *
            Math.exp(metric.spread * drawNormal(draw)),
        ),
      );
  }
  const valuesOf = (metric: string, arm: string): readonly number[] =>
    values.get(`${metric} ${arm}`) ?? [];
  const ordered = [...fixtures].sort((a, b) => rank(a) - rank(b));
  return {
    loadPoint: { connections },
    arms: arms.map((arm) => ({ name: armName(arm), arm, completed: BLOCKS, failed: 0 })),
    comparisons: arms.some(({ transport }) => transport === 'ws')
      ? ordered.map((metric) =>
          compare(metric, valuesOf(metric.id, 'sse'), valuesOf(metric.id, 'ws')),
        )
      : [],
    noiseFloors: arms.some(isCopy)
      ? ordered.flatMap((metric) =>
          noiseFloor(metric, valuesOf(metric.id, 'sse'), valuesOf(metric.id, armName(fixtureCopy))),
        )
      : [],
    summaries: fixtures.flatMap((metric) =>
      arms.map((arm) => summarise(metric.id, armName(arm), valuesOf(metric.id, armName(arm)))),
    ),
    gates: arms.flatMap((arm) => gatesOf(armName(arm))),
    deliveryCurves: arms.map((arm) => curve(arm, factor)),
    invalid: [],
    harnessLimited: [],
  };
}

/**
 * Factor on the 99th percentile of the copy, so that the A/A pair claims a difference; 1 otherwise.
 */
function fault({ endpoint }: FixtureMetric, arm: Arm): number {
  return endpoint === 'P4' && isCopy(arm) ? 1.8 : 1;
}

/** A straight line on the chart's scales, its band wider towards the tail. */
function curve(arm: Arm, factor: number): QuantileCurve {
  const lowestUs: Partial<Record<TransportId, number>> = { sse: 460, ws: 375, tcp: 340 };
  const lowestNs = (lowestUs[arm.transport] as number) * NS_PER_US * factor;
  const points = quantileGrid.map((q) => {
    const tail = q === 1 ? 5 : -Math.log10(1 - q);
    const medianNs = lowestNs * Math.exp(0.75 * tail);
    return {
      q,
      medianNs,
      lowNs: medianNs * Math.exp(-0.06 * (1 + tail)),
      highNs: medianNs * Math.exp(0.1 * (1 + tail)),
    };
  });
  return { arm: armName(arm), points };
}

const order: readonly string[] = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'];

function rank(metric: FixtureMetric): number {
  return metric.endpoint === undefined ? order.length : order.indexOf(metric.endpoint);
}

function estimateOf(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
  );
  // The t-quantile 0.975 with 11 degrees of freedom.
  const half = (2.201 * deviation) / Math.sqrt(values.length);
  return { value: mean, low: mean - half, high: mean + half, trials: values.length };
}

function compare(
  metric: FixtureMetric,
  baseline: readonly number[],
  other: readonly number[],
): ArmComparison {
  const logs = estimateOf(
    other.map((value, block) => Math.log(value / (baseline[block] ?? Number.NaN))),
  );
  const isMeasured = Number.isFinite(logs.value);
  const pairs = baseline.map((value, block) => ({
    block: block + 1,
    baseline: value,
    other: other[block] ?? Number.NaN,
    baselineFirst: block % 3 !== 1,
  }));
  return {
    otherArm: 'ws',
    metric: metric.id,
    endpoint: metric.endpoint,
    baseline: estimateOf(baseline),
    other: estimateOf(other),
    blocks: isMeasured ? BLOCKS : 0,
    ratio: isMeasured
      ? {
          value: Math.exp(logs.value),
          low: Math.exp(logs.low ?? 0),
          high: Math.exp(logs.high ?? 0),
          trials: BLOCKS,
        }
      : undefined,
    difference: isMeasured
      ? estimateOf(pairs.map((pair) => pair.other - pair.baseline))
      : undefined,
    margin: {
      ratio: metric.endpoint === 'P4' ? 0.2 : metric.endpoint === 'P5' ? 0.05 : 0.1,
      absolute: metric.unit === 'ns' ? NS_PER_MS / 10 : undefined,
    },
    signFlipP: isMeasured ? 0.00049 : undefined,
    adjustedP: isMeasured ? 0.0042 : undefined,
    tostP: isMeasured ? 0.31 : undefined,
    orderEffect: isMeasured ? { value: 0.004, low: -0.012, high: 0.02, trials: BLOCKS } : undefined,
    pairs: isMeasured ? pairs : [],
    verdict: verdictOf(metric.verdict),
    sentence:
      metric.endpoint === undefined
        ? ''
        : `${metric.title}: this sentence was made from the verdict (${metric.verdict.kind}).`,
    warnings:
      metric.id === 'delivery.p99'
        ? [{ code: 'skew', message: 'the median of the block differences is far from their mean' }]
        : [],
  };
}

/**
 * Empty unless the metric is an endpoint with values. Overhead, which may be zero, has no ratio; a
 * difference is claimed for the p99.
 */
function noiseFloor(
  metric: FixtureMetric,
  baseline: readonly number[],
  copy: readonly number[],
): readonly NoiseFloor[] {
  const { ratio, difference, blocks } = compare(metric, baseline, copy);
  if (metric.endpoint === undefined || difference === undefined || ratio === undefined) return [];
  const hasRatio = metric.endpoint !== 'P2';
  const halfWidth = ((difference.high ?? 0) - (difference.low ?? 0)) / 2;
  const halfWidthRatio = Math.sqrt((ratio.high ?? 1) / (ratio.low ?? 1)) - 1;
  // (t₀.₉₇₅ + t₀.₈₀)/t₀.₉₇₅ with 11 degrees of freedom.
  const widening = (2.201 + 0.876) / 2.201;
  const claims = metric.endpoint === 'P4';
  return [
    {
      metric: metric.id,
      blocks,
      ratio: hasRatio ? ratio : undefined,
      difference,
      halfWidthRatio: hasRatio ? halfWidthRatio : undefined,
      halfWidth,
      minimumDetectableRatio: hasRatio ? (1 + halfWidthRatio) ** widening - 1 : undefined,
      minimumDetectable: halfWidth * widening,
      signFlipP: claims ? 0.0005 : 0.3,
      adjustedP: claims ? 0.0025 : 1,
      claims,
    },
  ];
}

export function verdictOf(verdict: PartialVerdict): Verdict {
  return {
    favours: undefined,
    differenceDetected: false,
    reason: undefined,
    blocksNeeded: undefined,
    ...verdict,
  };
}

function summarise(metric: string, arm: string, values: readonly number[]): MetricSummary {
  const isMeasured = values.every((value) => Number.isFinite(value));
  return {
    metric,
    arm,
    estimate: isMeasured ? estimateOf(values) : undefined,
    values: isMeasured ? values : values.map(() => undefined),
    note: isMeasured ? undefined : 'needs the scenario idle',
  };
}

export function gatesOf(arm: string): readonly GateSummary[] {
  const shared = { arm, trials: BLOCKS };
  return [
    {
      ...shared,
      id: 'N1',
      kind: 'environment',
      title: 'CPU stolen by the host',
      unit: 'ratio',
      limit: 0.02,
      median: 0.004,
      worst: 0.027,
      missed: 1,
      state: 'warned',
      note: undefined,
    },
    {
      ...shared,
      id: 'N4',
      kind: 'environment',
      title: 'clock offset between processes',
      unit: 'ns',
      limit: 20_000,
      median: 2_100,
      worst: 4_800,
      missed: 0,
      state: 'ok',
      note: undefined,
    },
    {
      ...shared,
      id: 'H2',
      kind: 'harness',
      title: 'client event loop busy',
      unit: 'ratio',
      limit: 0.7,
      median: 0.21,
      worst: 0.34,
      missed: 0,
      state: 'ok',
      note: undefined,
    },
    {
      ...shared,
      id: 'H6',
      kind: 'harness',
      title: 'arrivals against exponential',
      unit: 'statistic',
      limit: 7.6,
      median: undefined,
      worst: undefined,
      missed: 0,
      state: 'not-measured',
      note: 'too few starts',
    },
    {
      ...shared,
      id: 'C1',
      kind: 'correctness',
      title: 'tokens lost, doubled, out of order or corrupt',
      unit: 'count',
      limit: 0,
      median: 0,
      worst: 0,
      missed: 0,
      state: 'ok',
      note: undefined,
    },
  ];
}
