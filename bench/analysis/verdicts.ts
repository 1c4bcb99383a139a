// Decides the verdict on a comparison. The rules are tried in a fixed order and the first that
// applies decides; the statistics behind them were computed before, so that nothing here depends on
// which verdict would be welcome.

import type { Estimate } from './statistics/estimate.ts';
import type { Verdict } from './analysis.ts';
import type { ActiveScale, Evidence } from './compare.ts';
import { distributionsOf } from './measured-trials.ts';
import { TOO_FEW_SAMPLES, whyUnsupported } from './statistics/tail-support.ts';
import { blocksNeeded } from './statistics/sample-size.ts';

const ALPHA = 0.05;
/** Never recommend fewer blocks than a Holm-corrected claim over eight endpoints needs. */
export const LEAST_BLOCKS = 9;

/**
 * One endpoint of the A/A pair of this run: half-widths of its intervals, the best possible
 * resolution.
 */
export interface VerdictFloor {
  readonly ratio: number | undefined;
  readonly absolute: number | undefined;
  /** The difference between two equal arms, in words, if one was found. */
  readonly claim: string | undefined;
}

export interface VerdictContext {
  /** Gates that failed for one of the two arms, in words. */
  readonly invalid: readonly string[];
  /** Those of the harness that void this metric, in words. */
  readonly harnessLimited: readonly string[];
  /** Why the plan allows no verdict; undefined when it does. */
  readonly withheld: string | undefined;
  /** The fewest blocks in which a claim can pass Holm's correction over this run's family. */
  readonly fewestBlocks: number;
  /** Holm-adjusted; undefined when the comparison was not measured. */
  readonly differenceP: number | undefined;
  readonly equivalenceP: number | undefined;
  /** Why two clocks agree too little for this metric. */
  readonly clocks?: string | undefined;
  /** undefined without A/A arms. */
  readonly noiseFloor: VerdictFloor | undefined;
}

/** Judges pre-declared endpoints and counted metrics; all other comparisons are exploratory. */
export function decideVerdict(evidence: Evidence, context: VerdictContext): Verdict {
  if (evidence.baselineArm.isNullArm || evidence.otherArm.isNullArm)
    return because('withheld', 'the null arm is the floor, not a contender');
  if (evidence.metric.endpoint === undefined && evidence.metric.isExact !== true)
    return because('withheld', 'exploratory');
  if (context.invalid.length > 0) return because('invalid', context.invalid.join('; '));
  const missing = whyNotMeasured(evidence);
  if (missing !== undefined) return because('not-measured', missing);
  if (context.harnessLimited.length > 0)
    return because('harness-limited', context.harnessLimited.join('; '));
  if (context.withheld !== undefined) return because('withheld', context.withheld);
  if (evidence.metric.isExact === true) return decideExact(evidence);
  const { fewestBlocks } = context;
  const blocks = evidence.bounded?.blocks ?? evidence.pairs.length;
  if (blocks < fewestBlocks) {
    return because(
      'withheld',
      `${blocks} blocks; with fewer than ${fewestBlocks} nothing can pass the correction for all comparisons of this run`,
    );
  }
  return evidence.bounded === undefined
    ? decideTested(evidence, context)
    : decideBounded(evidence, context);
}

/** Why the evidence may not enter the family of tests; undefined when it may. */
export function whyNotMeasured({
  metric,
  pairs,
  completedBlocks,
  baselineArm,
  otherArm,
  bounded,
}: Evidence): string | undefined {
  if (completedBlocks === 0) return 'no block in which both arms completed';
  if (bounded !== undefined)
    return bounded.blocks < 2 ? 'a single block has no interval' : undefined;
  const { absence } = metric;
  const why = (): string =>
    absence ??
    whyUnsupported(
      metric.quantile,
      [baselineArm, otherArm].flatMap(({ completed }) => distributionsOf(completed)),
    );
  if (pairs.length === 0) {
    const reason = absence ?? (why() === TOO_FEW_SAMPLES ? undefined : why());
    return `no trial supports this number${reason === undefined ? '' : `: ${reason}`}`;
  }
  if (metric.isExact === true) return undefined;
  // All or none: trials that lack a number lack it because they went badly, and leaving them out
  // would favour their arm.
  if (pairs.length < completedBlocks) {
    return `supported in ${pairs.length} of ${completedBlocks} blocks only: ${absence === undefined ? `${why()} in the others` : `in the others ${absence}`}`;
  }
  return pairs.length < 2 ? 'a single block has no interval' : undefined;
}

function decideTested(evidence: Evidence, context: VerdictContext): Verdict {
  const { scales } = evidence;
  const isDetected = (context.differenceP ?? 1) < ALPHA;
  const { noiseFloor } = context;
  if (context.clocks !== undefined) return because('not-resolvable', context.clocks);
  // More blocks do not remove a difference between equal arms.
  if (noiseFloor?.claim !== undefined)
    return because('not-resolvable', `two equal arms differed here by ${noiseFloor.claim}`);
  if (isBelow(noiseFloor, evidence))
    return unresolved(
      'not-resolvable',
      evidence,
      context,
      'the interval between two equal arms is wider than the margin here',
    );
  const side = sideOutside(scales);
  if (isDetected && side !== undefined)
    return { ...plain('better'), favours: favoured(evidence, side) };
  // The adjusted p is below α only if an interval lies within the margin: of 95 % with two scales,
  // of 90 % with one.
  if ((context.equivalenceP ?? 1) < ALPHA)
    return { ...plain('equivalent'), differenceDetected: isDetected };
  if (isDetected)
    return {
      ...plain('size-uncertain'),
      favours: favoured(evidence, Math.sign(scales[0]?.effect.mean ?? 0)),
    };
  const isTooNoisy = scales.every(
    ({ effect, margin }) => (effect.interval95.high - effect.interval95.low) / 2 > margin,
  );
  if (isTooNoisy)
    return unresolved('not-resolvable', evidence, context, 'this run is too noisy for the margin');
  return unresolved('inconclusive', evidence, context, undefined);
}

