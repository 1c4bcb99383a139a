// Procedure `stops`: clients stop streams that run, in each way of their transport. Ways of an arm
// share each trial, so that all of them meet the same machine.

import assert from 'node:assert/strict';
import type { StopsTrial } from '../../../contract/run-file.ts';
import { openDistance } from '../../../trial/distance.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { specifyTrial } from '../../../trial/specification.ts';
import { measureStops, type StopReadings } from './measure.ts';
import { recordStops } from './record.ts';

/** Both sides run compiled code for tokens; stops are warmed up by streams of the warm-up. */
const REHEARSAL_TOKENS = 3000;

export const stops: Procedure<'stops-tally', StopReadings, StopsTrial> = {
  id: 'stops',
  tally: 'stops-tally',
  specify: (planned, options) => {
    const { windowNs, stops: plan } = options.plan;
    assert(plan !== undefined, 'a plan of this procedure says which streams are stopped');
    return {
      ...specifyTrial(planned, options),
      rehearsalTokens: REHEARSAL_TOKENS,
      rampNs: 0,
      windowNs,
      stops: plan,
    };
  },
  opening: openDistance,
  measure: measureStops,
  record: recordStops,
};

export const runner = runnerOf(stops);
