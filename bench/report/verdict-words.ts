// A verdict as the few words of a table cell. They say what was shown and never more: no verdict reads as "no difference".

import type { Comparison, MetricUnit, VerdictKind } from '../analysis/analysis.ts';
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

/** For a narrow table below which the reasons are listed: they hold for all its rows. */
export function shortVerdictWords(subject: VerdictSubject): string {
  const { kind } = subject.comparison.verdict;
  return kind === 'invalid' || kind === 'harness-limited' || kind === 'withheld' ? reasonless[kind] : verdictWords(subject);
}

const reasonless = { invalid: 'INVALID', 'harness-limited': 'HARNESS-LIMITED', withheld: 'no verdict' } as const;

const words: Record<VerdictKind, (subject: VerdictSubject) => string> = {
  invalid: (subject) => reasonless.invalid + reasonOf(subject),
  'harness-limited': (subject) => reasonless['harness-limited'] + reasonOf(subject),
  'not-measured': (subject) => `not measured${reasonOf(subject)}`,
  withheld: (subject) => reasonless.withheld + reasonOf(subject),
  better: (subject) => `${favoured(subject)} better`,
  'size-uncertain': (subject) => `${favoured(subject)} better, size uncertain`,
  equivalent: (subject) =>
    subject.comparison.verdict.differenceDetected ? `equivalent (${detected(subject)} was detected)` : 'equivalent',
  'not-resolvable': (subject) => `not resolvable${blocksOf(subject)}`,
  inconclusive: (subject) => `inconclusive${blocksOf(subject)}`,
  exact: exactWords,
};

function exactWords({ comparison, unit, baselineTitle, otherTitle }: VerdictSubject): string {
  const difference = comparison.difference?.value ?? comparison.other.value - comparison.baseline.value;
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

function favoured({ comparison, titleOf }: VerdictSubject): string {
  const { favours } = comparison.verdict;
  return favours === undefined ? 'one arm' : titleOf(favours);
}

function detected({ comparison, unit }: VerdictSubject): string {
  const { ratio, difference } = comparison;
  const size = ratio === undefined ? formatValue(Math.abs(difference?.value ?? 0), unit) : formatPercent(Math.abs(ratio.value - 1), 2);
  return `a difference of ${size}`;
}

/** Characters of a reason inside a table; the sentence of the comparison has all of them. */
const MAX_REASON = 60;

function reasonOf({ comparison }: VerdictSubject): string {
  const { reason } = comparison.verdict;
  if (reason === undefined) return '';
  return reason.length <= MAX_REASON ? `: ${reason}` : `: ${reason.slice(0, MAX_REASON - 1).trimEnd()}…`;
}

function blocksOf({ comparison }: VerdictSubject): string {
  const { blocksNeeded } = comparison.verdict;
  return blocksNeeded === undefined ? '' : ` (≈ ${blocksNeeded} blocks)`;
}
