// Procedure `duplex`: both ends of each session send frames, directly or over a relay that delays or
// limits what passes.

import assert from 'node:assert/strict';
import { pathNames, paths } from '../../../contract/arms/paths.ts';
import { largeSpanOf } from '../../../contract/duplex.ts';
import type { DuplexTrialRecord } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { RAMP_SHARE, specifyTrial } from '../../../trial/specification.ts';
import { measureDuplex, type DuplexReadings } from './measure.ts';
import { recordDuplex } from './record.ts';

export const duplex: Procedure<'duplex-tally', DuplexReadings, DuplexTrialRecord> = {
  id: 'duplex',
  tally: 'duplex-tally',
  specify: (planned, options) => {
    const { warmupNs, windowNs, duplex: plan } = options.plan;
    const { largeBytes, linkBytesPerSecond } = planned.loadPoint;
    assert(plan !== undefined, 'a plan of this procedure says what a session is');
    return {
      ...specifyTrial(planned, options),
      // Sessions rehearse by themselves: their frames go both ways.
      rehearsalTokens: 0,
      rampNs: (warmupNs - plan.leadNs) * RAMP_SHARE,
      windowNs,
      duplex: {
        ...plan,
        ...(largeBytes !== undefined && {
          largeBytes,
          largeSpanNs: largeSpanOf({ largeBytes, linkBytesPerSecond }),
        }),
      },
    };
  },
  opening: openRelay,
  measure: measureDuplex,
  record: recordDuplex,
};

export const runner = runnerOf(duplex);

/** A load point with a round trip or a limited link is measured over the path that can have them. */
function openRelay({ loadPoint: { roundTripNs, linkBytesPerSecond } }: PlannedTrial) {
  if (roundTripNs === undefined && linkBytesPerSecond === undefined) return {};
  return {
    path: pathNames.find((name) => paths[name].usesRelay),
    ...(linkBytesPerSecond !== undefined && { linkBytesPerSecond }),
    // 0 is the relay alone.
    ...(roundTripNs !== undefined && roundTripNs > 0 && { roundTripNs }),
  };
}
