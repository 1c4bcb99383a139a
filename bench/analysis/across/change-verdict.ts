// Decides the verdict on a change between two runs. The rules are tried in a fixed order and the
// first that applies decides, as for arms within one run; only the words differ, because here one
// side is the old one.

import type { Metric } from '../metrics/metric.ts';
import { blocksNeeded } from '../statistics/sample-size.ts';
import type { ChangeEvidence, MarginScale, TwoSides } from './change-evidence.ts';
import { ALPHA, canBeShown, fewestTrials, type ClaimFamily } from './fewest-trials.ts';
import type { ChangeVerdict, ChangeVerdictKind } from './run-comparison.ts';

/**
 * About one in ten of the exploratory changes that are marked may be chance (Benjamini–Hochberg).
 */
const FALSE_DISCOVERY_RATE = 0.1;

export interface ChangeContext {
  readonly isContender: boolean;
  /** Gates that failed in either run, in words. */
  readonly invalid: readonly string[];
  readonly harnessLimited: readonly string[];
  /** False when a plan is too short to support a verdict. */
  readonly allowed: boolean;
  /** All declared claims of the comparison. */
  readonly family: ClaimFamily;
  readonly adjustedP: number | undefined;
  readonly adjustedTostP: number | undefined;
}

export function decideChange(evidence: ChangeEvidence, context: ChangeContext): ChangeVerdict {
  const { metric } = evidence;
  const isExact = metric.isExact === true;
  const isDeclared = metric.endpoint !== undefined && context.isContender;
  if (!isDeclared && !isExact) return decideExploratory(evidence, context);
  if (context.invalid.length > 0) return because('invalid', context.invalid.join('; '));
  const missing = whyNotMeasured(evidence);
  if (missing !== undefined) return because('not-measured', missing);
  // Bytes on the socket do not depend on how busy the client was or how short the plan is; segments
  // do.
  if (isExact && metric.dependsOnTiming !== true) return decideExact(evidence);
  if (context.harnessLimited.length > 0 && metric.judgesClient !== true)
    return because('harness-limited', context.harnessLimited.join('; '));
  if (!context.allowed) return because('withheld', 'a plan this short supports no verdict');
  if (isExact) return decideExact(evidence);
  const trials = { old: evidence.values.old.length, new: evidence.values.new.length };
  if (!canBeShown(trials, context.family)) {
    const fewest = fewestTrials(context.family);
    return because(
      'withheld',
      `${trials.old} and ${trials.new} trials; fewer than ${fewest} of each support no claim once it is corrected for all comparisons made here`,
    );
  }
  return decideTested(evidence, context);
}

/** Why the evidence may not enter the family of tests; undefined when it may. */
export function whyNotMeasured({ metric, arm, values }: ChangeEvidence): string | undefined {
  for (const [side, own, completed] of [
    ['old', values.old.length, arm.old.completed.length],
    ['new', values.new.length, arm.new.completed.length],
  ] as const) {
    if (completed === 0) return `no trial of the ${side} run completed`;
    if (own === 0) return `no trial of the ${side} run supports this number`;
    if (metric.isExact === true) continue;
    // All or none: trials that lack a number lack it because they went badly, and leaving them out
    // would favour their run.
    if (own < completed)
      return `supported in ${own} of ${completed} trials of the ${side} run only`;
    if (own < 2) return `a single trial of the ${side} run has no interval`;
  }
  return undefined;
}

function decideTested(
  evidence: ChangeEvidence,
  { adjustedP, adjustedTostP, family }: ChangeContext,
): ChangeVerdict {
  const { scales, metric } = evidence;
  const isDetected = (adjustedP ?? 1) < ALPHA;
  const direction = directionOf(metric, sideOutside(scales));
  if (isDetected && direction !== undefined) return { ...plain(direction), direction };
  if ((adjustedTostP ?? 1) < ALPHA)
    return { ...plain('equivalent'), differenceDetected: isDetected };
  if (isDetected)
    return {
      ...plain('size-uncertain'),
      direction: directionOf(metric, Math.sign(scales[0]?.effect.mean ?? 0)),
    };
  const needed = neededTrials(scales, family);
  // The formula assumes an effect of zero or of the whole margin; with enough trials for those, the
  // effect lies between.
  const isEnough =
    needed !== undefined &&
    needed <= Math.min(evidence.values.old.length, evidence.values.new.length);
  return isEnough
    ? because(
        'not-shown',
        'the change lies close to the margin: more trials of this kind may not settle it',
      )
    : { ...plain('not-shown'), trialsNeeded: needed };
}

