// Provides what every part of a report needs besides its own numbers: texts of metrics and titles
// of arms.

import { strict as assert } from 'node:assert';
import type { Analysis, Comparison, LoadPointAnalysis, PairNames } from '../analysis/analysis.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import { armName, armTitle, isCopy, type Arm } from '../contract/arms/arms.ts';
import { transports } from '../contract/arms/transports.ts';
import { isNamed, loadPointTitle, type LoadPoint } from '../contract/load-point.ts';
import { formatCount } from './format.ts';

export { armTitle };

/** Texts of a metric in a report; its registry entry has these fields. */
export interface MetricText {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly better: 'lower' | 'higher' | 'neither';
  readonly definition: string;
  readonly endpoint?: string | undefined;
}

/** `Findings` are what the reading of the run's scenario adds to an analysis. */
export interface ReportContext<Findings extends object = object> {
  readonly analysis: Analysis & Findings;
  readonly metrics: readonly MetricText[];
}

/** A comparison with the names of its arms. */
export type ArmComparison = LoadPointAnalysis['comparisons'][number];

export function metricText(metrics: readonly MetricText[], id: string): MetricText {
  const text = metrics.find((metric) => metric.id === id);
  assert(text !== undefined, `metric ${id} of the analysis must be in the registry`);
  return text;
}

/** The title of an arm by its name; the name itself for an arm that the plan does not have. */
export function armTitleOf(analysis: Analysis, name: string): string {
  const arm = analysis.plan.arms.find((candidate) => armName(candidate) === name);
  return arm === undefined ? name : armTitle(arm);
}

/** The titles of two compared arms. */
export function pairTitles(
  analysis: Analysis,
  { otherArm, baselineArm = analysis.baseline }: PairNames,
): readonly [baseline: string, other: string] {
  return [armTitleOf(analysis, baselineArm), armTitleOf(analysis, otherArm)];
}

/** `WebSocket against SSE` */
export function pairTitle(analysis: Analysis, pair: PairNames): string {
  const [baseline, other] = pairTitles(analysis, pair);
  return `${other} against ${baseline}`;
}

/**
 * The pairs of arms that are compared at a load point, in their order, those with the null arm among
 * them.
 */
export function comparedPairs({ comparisons }: LoadPointAnalysis): readonly PairNames[] {
  const pairs = comparisons.map(({ otherArm, baselineArm }): PairNames => ({
    otherArm,
    baselineArm,
  }));
  return pairs.filter((pair, index) => pairs.findIndex((one) => isSamePair(one, pair)) === index);
}

function isSamePair(one: PairNames, pair: PairNames): boolean {
  return one.otherArm === pair.otherArm && one.baselineArm === pair.baselineArm;
}

/**
 * The pairs that may get a verdict: with neither the null arm, which is a floor, nor the copy of the
 * baseline.
 */
export function contendingPairs(point: LoadPointAnalysis): readonly PairNames[] {
  const others = new Set(
    point.arms.filter(({ arm }) => !isContestant(arm)).map(({ name }) => name),
  );
  return comparedPairs(point).filter(
    ({ otherArm, baselineArm = '' }) => !others.has(otherArm) && !others.has(baselineArm),
  );
}

/** The arms that may get a verdict against the baseline of the run, in the order of the plan. */
export function contenders(point: LoadPointAnalysis): readonly string[] {
  return contendingPairs(point)
    .filter(({ baselineArm }) => baselineArm === undefined)
    .map(({ otherArm }) => otherArm);
}

/** Whether the report compares this arm, as baseline or as contender. */
export function isContestant(arm: Arm): boolean {
  return !transports[arm.transport].isNullArm && !isCopy(arm);
}

/** Whether the run compares the baseline with its copy and with nothing else. */
export function isEqualArmsRun({ plan, copy }: Analysis): boolean {
  return copy !== undefined && plan.arms.filter(isContestant).length < 2;
}

/** `100 connections`, `Reset, 100 connections`; digits are grouped. */
export function loadWords(loadPoint: LoadPoint): string {
  return isNamed(loadPoint)
    ? loadPointTitle(loadPoint)
    : `${formatCount(loadPoint.connections)} connections`;
}

/**
 * The load point in a column of its own: the bare number of connections if nothing else
 * distinguishes the load points.
 */
export function loadCell(loadPoint: LoadPoint): string {
  return isNamed(loadPoint) ? loadPointTitle(loadPoint) : formatCount(loadPoint.connections);
}

export function loadHeading(loadPoints: readonly LoadPoint[]): string {
  return loadPoints.some(isNamed) ? 'load point' : 'connections';
}

const exactMetrics: ReadonlySet<string> = new Set([
  'bytes.token',
  'bytes.payload',
  'bytes.framing',
  'bytes.id',
  'bytes.token.without-id',
  'bytes.token.tcp',
  'bytes.token.wire',
  'bytes.token.wire.without-id',
]);

/**
 * Comparisons that get a verdict: pre-declared endpoints, then bytes per token and their parts,
 * which follow from the specifications.
 */
export function verdictComparisons(
  point: LoadPointAnalysis,
  pair: PairNames,
): readonly ArmComparison[] {
  const ofPair = point.comparisons.filter((comparison) => isSamePair(comparison, pair));
  return [
    ...ofPair.filter((comparison) => comparison.endpoint !== undefined),
    ...ofPair.filter(isExactRow),
  ];
}

/** Everything that was compared without having been declared beforehand. */
export function exploratoryComparisons(
  point: LoadPointAnalysis,
  pair: PairNames,
): readonly ArmComparison[] {
  return point.comparisons.filter(
    (one) => isSamePair(one, pair) && one.endpoint === undefined && !isExactRow(one),
  );
}

function isExactRow(comparison: Comparison): boolean {
  return comparison.endpoint === undefined && exactMetrics.has(comparison.metric);
}
