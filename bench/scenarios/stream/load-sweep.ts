// Plots how delivery and cost change with the number of connections; only a run with more than one
// load point has this chart.

import type { ChartPlan } from '../../report/charts/chart.ts';
import { planSweep } from '../../report/charts/sweep.ts';
import type { ReportContext } from '../../report/report-context.ts';

/** undefined with one load point, or when none of the swept metrics was measured. */
export function planLoadSweep(context: ReportContext): ChartPlan | undefined {
  const { loadPoints } = context.analysis;
  if (loadPoints.length < 2) return undefined;
  return planSweep(context, {
    file: 'load-sweep.svg',
    title: 'Delivery and server cost against load',
    subtitle: 'mean over trials with its 95 % interval',
    alt: 'Median and 99th percentile of delivery and server CPU per token against the number of connections, for each arm, with 95 % intervals over trials.',
    points: loadPoints
      .map((point) => ({ at: point.loadPoint.connections, point }))
      .toSorted((a, b) => a.at - b.at),
    axis: 'connections',
    metrics: [
      { metric: 'delivery.p50', scale: 'log' },
      { metric: 'delivery.p99', scale: 'log' },
      { metric: 'cpu.server.token' },
    ],
    panelSize: [200, 200],
    legendWidth: 760,
    spacing: 24,
  });
}
