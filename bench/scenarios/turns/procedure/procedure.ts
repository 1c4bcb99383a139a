// Procedure `conversation`: one client holds one conversation, under the conditions of its load point, over
// the relay that makes its round trips.

import assert from 'node:assert/strict';
import { pathNames, paths } from '../../../contract/arms/paths.ts';
import type { TurnConditions } from '../../../contract/turn-conditions.ts';
import type { TurnsTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { specifyTrial } from '../../../trial/specification.ts';
import { measureTurns, type TurnsReadings } from './measure.ts';
import { recordTurns } from './record.ts';

export const turnsProcedure: Procedure<'turns-tally', TurnsReadings, TurnsTrial> = {
  id: 'conversation',
  tally: 'turns-tally',
  specify: (planned, options) => {
    const { windowNs, turns } = options.plan;
    assert(turns !== undefined, 'a plan of this procedure says what a conversation has');
    return {
      ...specifyTrial(planned, options),
      rehearsalTokens: 0,
      rampNs: 0,
      windowNs,
      turns: { ...turns, ...conditionsOf(planned) },
    };
  },
  opening: (planned) => {
    const { roundTripNs, uplinkBytesPerSecond } = conditionsOf(planned);
    // Without a delay, too: what the relay itself takes is in every cell.
    return {
      path: pathNames.find((name) => paths[name].usesRelay),
      roundTripNs,
      uplinkBytesPerSecond,
    };
  },
  measure: measureTurns,
  record: recordTurns,
};

export const runner = runnerOf(turnsProcedure);

export function conditionsOf({
  loadPoint: { turns },
}: Pick<PlannedTrial, 'loadPoint'>): TurnConditions {
  assert(turns !== undefined, 'a load point of this procedure has conditions of turns');
  return turns;
}
