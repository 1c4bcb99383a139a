// One made-up load point of report-fixture.ts, drawn from a seed.

import type { Estimate, GateSummary, LoadPointAnalysis, MetricSummary, QuantileCurve, Verdict } from '../analysis/analysis.ts';
import { quantileGrid } from '../contract/distribution.ts';
import { drawNormal, seededDraw } from '../contract/random.ts';
import { armName, type Arm } from '../contract/transports.ts';
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

/** All times are `factor` times those of the fixture's metrics. */
export function loadPoint(connections: number, factor: number): LoadPointAnalysis {
  const draw = seededDraw(connections);
  const values = new Map<string, readonly number[]>();
  for (const metric of fixtures) {
    const scale = metric.unit === 'ns' || metric.unit === 'ns/token' ? factor : 1;
    for (const arm of fixtureArms)
      values.set(
        `${metric.id} ${arm.transport}`,
        Array.from({ length: BLOCKS }, () => metric.base[arm.transport] * scale * Math.exp(metric.spread * drawNormal(draw))),
      );
  }
  const valuesOf = (metric: string, arm: string): readonly number[] => values.get(`${metric} ${arm}`) ?? [];
  const ordered = [...fixtures].sort((a, b) => rank(a) - rank(b));
  return {
    loadPoint: { connections },
    arms: fixtureArms.map((arm) => ({ name: armName(arm), arm, completed: BLOCKS, failed: 0 })),
    comparisons: ordered.map((metric) => compare(metric, valuesOf(metric.id, 'sse'), valuesOf(metric.id, 'ws'))),
    summaries: fixtures.flatMap((metric) =>
      fixtureArms.map((arm) => summarise(metric.id, armName(arm), valuesOf(metric.id, armName(arm)))),
    ),
    gates: fixtureArms.flatMap((arm) => gatesOf(armName(arm))),
    deliveryCurves: fixtureArms.map((arm) => curve(arm, factor)),
    invalid: [],
    harnessLimited: [],
  };
}

/** A straight line on the chart's scales, its band wider towards the tail. */
function curve(arm: Arm, factor: number): QuantileCurve {
  const lowestNs = { sse: 460 * NS_PER_US, ws: 375 * NS_PER_US, tcp: 340 * NS_PER_US }[arm.transport] * factor;
  const points = quantileGrid.map((q) => {
    const tail = q === 1 ? 5 : -Math.log10(1 - q);
    const medianNs = lowestNs * Math.exp(0.75 * tail);
    return { q, medianNs, lowNs: medianNs * Math.exp(-0.06 * (1 + tail)), highNs: medianNs * Math.exp(0.1 * (1 + tail)) };
  });
  return { arm: armName(arm), points };
}

const order: readonly string[] = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'];

function rank(metric: FixtureMetric): number {
  return metric.endpoint === undefined ? order.length : order.indexOf(metric.endpoint);
}

function estimateOf(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  // The t-quantile 0.975 with 11 degrees of freedom.
  const half = (2.201 * deviation) / Math.sqrt(values.length);
  return { value: mean, low: mean - half, high: mean + half, trials: values.length };
}

function compare(metric: FixtureMetric, baseline: readonly number[], other: readonly number[]): ArmComparison {
  const logs = estimateOf(other.map((value, block) => Math.log(value / (baseline[block] ?? Number.NaN))));
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
      ? { value: Math.exp(logs.value), low: Math.exp(logs.low ?? 0), high: Math.exp(logs.high ?? 0), trials: BLOCKS }
      : undefined,
    difference: isMeasured ? estimateOf(pairs.map((pair) => pair.other - pair.baseline)) : undefined,
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
    sentence: metric.endpoint === undefined ? '' : `${metric.title}: this sentence was made from the verdict (${metric.verdict.kind}).`,
    warnings: metric.id === 'delivery.p99' ? [{ code: 'skew', message: 'the median of the block differences is far from their mean' }] : [],
  };
}

export function verdictOf(verdict: PartialVerdict): Verdict {
  return { favours: undefined, differenceDetected: false, reason: undefined, blocksNeeded: undefined, ...verdict };
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

function gatesOf(arm: string): readonly GateSummary[] {
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
