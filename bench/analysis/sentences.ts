// Renders a verdict as one plain sentence, from the verdict alone. It never says that there is no
// difference: a run can show that a difference is negligible, or fail to show anything.

import { armTitle } from '../contract/arms/arms.ts';
import { amount, percent, ratioText, span } from './amounts.ts';
import type { Estimate } from './statistics/estimate.ts';
import type { Verdict, VerdictKind } from './analysis.ts';
import type { Evidence } from './compare.ts';
import type { Metric } from './metrics/metric.ts';

export function verdictSentence(evidence: Evidence, verdict: Verdict): string {
  const { kind, reason } = verdict;
  if (evidence.bounded !== undefined && kind === 'better')
    return `${betterWords(evidence, verdict)}: ${boundWords(evidence.bounded)}.`;
  if (evidence.bounded !== undefined && kind === 'inconclusive')
    return `${evidence.metric.title} is undecided: ${reason}.`;
  return sentences[kind](evidence, verdict);
}

const sentences: Record<VerdictKind, (evidence: Evidence, verdict: Verdict) => string> = {
  invalid: ({ metric }, { reason }) =>
    `${metric.title} is not compared, because the measurement is invalid: ${reason}.`,
  'harness-limited': ({ metric }, { reason }) =>
    `${metric.title} is not compared, because a gate of the harness failed: ${reason}.`,
  'not-measured': ({ metric }, { reason }) => `${metric.title} was not measured: ${reason}.`,
  withheld: ({ metric }, { reason }) => `No verdict on ${subject(metric)}: ${reason}.`,
  better: (evidence, verdict) =>
    `${betterWords(evidence, verdict)}: ${sizeWords(evidence, verdict)}.`,
  'size-uncertain': (evidence, verdict) =>
    `${betterWords(evidence, verdict)}, but whether by a relevant amount is uncertain: ${effectWords(evidence)}, reaches into what is negligible (${marginWords(evidence.metric)}).`,
  equivalent: (evidence, { differenceDetected }) =>
    `${equivalenceWords(evidence.metric)} (${marginWords(evidence.metric)}): ${equivalentWords(evidence)}` +
    `${differenceDetected ? '; a difference was detected, but it is negligible' : ''}.`,
  'not-resolvable': (evidence, verdict) =>
    `${evidence.metric.title} cannot be resolved to the margin (${marginWords(evidence.metric)}), because ${verdict.reason}: ${effectWords(evidence)}${neededWords(verdict)}.`,
  inconclusive: (evidence, verdict) =>
    `${evidence.metric.title} is undecided: ${effectWords(evidence)}, leaves open whether the difference is negligible (${marginWords(evidence.metric)})` +
    `${verdict.reason === undefined ? neededWords(verdict) : `; ${verdict.reason}`}.`,
  exact: exactWords,
};

/** Describes the winner, whose bound is the one that is known. */
function boundWords({ interval: { low, high } }: NonNullable<Evidence['bounded']>): string {
  return `at least ${percent(Math.expm1(low > 0 ? low : -high))} more in the median (95 % bound from ranks; some answers are only "at least")`;
}

function betterWords({ metric, baselineArm, otherArm }: Evidence, { favours }: Verdict): string {
  const [winner, loser] =
    favours === otherArm.name ? [otherArm, baselineArm] : [baselineArm, otherArm];
  return `${armTitle(winner.arm)} had ${metric.better} ${subject(metric)} than ${armTitle(loser.arm)}`;
}

/**
 * The size as a share of the other arm's value when there is a ratio, else in the metric's unit.
 */
function sizeWords(
  { metric, ratio, difference, otherArm }: Evidence,
  { favours }: Verdict,
): string {
  const word = metric.better === 'lower' ? 'less' : 'more';
  // The winner's value over the loser's.
  const share = (value: number): number =>
    Math.abs(1 - (favours === otherArm.name ? value : 1 / value));
  if (ratio !== undefined) return withInterval(ratio, share, (size) => percent(size), word);
  return withInterval(difference, Math.abs, (size) => amount(size, metric.unit), word);
}

