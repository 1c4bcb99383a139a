// Procedure `steers`: clients give input to streams that run, in each way of their transport. Ways of
// an arm share each trial, so that all of them meet the same machine.

import assert from 'node:assert/strict';
import type { SteersTrial } from '../../../contract/run-file.ts';
import { openDistance } from '../../../trial/distance.ts';
import { finishWindow } from '../../../trial/finish-window.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { specifyTrial } from '../../../trial/specification.ts';
import type { SteerReadings } from './measured.ts';
import { recordSteers } from './record.ts';

/** Both sides run compiled code for tokens; inputs are warmed up by those before the window. */
const REHEARSAL_TOKENS = 3000;

export const steers: Procedure<'steers-tally', SteerReadings, SteersTrial> = {
  id: 'steers',
  tally: 'steers-tally',
  specify: (planned, options) => {
    const { windowNs, steers: plan } = options.plan;
    assert(plan !== undefined, 'a plan of this procedure says which streams are steered');
    return {
      ...specifyTrial(planned, options),
      rehearsalTokens: REHEARSAL_TOKENS,
      rampNs: 0,
      windowNs,
      steers: plan,
    };
  },
  opening: openDistance,
  measure: finishWindow,
  record: recordSteers,
};

export const runner = runnerOf(steers);
