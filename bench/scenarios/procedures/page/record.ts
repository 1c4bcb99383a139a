// Converts the measurements of a browser-limits trial into the saved record, gates judged.

import type { BrowserLimitsTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { checkBrowserLimitsGates } from './gates.ts';
import type { MeasuredBrowserLimits } from './measure.ts';
import { recordOf } from '../../../trial/trial-record.ts';

export function recordBrowserLimits(planned: PlannedTrial, measured: MeasuredBrowserLimits): BrowserLimitsTrial {
  return {
    ...recordOf(planned, measured),
    outcome: 'browser-limits',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    browserLimits: measured.tally,
    gates: checkBrowserLimitsGates(measured),
    warnings: [],
  };
}
