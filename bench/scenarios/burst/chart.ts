// Plots the cost of a token against how many of its stream come at once: processor time of the
// server and system calls, side by side.

import type { ChartPlan } from '../../report/charts/chart.ts';
import { planSweep } from '../../report/charts/sweep.ts';
import { formatCount } from '../../report/format.ts';
import type { ReportContext } from '../../report/report-context.ts';
import { CPU_METRIC, type BurstGroup } from './points.ts';

/** undefined with one number of tokens, or when nothing was measured. */
export function planBurstCosts(
  context: ReportContext,
  { connections, points }: BurstGroup,
): ChartPlan | undefined {
  if (points.length < 2) return undefined;
  return planSweep(context, {
    file: `burst-costs-${connections}.svg`,
    title: `What a token costs when several come at once, ${formatCount(connections)} connections`,
    subtitle: 'mean over trials with its 95 % interval; the mean rate is the same throughout',
    alt: 'Server CPU per token and write calls per token against the tokens of a stream that are due together, for each arm, with 95 % intervals over trials.',
    points: points.map(({ tokensPerTick, point }) => ({ at: tokensPerTick, point })),
    axis: 'tokens due together',
    metrics: [{ metric: CPU_METRIC }, { metric: 'calls.server.token' }],
    panelSize: [300, 220],
    legendWidth: 600,
    spacing: 40,
  });
}
