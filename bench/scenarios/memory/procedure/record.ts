// Converts the measurements of a ladder into the saved record, gates judged, with a warning if its
// rungs are not on a line.

import { isStraight, LEAST_R_SQUARED, retainedLine } from '../ladder-lines.ts';
import type { LadderRecord } from '../../../contract/ladder.ts';
import { planAllOffsetsNs, populationOf } from '../../../contract/population.ts';
import type { LadderTrial, Warning } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkLadderGates } from './gates.ts';
import type { MeasuredLadder } from './measure.ts';

export function recordLadder(planned: PlannedTrial, measured: MeasuredLadder): LadderTrial {
  const { server, client } = measured;
  const ladder = { rungs: measured.rungs.map(({ rung }) => rung) };
  return {
    ...recordOf(planned, measured),
    outcome: 'ladder',
    planned: plannedOf(measured),
    distributions: {},
    ladder,
    server,
    client,
    gates: checkLadderGates(measured),
    warnings: warnOf(ladder),
  };
}

/** All streams begin in the window, which is the whole ladder. */
function plannedOf({ specification }: MeasuredLadder): LadderTrial['planned'] {
  const population = populationOf(specification);
  const openNs = planAllOffsetsNs(specification, population).reduce(
    (sum, offsets) => sum + (offsets.at(-1) ?? 0),
    0,
  );
  return {
    streams: population.streams,
    tokens: population.totalTokens,
    windowStarts: population.streams,
    windowTokens: population.totalTokens,
    meanConcurrent: openNs / specification.windowNs,
  };
}

function warnOf(ladder: LadderRecord): Warning[] {
  if (isStraight(ladder) !== false) return [];
  const rSquared = retainedLine(ladder)?.rSquared ?? 0;
  return [
    {
      code: 'non-linear',
      message: `memory did not follow a straight line over connections: R² ${rSquared.toFixed(3)}, below ${LEAST_R_SQUARED}; its slope is one of these rungs only`,
    },
  ];
}