/**
 * Every trial must be beyond the margin for a direction: no test is made, so no spread may be
 * argued away.
 */
function decideExact({ metric, values, isCounted }: ChangeEvidence): ChangeVerdict {
  const factor = 1 + (metric.margin?.ratio ?? 0);
  const isAlways = isCounted ? everyPair : everyCombination;
  const isLarger = isAlways(values, (before, after) => after > before * factor);
  const isSmaller = isAlways(values, (before, after) => after * factor < before);
  const side = isLarger ? 1 : isSmaller ? -1 : 0;
  return { ...plain('exact'), direction: directionOf(metric, side) };
}

function decideExploratory(evidence: ChangeEvidence, { adjustedP }: ChangeContext): ChangeVerdict {
  const missing =
    evidence.p === undefined
      ? (whyNotMeasured(evidence) ?? 'too few trials support this number')
      : undefined;
  if (missing !== undefined) return because('not-measured', missing);
  if (adjustedP === undefined || adjustedP > FALSE_DISCOVERY_RATE) return plain('not-shown');
  return {
    ...plain('marked'),
    direction: directionOf(evidence.metric, Math.sign(evidence.difference?.value ?? 0)),
  };
}

function everyPair(
  { old, new: recent }: TwoSides,
  holds: (before: number, after: number) => boolean,
): boolean {
  return old.every((before, index) => holds(before, recent[index] as number));
}

/**
 * Different workloads have no partners, so every trial of one run must lie beyond every trial of
 * the other.
 */
function everyCombination(
  { old, new: recent }: TwoSides,
  holds: (before: number, after: number) => boolean,
): boolean {
  return old.every((before) => recent.every((after) => holds(before, after)));
}

/**
 * +1 or −1 when the 95 % intervals lie outside the margin on every scale and on one side; else 0.
 */
function sideOutside(scales: readonly MarginScale[]): number {
  const sides = scales.map(({ effect: { interval95 }, margin }) =>
    interval95.low > margin ? 1 : interval95.high < -margin ? -1 : 0,
  );
  const [first] = sides;
  return first !== undefined && sides.every((side) => side === first) ? first : 0;
}

/** The direction of a change upwards (+1) or downwards (−1). */
function directionOf({ better }: Metric, side: number): 'better' | 'worse' | undefined {
  if (better === 'neither' || side === 0) return undefined;
  return side < 0 === (better === 'lower') ? 'better' : 'worse';
}

/**
 * Trials of each run needed to detect the margin and to show equivalence within it, on the easier
 * scale, at the nominal level.
 */
function neededTrials(scales: readonly MarginScale[], family: ClaimFamily): number | undefined {
  const perScale = scales.flatMap(({ effect, margin }) => {
    // n independent trials on each side estimate a difference as well as n paired ones of this
    // spread, with more degrees of freedom.
    const needed = blocksNeeded(effect.spread, margin);
    return needed === undefined ? [] : [Math.max(needed.difference, needed.equivalence)];
  });
  return perScale.length === 0 ? undefined : Math.max(fewestTrials(family), Math.min(...perScale));
}

function plain(kind: ChangeVerdictKind): ChangeVerdict {
  return {
    kind,
    direction: undefined,
    differenceDetected: false,
    reason: undefined,
    trialsNeeded: undefined,
  };
}

function because(kind: ChangeVerdictKind, reason: string): ChangeVerdict {
  return { ...plain(kind), reason };
}
