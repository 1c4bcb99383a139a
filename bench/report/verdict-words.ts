// A verdict as the few words of a table cell. They say what was shown and never more: no verdict
// reads as "no difference".

import type { Comparison, Verdict, VerdictKind } from '../analysis/analysis.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import { formatPercent, formatValue } from './format.ts';

export interface VerdictSubject {
  readonly comparison: Comparison;
  readonly unit: MetricUnit;
  readonly baselineTitle: string;
  readonly otherTitle: string;
  /** Title of an arm by its name. */
  readonly titleOf: (arm: string) => string;
}

export function verdictWords(subject: VerdictSubject): string {
  return words[subject.comparison.verdict.kind](subject);
}

/** The kind of a verdict alone, without sizes and reasons. */
export function verdictLabel(
  { kind, favours }: Verdict,
  titleOf: (arm: string) => string,
  margin?: Comparison['margin'],
): string {
  if (kind === 'equivalent' && margin?.isForUsers === true) return 'negligible to a user';
  const winner = favours === undefined ? 'one arm' : titleOf(favours);
  return labels[kind].replace('{}', winner);
}

const labels: Record<VerdictKind, string> = {
  invalid: 'INVALID',
  'harness-limited': 'HARNESS-LIMITED',
  'not-measured': 'not measured',
  withheld: 'no verdict',
  better: '{} better',
  'size-uncertain': '{} better, size uncertain',
  equivalent: 'equivalent',
  'not-resolvable': 'not resolvable',
  inconclusive: 'inconclusive',
  exact: 'exact',
};

/** Words for a narrow table below which the reasons are listed: they hold for all its rows. */
export function shortVerdictWords(subject: VerdictSubject): string {
  const { verdict } = subject.comparison;
  const isReasonless =
    verdict.kind === 'invalid' || verdict.kind === 'harness-limited' || verdict.kind === 'withheld';
  return isReasonless ? labelOf(subject) : verdictWords(subject);
}

const words: Record<VerdictKind, (subject: VerdictSubject) => string> = {
  invalid: (subject) => labelOf(subject) + reasonOf(subject),
  'harness-limited': (subject) => labelOf(subject) + reasonOf(subject),
  'not-measured': (subject) => labelOf(subject) + reasonOf(subject),
  withheld: (subject) => labelOf(subject) + reasonOf(subject),
  better: labelOf,
  'size-uncertain': labelOf,
  equivalent: (subject) =>
    subject.comparison.verdict.differenceDetected
      ? `${labelOf(subject)} (${detected(subject)} was detected)`
      : labelOf(subject),
  'not-resolvable': (subject) => labelOf(subject) + blocksOf(subject),
  inconclusive: (subject) => labelOf(subject) + blocksOf(subject),
  exact: exactWords,
};

function labelOf({ comparison, titleOf }: VerdictSubject): string {
  return verdictLabel(comparison.verdict, titleOf, comparison.margin);
}

function exactWords({ comparison, unit, baselineTitle, otherTitle }: VerdictSubject): string {
  const difference =
    comparison.difference?.value ?? comparison.other.value - comparison.baseline.value;
  if (difference === 0) return 'exact: equal';
  const smaller = difference < 0 ? otherTitle : baselineTitle;
  const size = formatValue(Math.abs(difference), unit);
  return `exact: ${smaller} smaller by ${size}${relevance(comparison)}`;
}

/** Without a favourite a counted difference is small, or not all blocks have it. */
function relevance({ verdict, ratio, margin }: Comparison): string {
  if (verdict.favours !== undefined || ratio === undefined || margin.ratio === undefined) return '';
  const isWithin = Math.abs(Math.log(ratio.value)) <= Math.log1p(margin.ratio);
  return isWithin ? ', within the margin' : ', not in every block';
}

function detected({ comparison, unit }: VerdictSubject): string {
  const { ratio, difference } = comparison;
  const size =
    ratio === undefined
      ? formatValue(Math.abs(difference?.value ?? 0), unit)
      : formatPercent(Math.abs(ratio.value - 1), 2);
  return `a difference of ${size}`;
}

/** Most characters of a reason inside a table; the sentence of the comparison has the full text. */
const MAX_REASON = 60;

function reasonOf({ comparison }: VerdictSubject): string {
  const { reason } = comparison.verdict;
  if (reason === undefined) return '';
  return reason.length <= MAX_REASON
    ? `: ${reason}`
    : `: ${reason.slice(0, MAX_REASON - 1).trimEnd()}…`;
}

function blocksOf({ comparison }: VerdictSubject): string {
  const { blocksNeeded } = comparison.verdict;
  return blocksNeeded === undefined ? '' : ` (≈ ${blocksNeeded} blocks)`;
}
