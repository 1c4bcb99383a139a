import type { PairingPlan, ScenarioReading } from '../../analysis/scenario-reading.ts';
import { isCopy, type Arm } from '../../contract/arms/arms.ts';
import { findFairPairs, type ArmPair } from '../../contract/arms/pairs.ts';
import { matrixMetrics } from './metrics.ts';

export const matrixReading: ScenarioReading = {
  metrics: matrixMetrics,
  floor: 'null-arm',
  pairsOf,
};

/** The fair pairs; then each arm that is in none of them, against the first arm of the run. */
function pairsOf(arms: readonly Arm[], { payload }: PairingPlan): readonly ArmPair[] {
  const fair = findFairPairs(arms, payload);
  const paired = new Set(fair.flatMap(({ baseline, other }) => [baseline, other]));
  const [baseline, ...others] = arms;
  if (baseline === undefined) return fair;
  const alone = others.filter((arm) => !paired.has(arm) && !isCopy(arm));
  return [...fair, ...alone.map((other): ArmPair => ({ baseline, other }))];
}
