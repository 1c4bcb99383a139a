// Judges what a run shows for a meaning. No number is judged again that has a verdict: it is asked
// only whether it also holds beside the other tests that bear on the claim.

import type { Comparison, Verdict, VerdictKind } from '../analysis/analysis.ts';
import { shareInterval } from '../analysis/statistics/share-interval.ts';
import type { Bearing, Evidence, Figure } from './claim-reading.ts';
import type { ComparedPair, Finding, Test } from './finding.ts';

const ALPHA = 0.05;

interface Judged {
  readonly bearing: Bearing;
  readonly reason?: string | undefined;
}

/** @param tests Tests between arms that bear on the claim, this one included (Bonferroni). */
export function judgeFinding(finding: Finding, tests: number): Evidence {
  const { test, condition, place } = finding;
  const { bearing, reason } = judge(finding, tests);
  return { bearing, reason, figure: figureOf(test), condition, place };
}

function judge({ test, missed, unsettled }: Finding, tests: number): Judged {
  if (missed !== undefined) return { bearing: 'void', reason: missed };
  return unsettled === undefined ? judgeTest(test, tests) : open(unsettled);
}

function judgeTest(test: Test, tests: number): Judged {
  if (test.kind === 'verdict') return judgeVerdict(test, tests);
  const isTested = test.kind === 'blocks';
  const { low, high } = shareInterval(test.held, test.of, isTested ? ALPHA / tests : ALPHA);
  if (low > 0.5) return { bearing: 'supports' };
  if (high < 0.5) return { bearing: 'refutes' };
  const isAlike = test.held === 0 || test.held === test.of;
  const count = `${test.held} of ${test.of} ${test.kind}`;
  return {
    bearing: 'open',
    reason: isAlike
      ? `${count}: too few to tell the rule from chance`
      : `${count}: as often as not cannot be excluded`,
  };
}

type VerdictTest = Extract<Test, { kind: 'verdict' }>;

function judgeVerdict(test: VerdictTest, tests: number): Judged {
  const { comparison, favoured } = test;
  const { verdict } = comparison;
  if (verdict.kind === 'exact') return judgeExact(test);
  if (verdict.kind === 'better')
    return holds(comparison.adjustedP, tests)
      ? sideOf(verdict.favours, favoured)
      : open(`${besides(tests)}, though better in its own run`);
  // Where equivalence decides nothing by itself, its run's own correction is enough.
  if (verdict.kind === 'equivalent')
    return favoured !== undefined || holds(comparison.adjustedTostP, tests)
      ? equal(favoured)
      : open(`${besides(tests)}, though equivalent in its own run`);
  const reason = reasons[verdict.kind](verdict, test.pair);
  return verdict.kind === 'invalid' || verdict.kind === 'harness-limited'
    ? { bearing: 'void', reason }
    : open(reason);
}

function holds(p: number | undefined, tests: number): boolean {
  return p !== undefined && p * tests < ALPHA;
}

function besides(tests: number): string {
  return `not shown beside the other ${tests === 2 ? 'test' : `${tests - 1} tests`} of this claim`;
}

const open = (reason: string): Judged => ({ bearing: 'open', reason });

/** Where the meaning is that there is no difference, its absence supports it. */
function equal(favoured: string | undefined): Judged {
  return { bearing: favoured === undefined ? 'supports' : 'equal' };
}

function sideOf(favours: string | undefined, favoured: string | undefined): Judged {
  return { bearing: favours === favoured ? 'supports' : 'refutes' };
}

/**
 * Counted, so that a difference is no estimate. A part of the bytes has no margin of its own: there
 * the smaller one is better where it is smaller in every block.
 */
function judgeExact({ comparison, favoured, pair }: VerdictTest): Judged {
  const { verdict, ratio, difference, margin, pairs } = comparison;
  if (verdict.favours !== undefined) return sideOf(verdict.favours, favoured);
  const isEqual =
    difference?.value === 0 ||
    (ratio !== undefined &&
      margin.ratio !== undefined &&
      Math.abs(Math.log(ratio.value)) <= Math.log1p(margin.ratio));
  if (isEqual) return equal(favoured);
  if (margin.ratio !== undefined) return open('counted, and not in every block');
  const isOtherLess = pairs.every(({ baseline, other }) => other < baseline);
  const isOtherMore = pairs.every(({ baseline, other }) => other > baseline);
  if (pairs.length === 0 || isOtherLess === isOtherMore)
    return open('counted, and not in every block');
  // Parts of the bytes are no better for being few: a meaning that asks for one asks for few.
  return sideOf(isOtherLess === (pair.better !== 'higher') ? pair.other : pair.baseline, favoured);
}

type Reason = (verdict: Verdict, pair: ComparedPair) => string;

const withReason =
  (words: string): Reason =>
  ({ reason }) =>
    reason === undefined ? words : `${words}, ${reason}`;

const reasons: Record<Exclude<VerdictKind, 'better' | 'exact' | 'equivalent'>, Reason> = {
  'size-uncertain': ({ favours }, { baseline, titles }) =>
    `${favours === baseline ? titles.baseline : titles.other} better, size uncertain`,
  inconclusive: () => 'inconclusive',
  'not-resolvable': () => 'too noisy for the margin',
  withheld: withReason('no verdict'),
  invalid: withReason('INVALID'),
  'harness-limited': withReason('HARNESS-LIMITED'),
  'not-measured': withReason('not measured'),
};

function figureOf(test: Test): Figure | undefined {
  if (test.kind === 'verdict') return comparedFigure(test.comparison, test.pair);
  const { held, of, kind: counted } = test;
  const means = test.kind === 'blocks' ? test.means : undefined;
  return { kind: 'share', held, of, ...shareInterval(held, of), counted, means };
}

function comparedFigure(
  { ratio, difference }: Comparison,
  { titles, unit }: ComparedPair,
): Figure | undefined {
  if (ratio !== undefined) return { kind: 'ratio', titles, estimate: ratio };
  return difference && { kind: 'difference', titles, estimate: difference, unit };
}