/**
 * When some answers are only "at least", the median ratio has a bound on one side or on none: an
 * arm is better when that bound lies beyond the margin. Equivalence needs both sides and is never
 * claimed.
 */
function decideBounded(evidence: Evidence, { differenceP, noiseFloor }: VerdictContext): Verdict {
  if (noiseFloor?.claim !== undefined)
    return because('inconclusive', `two equal arms differed here by ${noiseFloor.claim}`);
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } =
    evidence.bounded?.interval ?? {};
  const margin = Math.log1p(evidence.metric.margin?.ratio ?? 0);
  const side = low > margin ? 1 : high < -margin ? -1 : 0;
  if (side !== 0 && (differenceP ?? 1) < ALPHA)
    return { ...plain('better'), favours: favoured(evidence, side) };
  return because(
    'inconclusive',
    'some answers are only "at least", and those that are known give the arms no order beyond the margin',
  );
}

/**
 * All counted values agree or there is no favourite: no test is made, so no spread may be argued
 * away.
 */
function decideExact({ metric, pairs, baselineArm, otherArm }: Evidence): Verdict {
  const factor = 1 + (metric.margin?.ratio ?? 0);
  const isOtherSmaller = pairs.every((pair) => pair.other * factor < pair.baseline);
  const isBaselineSmaller = pairs.every((pair) => pair.baseline * factor < pair.other);
  const smaller = isOtherSmaller ? otherArm.name : isBaselineSmaller ? baselineArm.name : undefined;
  return { ...plain('exact'), favours: metric.better === 'lower' ? smaller : undefined };
}

/**
 * +1 or −1 when the 95 % intervals lie outside the margin on every scale and on one side; undefined
 * otherwise.
 */
function sideOutside(scales: readonly ActiveScale[]): number | undefined {
  const sides = scales.map(({ effect: { interval95 }, margin }) =>
    interval95.low > margin ? 1 : interval95.high < -margin ? -1 : 0,
  );
  const [first] = sides;
  return first !== undefined && first !== 0 && sides.every((side) => side === first)
    ? first
    : undefined;
}

function favoured({ metric, baselineArm, otherArm }: Evidence, side: number): string | undefined {
  if (metric.better === 'neither' || side === 0) return undefined;
  const isOtherBetter = metric.better === 'lower' ? side < 0 : side > 0;
  return isOtherBetter ? otherArm.name : baselineArm.name;
}

function isBelow(floor: VerdictFloor | undefined, { metric }: Evidence): boolean {
  if (floor === undefined || metric.margin === undefined) return false;
  return (
    exceeds(floor.ratio, metric.margin.ratio) && exceeds(floor.absolute, metric.margin.absolute)
  );
}

/** A scale without a margin resolves nothing. */
function exceeds(half: number | undefined, margin: number | undefined): boolean {
  return margin === undefined || (half !== undefined && half > margin);
}

function unresolved(
  kind: 'not-resolvable' | 'inconclusive',
  evidence: Evidence,
  context: VerdictContext,
  reason: string | undefined,
): Verdict {
  const needed = neededBlocks(evidence.scales, context.fewestBlocks);
  // The formula assumes an effect of zero or of the whole margin; with enough blocks for those, the
  // effect lies between.
  if (needed !== undefined && needed <= evidence.pairs.length) {
    return {
      ...plain(kind),
      reason:
        reason ?? 'the effect lies close to the margin: more blocks of this kind may not settle it',
    };
  }
  return { ...plain(kind), reason, blocksNeeded: needed };
}

/**
 * Blocks needed to detect the margin and to show equivalence within it, on the easier scale, at the
 * nominal level.
 */
function neededBlocks(scales: readonly ActiveScale[], fewestBlocks: number): number | undefined {
  const perScale = scales.flatMap(({ effect, margin }) => {
    const needed = blocksNeeded(effect.standardDeviation, margin);
    return needed === undefined ? [] : [Math.max(needed.difference, needed.equivalence)];
  });
  return perScale.length === 0
    ? undefined
    : Math.max(LEAST_BLOCKS, fewestBlocks, Math.min(...perScale));
}

function plain(kind: Verdict['kind']): Verdict {
  return {
    kind,
    favours: undefined,
    differenceDetected: false,
    reason: undefined,
    blocksNeeded: undefined,
  };
}

function because(kind: Verdict['kind'], reason: string): Verdict {
  return { ...plain(kind), reason };
}

/** The estimate for comparisons without a single pair: `trials` 0 says that there is no value. */
export const noEstimate: Estimate = {
  value: Number.NaN,
  low: undefined,
  high: undefined,
  trials: 0,
};
