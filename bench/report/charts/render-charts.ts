// All charts of a run, in the order in which the report shows them.

import type { Analysis } from '../../analysis/analysis.ts';
import { contenders, type MetricText } from '../report-context.ts';
import type { Chart } from './chart.ts';
import { planDeliveryQuantiles } from './delivery-quantiles.ts';
import { planLoadSweep } from './load-sweep.ts';
import { planPairedRatios } from './paired-ratios.ts';
import { renderSvg } from './render-svg.ts';

/** Charts that the run has nothing for are left out; a pilot has none, since each of them compares. */
export async function renderCharts(analysis: Analysis, metrics: readonly MetricText[]): Promise<readonly Chart[]> {
  if (analysis.pilot !== undefined) return [];
  const context = { analysis, metrics };
  const plans = [
    planLoadSweep(context),
    ...analysis.loadPoints.flatMap((point) => [
      planDeliveryQuantiles(point),
      ...contenders(point).map((otherArm) => planPairedRatios(context, point, otherArm)),
    ]),
  ].filter((plan) => plan !== undefined);
  return Promise.all(plans.map(async (plan) => ({ file: plan.file, title: plan.title, alt: plan.alt, svg: await renderSvg(plan) })));
}
