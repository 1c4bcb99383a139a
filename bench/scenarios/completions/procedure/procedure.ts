// Procedure `closed-loop`: each client requests the next whole stream as soon as it has the last.

import assert from 'node:assert/strict';
import type { CompletionsTrial } from '../../../contract/run-file.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { RAMP_SHARE, specifyTrial } from '../../../trial/specification.ts';
import { measureClosedLoop, type ClosedLoopReadings } from './measure.ts';
import { recordClosedLoop } from './record.ts';

/** Warm-up as in any trial: both sides run compiled code before the window begins. */
const REHEARSAL_TOKENS = 20_000;

export const closedLoop: Procedure<'completions-tally', ClosedLoopReadings, CompletionsTrial> = {
  id: 'closed-loop',
  tally: 'completions-tally',
  specify: (planned, options) => {
    const { warmupNs, windowNs, completions } = options.plan;
    assert(completions !== undefined, 'a plan of this procedure says what clients request');
    return {
      ...specifyTrial(planned, options),
      rehearsalTokens: REHEARSAL_TOKENS,
      rampNs: warmupNs * RAMP_SHARE,
      windowNs,
      completions,
    };
  },
  measure: measureClosedLoop,
  record: recordClosedLoop,
};

export const runner = runnerOf(closedLoop);
