// Reports how streams arrived: from where the plan took their starts, and what the load process
// made of it.

import { loadPointTitle } from '../contract/load-point.ts';
import { arrivalSentences, NOT_STATIONARY } from './arrival-words.ts';
import { renderMetricRows } from './arm-estimates.ts';
import { heading, section, type Block } from './blocks.ts';
import type { ReportContext } from './report-context.ts';

const rows = [
  'arrivals.rate',
  'arrivals.variation',
  'arrivals.most',
  'arrivals.lag.p99',
  'arrivals.cut',
];

/** Empty for a steady population. */
export function renderArrivals(context: ReportContext): readonly Block[] {
  const { plan, loadPoints } = context.analysis;
  const { arrivals } = plan;
  if (arrivals === undefined) return [];
  return section('How streams arrived', [
    arrivalSentences(arrivals, plan).join(' '),
    ...loadPoints.map((point) => [
      heading(3, `${loadPointTitle(point.loadPoint)}: as it was measured`),
      renderMetricRows(context, point, rows),
    ]),
    'These numbers describe the load, which is planned alike for every arm; only how late starts were and how long streams stayed open are the arms’ own.' +
      ' Streams that would outlast the trial are cut at its end, after the window, so that each can be verified whole.',
    NOT_STATIONARY,
  ]);
}
