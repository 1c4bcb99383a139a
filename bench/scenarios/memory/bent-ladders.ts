// Warns about slopes of memory: when rungs do not lie on a line, the slope holds for these rungs
// and for no others.

import type { FinishedTrial, Warning } from '../../contract/run-file.ts';
import type { MeasuredArm } from '../../analysis/measured-trials.ts';
import type { Metric } from '../../analysis/metrics/metric.ts';
import { isStraight, LEAST_R_SQUARED } from './ladder-lines.ts';

/** Warns for the endpoint that is such a slope. */
export function warnOfBentLadders(
  metric: Pick<Metric, 'id'>,
  arms: readonly MeasuredArm[],
): Warning[] {
  if (metric.id !== 'memory.retained') return [];
  const counts = arms.map(({ name, completed }) => ({
    name,
    bent: completed.filter(isBent).length,
    ladders: completed.length,
  }));
  if (counts.every(({ bent }) => bent === 0)) return [];
  const words = counts
    .map(({ name, bent, ladders }) => `${name} in ${bent} of ${ladders} ladders`)
    .join(', ');
  return [
    {
      code: 'non-linear',
      message: `non-linear: memory did not follow a straight line (R² below ${LEAST_R_SQUARED}): ${words}`,
    },
  ];
}

function isBent(trial: FinishedTrial): boolean {
  return trial.outcome === 'ladder' && isStraight(trial.ladder) === false;
}
