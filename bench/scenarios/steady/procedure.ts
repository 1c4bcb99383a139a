// Procedure `steady`: streams run through one window, at the rate and under the conditions of a
// load point.

import type { CompletedTrial } from '../../contract/run-file.ts';
import type { PlannedTrial } from '../../plan/trials.ts';
import { pathNames, paths } from '../../contract/arms/paths.ts';
import { runnerOf, type Procedure } from '../../trial/procedure.ts';
import { measureSteady, type SteadyReadings } from './measure.ts';
import { recordSteady } from './record.ts';
import { specifySteady } from './specify.ts';

export const steady: Procedure<'tally', SteadyReadings, CompletedTrial> = {
  id: 'steady',
  tally: 'tally',
  specify: specifySteady,
  opening: limitLink,
  measure: measureSteady,
  record: (planned, measured) => recordSteady(planned, measured),
};

export const runner = runnerOf(steady);

/** A load point with a limited link is measured over the path that can limit bytes. */
function limitLink({ loadPoint: { linkBytesPerSecond } }: PlannedTrial) {
  if (linkBytesPerSecond === undefined) return {};
  return { path: pathNames.find((name) => paths[name].usesRelay), linkBytesPerSecond };
}
