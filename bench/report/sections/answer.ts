// Renders the part that a report of a run shows first: its verdicts, or between equal arms the
// noise floor.

import { section, type Content } from '../blocks.ts';
import { isEqualArmsRun } from '../report-context.ts';
import type { RunReport } from '../scenario-parts.ts';
import type { ChartLink } from './chart-links.ts';
import { renderNoiseFloor } from './noise-floor.ts';
import { renderVerdicts } from './verdicts.ts';

export function renderAnswer(context: RunReport, charts: readonly ChartLink[]): Content {
  const own = context.parts.verdicts?.(context, charts);
  if (own !== undefined) return own;
  return isEqualArmsRun(context.analysis)
    ? section('Noise floor', [renderNoiseFloor(context)])
    : renderVerdicts(context);
}
