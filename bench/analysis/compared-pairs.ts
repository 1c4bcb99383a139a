// Which arms of a run are compared with which: each with the first one, unless the scenario
// declares pairs of its own.

import { armName, isCopy, type Arm } from '../contract/arms/arms.ts';
import type { MeasuredArm } from './measured-trials.ts';
import type { PairingPlan, ScenarioReading } from './scenario-reading.ts';

export interface MeasuredPair {
  readonly baseline: MeasuredArm;
  readonly other: MeasuredArm;
}

/** Tables show them in this order. The copy of the baseline is compared with nothing. */
export function comparedPairs(
  arms: readonly MeasuredArm[],
  { pairsOf }: Pick<ScenarioReading, 'pairsOf'>,
  plan: PairingPlan = {},
): readonly MeasuredPair[] {
  if (pairsOf === undefined) {
    const [baseline, ...others] = arms;
    return baseline === undefined
      ? []
      : others.filter(({ arm }) => !isCopy(arm)).map((other) => ({ baseline, other }));
  }
  const measured = (arm: Arm): MeasuredArm | undefined =>
    arms.find(({ name }) => name === armName(arm));
  const pairs = pairsOf(
    arms.map(({ arm }) => arm),
    plan,
  );
  return pairs.flatMap((pair) => {
    const [baseline, other] = [measured(pair.baseline), measured(pair.other)];
    return baseline === undefined || other === undefined ? [] : [{ baseline, other }];
  });
}

interface NamedPair {
  readonly baseline: string;
  readonly other: string;
}

/** `ws against sse-post`: tells the pairs of a run apart. */
export function pairName({ baseline, other }: NamedPair): string {
  return `${other} against ${baseline}`;
}
