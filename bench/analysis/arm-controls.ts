// Gates H9…: negative controls between the arms. A/A pairs compare a transport with itself and
// cannot detect an effect of the harness on one transport only; these compare quantities that the
// harness alone decides, so that any difference is its fault. What each of them bears on is in
// metrics/control-dependence.ts.

import type { GateSummary } from './analysis.ts';
import { amount, percent, span } from './amounts.ts';
import type { MeasuredArm } from './measured-trials.ts';
import type { ArmControlId } from './metrics/control-dependence.ts';
import { pairPacing, type PacingPair } from './pacing.ts';
import { median } from './statistics/moments.ts';
import { rankInterval } from './statistics/rank-interval.ts';
import { NS_PER_US } from '../contract/units.ts';

interface Control {
  readonly id: ArmControlId;
  /** The quantity that must be alike in the two arms. */
  readonly title: string;
  readonly unit: 'ratio' | 'ns' | 'count';
  readonly limit: number;
  /** Other against baseline, 0 when they are equal; undefined when the trials did not record it. */
  readonly differ: (pair: PacingPair) => number | undefined;
}

const controls: readonly Control[] = [
  {
    id: 'H9period',
    title: 'time between turns of the pacer',
    unit: 'ratio',
    // At a tenth of the capacity single blocks of a quiet run differed by up to 6.7 %: the timer
    // counts whole ms.
    limit: 0.05,
    differ: ({ baseline, other }) => relative(baseline.turnPeriodNs, other.turnPeriodNs),
  },
  {
    id: 'H9ready',
    title: 'from due to the turn that found it due',
    unit: 'ns',
    // A fifth of the smallest margin that depends on it, 100 µs of delivery p50.
    limit: 20 * NS_PER_US,
    differ: ({ baseline, other }) => other.dueToReadyNs - baseline.dueToReadyNs,
  },
  {
    id: 'H9tokens',
    title: 'tokens a turn of the pacer',
    unit: 'ratio',
    limit: 0.05,
    differ: ({ baseline, other }) => relative(baseline.tokensPerTurn, other.tokensPerTurn),
  },
  {
    id: 'H9starts',
    title: 'streams begun',
    unit: 'count',
    limit: 0,
    differ: ({ baseline, other }) => other.starts - baseline.starts,
  },
];

/** One summary per control; undefined when no tokens have a stamp of their turn. */
export function judgeControls(
  baseline: MeasuredArm,
  other: MeasuredArm,
): readonly GateSummary[] | undefined {
  const blocks = pairPacing(baseline, other);
  if (blocks.every((pairs) => pairs.length === 0)) return undefined;
  return controls.map((control) =>
    judgeControl(control, blocks, { baseline: baseline.name, other: other.name }),
  );
}

/**
 * Judges the median of the blocks: the difference must be beyond the limit and its sign must be
 * shown, by the rank interval of the median at 95 %. A stall in one block, which can lengthen its
 * mean period by a fifth, thus decides nothing, and neither do blocks that scatter to both sides;
 * with fewer than six blocks there is no such interval, and the gate only warns.
 */
function judgeControl(
  { id, title, unit, limit, differ }: Control,
  blocks: readonly (readonly PacingPair[])[],
  arms: { readonly baseline: string; readonly other: string },
): GateSummary {
  const values = blocks
    .flatMap((pairs) => median(pairs.flatMap((pair) => differ(pair) ?? [])) ?? [])
    .sort((a, b) => a - b);
  const middle = median(values);
  const { lower, upper } = rankInterval(values.length, 0.5);
  const [low, high] = [lower, upper].map((rank) =>
    rank === undefined ? undefined : values[rank - 1],
  );
  const isBeyond = middle !== undefined && Math.abs(middle) > limit;
  const isShown = low !== undefined && high !== undefined && (low > 0 || high < 0);
  return {
    id,
    kind: 'harness',
    title,
    unit,
    limit,
    arm: arms.other,
    median: middle,
    worst: values.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0],
    missed: values.filter((value) => Math.abs(value) > limit).length,
    trials: values.length,
    state:
      middle === undefined ? 'not-measured' : isBeyond ? (isShown ? 'failed' : 'warned') : 'ok',
    note: `against ${arms.baseline}, median of the blocks${low === undefined || high === undefined ? '' : `, 95 % interval ${interval(low, high, unit)}`}`,
  };
}

function relative(baseline: number | undefined, other: number | undefined): number | undefined {
  return baseline === undefined || other === undefined ? undefined : other / baseline - 1;
}

function interval(low: number, high: number, unit: string): string {
  const text = (value: number): string => (unit === 'ratio' ? percent(value) : amount(value, unit));
  return span(text(low), text(high));
}
