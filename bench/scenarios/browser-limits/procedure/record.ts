// Converts the measurements of a trial in which pages request streams into the saved record, gates
// judged.

import type { BrowserLimitsTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkPageGates } from './gates.ts';
import type { MeasuredPage } from './measure.ts';

export function recordPage(planned: PlannedTrial, measured: MeasuredPage): BrowserLimitsTrial {
  return {
    ...recordOf(planned, measured),
    outcome: 'browser-limits',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    browserLimits: measured.tally,
    gates: checkPageGates(measured),
    warnings: [],
  };
}
