// Shows whether a verdict depends on one condition that was varied: its claim under each condition,
// side by side.

import type { Verdict } from '../analysis.ts';
import { loadRole } from './conditions.ts';
import type {
  JoinedComparison,
  JoinedCondition,
  JoinedRuns,
  SensitivityCell,
  SensitivityRow,
} from './joined-runs.ts';

type Variation = JoinedRuns['variations'][number];

export function tellSensitivity(
  main: JoinedCondition,
  variations: readonly Variation[],
): readonly SensitivityRow[] {
  if (variations.length === 0) return [];
  return main.comparisons.map((comparison) => {
    const own = cellOf(comparison, undefined);
    return {
      loadPoint: comparison.loadPoint,
      metric: comparison.metric,
      title: comparison.title,
      unit: comparison.unit,
      baselineTitle: comparison.baselineTitle,
      otherArm: comparison.otherArm,
      otherTitle: comparison.otherTitle,
      margin: comparison.margin,
      cells: [own, ...variations.map((variation) => againstMain(own, comparison, variation))],
    };
  });
}

function againstMain(
  own: SensitivityCell,
  comparison: JoinedComparison,
  variation: Variation,
): SensitivityCell {
  const twin = variation.comparisons.find((candidate) => keyOf(candidate) === keyOf(comparison));
  if (twin === undefined)
    return {
      varies: variation.varies,
      ratio: undefined,
      difference: undefined,
      verdicts: [],
      outcome: 'open',
    };
  const cell = cellOf(twin, variation.varies);
  return { ...cell, outcome: outcomeOf(claimOf(own.verdicts), claimOf(cell.verdicts)) };
}

function keyOf({ metric, loadPoint, baselineTitle, otherArm }: JoinedComparison): string {
  return [metric, loadRole(loadPoint), otherArm, baselineTitle].join(' | ');
}

function cellOf(
  { ratio, difference, verdict, occasions }: JoinedComparison,
  varies: SensitivityCell['varies'],
): SensitivityCell {
  // With too few occasions for a claim over them, the single runs have one.
  const verdicts =
    verdict.kind === 'withheld' ? occasions.map((occasion) => occasion.verdict) : [verdict];
  const [only] = occasions;
  const isSingle = occasions.length === 1 && only !== undefined;
  return {
    varies,
    ratio: isSingle ? only.ratio : ratio,
    difference: isSingle ? only.difference : difference,
    verdicts,
    outcome: undefined,
  };
}

/** The common claim; undefined when there is none, or when the runs do not make the same one. */
function claimOf(verdicts: readonly Verdict[]): string | undefined {
  const claims = new Set(verdicts.map(singleClaim));
  const [only] = claims;
  return claims.size === 1 ? only : undefined;
}

function singleClaim({ kind, favours }: Verdict): string | undefined {
  if (kind === 'equivalent') return 'equivalent';
  if (kind === 'better' || kind === 'size-uncertain') return `better: ${favours}`;
  return kind === 'exact' ? `exact: ${favours}` : undefined;
}

function outcomeOf(
  main: string | undefined,
  varied: string | undefined,
): SensitivityCell['outcome'] {
  if (main === undefined || varied === undefined) return 'open';
  return main === varied ? 'kept' : 'changed';
}
