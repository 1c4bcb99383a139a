// Provides what every part of a report needs besides its own numbers: texts of metrics and titles
// of arms.

import { strict as assert } from 'node:assert';
import type { Analysis, Comparison, LoadPointAnalysis } from '../analysis/analysis.ts';
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

/** A comparison with the name of the arm that is compared with the baseline. */
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

/**
 * The arms that are compared with the baseline at a load point, the null arm among them, in the
 * order of the plan.
 */
export function comparedArms(point: LoadPointAnalysis): readonly string[] {
  return [...new Set(point.comparisons.map((comparison) => comparison.otherArm))];
}

/**
 * The arms that may get a verdict: neither the null arm, which is a floor, nor the copy of the
 * baseline.
 */
export function contenders(point: LoadPointAnalysis): readonly string[] {
  const others = new Set(
    point.arms.filter(({ arm }) => !isContestant(arm)).map(({ name }) => name),
  );
  return comparedArms(point).filter((name) => !others.has(name));
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
  otherArm: string,
): readonly ArmComparison[] {
  const ofArm = point.comparisons.filter((comparison) => comparison.otherArm === otherArm);
  return [
    ...ofArm.filter((comparison) => comparison.endpoint !== undefined),
    ...ofArm.filter(isExactRow),
  ];
}

/** Everything that was compared without having been declared beforehand. */
export function exploratoryComparisons(
  point: LoadPointAnalysis,
  otherArm: string,
): readonly ArmComparison[] {
  return point.comparisons.filter(
    (one) => one.otherArm === otherArm && one.endpoint === undefined && !isExactRow(one),
  );
}

function isExactRow(comparison: Comparison): boolean {
  return comparison.endpoint === undefined && exactMetrics.has(comparison.metric);
}