function withInterval(
  estimate: Estimate | undefined,
  turn: (value: number) => number,
  render: (size: number) => string,
  word: string,
): string {
  if (estimate?.low === undefined || estimate.high === undefined) return 'of unknown size';
  const [low, high] = [turn(estimate.low), turn(estimate.high)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return `${render(turn(estimate.value))} ${word} (95 % interval ${span(render(low), render(high))})`;
}

function effectWords(evidence: Evidence): string {
  const { ratio, baselineArm, otherArm } = evidence;
  if (ratio === undefined) return differenceWords(evidence);
  return `${armTitle(otherArm.arm)} / ${armTitle(baselineArm.arm)} = ${intervalWords(ratio, ratioText)}`;
}

function differenceWords({ metric, difference, baselineArm, otherArm }: Evidence): string {
  return `${armTitle(otherArm.arm)} − ${armTitle(baselineArm.arm)} = ${intervalWords(difference, (value) => amount(value, metric.unit))}`;
}

/**
 * States nothing about the transport's share: a margin for users may be wider than all the time
 * that the transport takes.
 */
function equivalenceWords({ title, margin }: Metric): string {
  return margin?.isForUsers === true
    ? `${title}: what differs is negligible to a user`
    : `${title} is equivalent for practical purposes`;
}

/** The ratio, and the difference too when only that shows the equivalence. */
function equivalentWords(evidence: Evidence): string {
  const { ratio, metric } = evidence;
  const factor = 1 + (metric.margin?.ratio ?? 0);
  const isWithin =
    ratio?.low !== undefined &&
    ratio.high !== undefined &&
    ratio.low > 1 / factor &&
    ratio.high < factor;
  return ratio === undefined || isWithin
    ? effectWords(evidence)
    : `${effectWords(evidence)}; ${differenceWords(evidence)}`;
}

function exactWords(evidence: Evidence, { favours }: Verdict): string {
  const { metric, baseline, other, baselineArm, otherArm } = evidence;
  const value = (estimate: Estimate | undefined): string =>
    estimate === undefined ? '–' : amount(estimate.value, metric.unit);
  const counted = `${metric.title}: ${armTitle(baselineArm.arm)} ${value(baseline)}, ${armTitle(otherArm.arm)} ${value(other)}`;
  if (favours === undefined)
    return `${counted}${metric.better === 'neither' ? ratioWords(evidence) : agreementWords(evidence)}.`;
  const winner = favours === otherArm.name ? otherArm : baselineArm;
  if (evidence.ratio === undefined)
    return `${counted}; fewer with ${armTitle(winner.arm)} in every block.`;
  const smaller =
    favours === otherArm.name ? evidence.ratio?.value : 1 / (evidence.ratio?.value ?? 1);
  return `${counted}; ${armTitle(winner.arm)} needed ${percent(1 - (smaller ?? 1))} less.`;
}

/** The ratio is given even if the metric favours no arm; equal values need none. */
function ratioWords({ ratio, difference, baselineArm, otherArm }: Evidence): string {
  if (ratio === undefined || difference?.value === 0) return '';
  return `; ${armTitle(otherArm.arm)} / ${armTitle(baselineArm.arm)} = ${ratioText(ratio.value)}`;
}

function agreementWords({ metric, ratio, pairs }: Evidence): string {
  // A count that may be 0 has no ratio.
  if (ratio === undefined && pairs.every((pair) => pair.baseline === pair.other))
    return ', equal in every block';
  const factor = 1 + (metric.margin?.ratio ?? 0);
  const isWithin = ratio !== undefined && ratio.value > 1 / factor && ratio.value < factor;
  return isWithin ? `, ${marginWords(metric)} of each other` : '; the trials do not all agree';
}

function neededWords({ blocksNeeded }: Verdict): string {
  return blocksNeeded === undefined ? '' : `; it takes about ${blocksNeeded} blocks or more`;
}

function marginWords({ margin, unit }: Metric): string {
  const bounds = [
    ...(margin?.ratio === undefined ? [] : [percent(margin.ratio)]),
    ...(margin?.absolute === undefined ? [] : [amount(margin.absolute, unit)]),
  ];
  return `within ${bounds.join(' or ')}`;
}

function intervalWords(estimate: Estimate | undefined, render: (value: number) => string): string {
  if (estimate?.low === undefined || estimate.high === undefined) return 'unknown';
  return `${render(estimate.value)}, 95 % interval ${span(render(estimate.low), render(estimate.high))}`;
}

/** The title inside a sentence; abbreviations keep their capitals. */
function subject({ title }: Metric): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
