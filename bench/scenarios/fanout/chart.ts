// Plots how far apart the first and the last subscriber get a message, against how many messages
// there are; one chart for each number of subscribers.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { ChartPlan } from '../../report/charts/chart.ts';
import { planSweep } from '../../report/charts/sweep.ts';
import { formatCount } from '../../report/format.ts';
import type { ReportContext } from '../../report/report-context.ts';

/**
 * One chart for each number of subscribers that has two rates or more at which all subscribers
 * read.
 */
export function planMessageSpread(context: ReportContext): readonly ChartPlan[] {
  const reading = context.analysis.loadPoints.filter(
    ({ loadPoint }) => (loadPoint.stopped ?? 0) === 0,
  );
  const groups = Map.groupBy(reading, ({ loadPoint }) => loadPoint.connections);
  return [...groups].flatMap(
    ([connections, points]) => planOne(context, connections, points) ?? [],
  );
}

function planOne(
  context: ReportContext,
  connections: number,
  points: readonly LoadPointAnalysis[],
): ChartPlan | undefined {
  if (points.length < 2) return undefined;
  const subscribers = formatCount(connections);
  return planSweep(context, {
    file: `message-spread-${connections}.svg`,
    title: `When ${subscribers} subscribers get a message`,
    subtitle: 'mean over trials with its 95 % interval',
    alt: `When the first of ${subscribers} subscribers gets a message, and how much later the last one does, against messages per second, for each arm, with 95 % intervals over trials.`,
    points: points
      .flatMap((point) =>
        point.loadPoint.messagesPerSecond === undefined
          ? []
          : [{ at: point.loadPoint.messagesPerSecond, point }],
      )
      .toSorted((a, b) => a.at - b.at),
    axis: 'messages per second',
    metrics: [
      { metric: 'spread.first.p50' },
      { metric: 'spread.p50' },
      { metric: 'spread.p99' },
      { metric: 'spread.p90' },
    ],
    mostPanels: 3,
    // A line needs two points.
    leastPoints: 2,
    panelSize: [180, 200],
    // Two panels together have this many at least.
    legendWidth: 500,
    spacing: 24,
    margin: 0.1,
  });
}
