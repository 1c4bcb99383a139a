// Explains in words why a run has as many blocks as it has.

import type { Analysis, StopInterval } from '../analysis/analysis.ts';
import { formatCount, formatPercent, formatSetting, formatValue } from './format.ts';
import { armTitleOf, loadWords, metricText, type ReportContext } from './report-context.ts';
import type { RunReport } from './scenario-parts.ts';

/** `12`, or with a stopping rule `14 of at most 60`. */
export function blockCount({ plan, stop }: Analysis): string {
  return stop === undefined
    ? formatCount(plan.blocks)
    : `${formatCount(stop.blocks)} of at most ${formatCount(plan.blocks)}`;
}

/**
 * One sentence on how many blocks and trials there were, and how long each measured if all are
 * alike.
 */
export function trialsSentence({ analysis, parts }: RunReport): string {
  const { trials } = analysis;
  const perTrial = parts.perTrial?.(analysis);
  const each = `each with one trial per arm${parts.drawnFor ?? ''} in random order`;
  return (
    `${blockWords(analysis)}, ${perTrial === undefined ? each : `${each}, ${perTrial}`};` +
    ` ${formatCount(trials.completed)} of ${formatCount(trials.planned)} trials completed${repeatWords(analysis)}.` +
    aloneWords(analysis)
  );
}

function blockWords(analysis: Analysis): string {
  const { plan, stop } = analysis;
  if (stop === undefined)
    return `${formatCount(plan.blocks)} ${plan.blocks === 1 ? 'block was' : 'blocks were'} planned`;
  return stop.isReached
    ? `A stopping rule ended it after ${blockCount(analysis)} blocks`
    : `${blockCount(analysis)} blocks were measured`;
}

function repeatWords({ repeats }: Analysis): string {
  if (repeats.length === 0) return '';
  return `, those of ${repeats.length === 1 ? 'a block that was' : `${formatCount(repeats.length)} blocks that were`} measured again included`;
}

function aloneWords({ plan, trials: { alone } }: Analysis): string {
  if (alone === undefined) return '';
  return ` ${formatCount(alone)} of them were measured again one at a time, all arms of a ${plan.recovery === undefined ? 'load point' : 'fault'} together, because a load process was late beside other trials; they count in the place of the late ones.`;
}

/** One sentence on which rule ended the run. */
export function stoppingSentence({ analysis }: ReportContext): string {
  const { plan, stop } = analysis;
  if (plan.stop === undefined || stop === undefined)
    return `The number of blocks, ${formatCount(plan.blocks)}, was fixed before the run.`;
  const rule = `the 95 % interval of every watched ratio within ±${formatSetting(plan.stop.ratio, 'ratio')}`;
  const blocks = blockCount(analysis);
  if (stop.reason === 'precision')
    return `The run stopped after ${blocks} blocks by its rule: ${rule}.`;
  if (stop.reason === 'time')
    return `The run stopped after ${blocks} blocks because its time of ${formatSetting(plan.stop.maxTimeNs, 'ns')} was up, before its rule was met: ${rule}.`;
  if (stop.blocks >= plan.blocks)
    return `All ${formatCount(plan.blocks)} blocks that the plan allows were measured, before its rule was met: ${rule}.`;
  return `The run ended after ${blocks} blocks, before its rule was met: ${rule}.`;
}

/**
 * One sentence on the interval that is farthest from its limit by the rule; undefined without one.
 */
export function widestSentence({ analysis, metrics }: ReportContext): string | undefined {
  const widest = analysis.stop?.widest;
  if (widest === undefined) return undefined;
  const load = analysis.loadPoints.length > 1 ? ` at ${loadWords(widest.loadPoint)}` : '';
  return `The widest, measured against its limit, is ${metricText(metrics, widest.metric).title} of ${armTitleOf(analysis, widest.arm)}${load}: ${widthWords(widest, { analysis, metrics })}.`;
}

function widthWords(
  { metric, scale, halfWidth, limit }: StopInterval,
  { metrics }: ReportContext,
): string {
  if (halfWidth === undefined || limit === undefined) return 'it has no value';
  const { unit } = metricText(metrics, metric);
  const [width, bound] =
    scale === 'ratio'
      ? [formatPercent(halfWidth, 2), formatSetting(limit, 'ratio')]
      : [formatValue(halfWidth, unit), formatSetting(limit, unit)];
  return `±${width}, limit ±${bound}`;
}
