// Renders the verdict on a change as the few words of a table cell. `~` is benchstat's sign for a
// difference that may be noise: it stands where nothing is shown, and never means that nothing
// changed.

import type { Change, ChangeVerdictKind } from '../../analysis/across/run-comparison.ts';
import {
  formatDifferenceEstimate,
  formatPercent,
  formatRatio,
  formatValue,
  UNKNOWN,
} from '../format.ts';
import type { Tone } from '../blocks.ts';

export const NOT_SHOWN = '~';

export function changeWords(change: Change): string {
  return words[change.verdict.kind](change);
}

/** Words for a narrow table beside which the reasons are listed. */
export function shortChangeWords(change: Change): string {
  const { kind } = change.verdict;
  return kind === 'invalid' || kind === 'harness-limited' || kind === 'withheld'
    ? reasonless[kind]
    : changeWords(change);
}

const reasonless = {
  invalid: 'INVALID',
  'harness-limited': 'HARNESS-LIMITED',
  withheld: 'no verdict',
} as const;

const words: Record<ChangeVerdictKind, (change: Change) => string> = {
  better: () => 'better',
  worse: () => 'worse',
  equivalent: (change) =>
    change.verdict.differenceDetected
      ? `equivalent (a change of ${sizeOf(change)} was detected)`
      : 'equivalent',
  'size-uncertain': ({ verdict }) => `${verdict.direction ?? 'changed'}, size uncertain`,
  'not-shown': ({ verdict }) =>
    verdict.trialsNeeded === undefined
      ? NOT_SHOWN
      : `${NOT_SHOWN} (≈ ${verdict.trialsNeeded} trials)`,
  exact: exactWords,
  marked: ({ verdict }) => verdict.direction ?? 'differs',
  invalid: withReason(reasonless.invalid),
  'harness-limited': withReason(reasonless['harness-limited']),
  'not-measured': withReason('not measured'),
  withheld: withReason(reasonless.withheld),
};

function withReason(word: string): (change: Change) => string {
  return ({ verdict }) => (verdict.reason === undefined ? word : `${word}: ${verdict.reason}`);
}

function exactWords({ verdict, difference, ratio, margin, unit }: Change): string {
  const size = difference?.value ?? 0;
  if (size === 0) return 'exact: equal';
  const by = formatValue(Math.abs(size), unit);
  if (verdict.direction !== undefined) return `exact: ${verdict.direction} by ${by}`;
  const isWithin =
    ratio !== undefined &&
    margin.ratio !== undefined &&
    Math.abs(Math.log(ratio.value)) <= Math.log1p(margin.ratio);
  return `exact: ${size > 0 ? 'larger' : 'smaller'} by ${by}, ${isWithin ? 'within the margin' : 'not in every trial'}`;
}

function sizeOf({ ratio, difference, unit }: Change): string {
  return ratio === undefined
    ? formatValue(Math.abs(difference?.value ?? 0), unit)
    : formatPercent(Math.abs(ratio.value - 1), 2);
}

/** The ratio new/old with its interval, or new − old for a quantity that may be zero. */
export function formatChange({ ratio, difference, unit }: Change): string {
  if (ratio !== undefined) return formatRatio(ratio);
  return difference === undefined ? UNKNOWN : formatDifferenceEstimate(difference, unit);
}

export function changeTone({ verdict: { kind, direction } }: Change): Tone | undefined {
  if (kind === 'invalid' || kind === 'harness-limited') return 'bad';
  if (kind === 'size-uncertain') return 'doubt';
  if (direction !== undefined) return direction === 'better' ? 'good' : 'bad';
  return kind === 'equivalent' || kind === 'exact' ? undefined : 'muted';
}
