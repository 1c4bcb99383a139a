// Renders the input of github-action-benchmark with `tool: customSmallerIsBetter`. The tool knows
// one direction per file, so metrics for which more is better, or neither, are left out; and it
// plots each entry by itself, so only endpoints and counted metrics are in.
// https://github.com/benchmark-action/github-action-benchmark

import type { Estimate } from '../../analysis/statistics/estimate.ts';
import { armTitleOf, pairTitles } from '../report-context.ts';
import { verdictWords } from '../verdict-words.ts';
import { trackedEstimates, type ExportContext, type TrackedEstimate } from './tracked-estimates.ts';

interface Entry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** The tool reads `±` and a plain number. */
  readonly range?: string;
  readonly extra: string;
}

/** A JSON array; empty, which the tool refuses, when no load point can be trusted. */
export function renderGithubBenchmark(context: ExportContext): string {
  const entries = trackedEstimates(context)
    .filter(
      ({ metric }) =>
        metric.better === 'lower' && (metric.endpoint !== undefined || metric.isExact === true),
    )
    .map((tracked) => toEntry(context, tracked));
  return `${JSON.stringify(entries, undefined, 2)}\n`;
}

function toEntry(context: ExportContext, tracked: TrackedEstimate): Entry {
  const { name, metric, estimate } = tracked;
  const half = halfWidth(estimate);
  return {
    name: `${name}: ${metric.id}`,
    unit: metric.unit,
    value: rounded(estimate.value),
    ...(half !== undefined && { range: `± ${rounded(half)}` }),
    extra: [`trials: ${estimate.trials}`, verdictLine(context, tracked)].join('\n'),
  };
}

/**
 * Half-width of the 95 % interval, which need not be symmetric around the value: the mean of a
 * ratio-scaled metric is geometric.
 */
function halfWidth({ low, high }: Estimate): number | undefined {
  return low === undefined || high === undefined ? undefined : (high - low) / 2;
}

function verdictLine({ analysis }: ExportContext, { arm, metric, point }: TrackedEstimate): string {
  if (arm === analysis.baseline) return 'verdict: baseline';
  const comparison = point.comparisons.find(
    (one) => one.metric === metric.id && one.otherArm === arm,
  );
  if (comparison === undefined) return 'verdict: not compared';
  const titleOf = (name: string): string => armTitleOf(analysis, name);
  const [baselineTitle, otherTitle] = pairTitles(analysis, comparison);
  const words = verdictWords({ comparison, unit: metric.unit, baselineTitle, otherTitle, titleOf });
  return `verdict: ${otherTitle} against ${baselineTitle}: ${words}`;
}

/**
 * Six significant digits: the tool prints numbers as they are, and no interval here is narrower.
 */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
