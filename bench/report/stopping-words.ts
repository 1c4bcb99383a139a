// Why a run has as many blocks as it has, in words.

import type { Analysis, StopInterval } from '../analysis/analysis.ts';
import { formatCount, formatPercent, formatSetting, formatValue } from './format.ts';
import { armTitleOf, metricText, type ReportContext } from './report-context.ts';

/** `12`, or with a stopping rule `14 of at most 60`. */
export function blockCount({ plan, stop }: Analysis): string {
  return stop === undefined ? formatCount(plan.blocks) : `${formatCount(stop.blocks)} of at most ${formatCount(plan.blocks)}`;
}

/** One sentence on which rule ended the run. */
export function stoppingSentence({ analysis }: ReportContext): string {
  const { plan, stop } = analysis;
  if (plan.stop === undefined || stop === undefined) return `The number of blocks, ${formatCount(plan.blocks)}, was fixed before the run.`;
  const rule = `the 95 % interval of every watched ratio within ±${formatSetting(plan.stop.ratio, 'ratio')}`;
  const blocks = blockCount(analysis);
  if (stop.reason === 'precision') return `The run stopped after ${blocks} blocks by its rule: ${rule}.`;
  if (stop.reason === 'time')
    return `The run stopped after ${blocks} blocks because its time of ${formatSetting(plan.stop.maxTimeNs, 'ns')} was up, before its rule was met: ${rule}.`;
  if (stop.blocks >= plan.blocks)
    return `All ${formatCount(plan.blocks)} blocks that the plan allows were measured, before its rule was met: ${rule}.`;
  return `The run ended after ${blocks} blocks, before its rule was met: ${rule}.`;
}

/** One sentence on the interval that is farthest from what the rule wants; undefined without one. */
export function widestSentence({ analysis, metrics }: ReportContext): string | undefined {
  const widest = analysis.stop?.widest;
  if (widest === undefined) return undefined;
  const load = analysis.loadPoints.length > 1 ? ` at ${formatCount(widest.connections)} connections` : '';
  return `The widest, measured against its limit, is ${metricText(metrics, widest.metric).title} of ${armTitleOf(analysis, widest.arm)}${load}: ${widthWords(widest, { analysis, metrics })}.`;
}

function widthWords({ metric, scale, halfWidth, limit }: StopInterval, { metrics }: ReportContext): string {
  if (halfWidth === undefined || limit === undefined) return 'it has no value';
  const { unit } = metricText(metrics, metric);
  const [width, bound] =
    scale === 'ratio'
      ? [formatPercent(halfWidth, 2), formatSetting(limit, 'ratio')]
      : [formatValue(halfWidth, unit), formatSetting(limit, unit)];
  return `±${width}, limit ±${bound}`;
}
