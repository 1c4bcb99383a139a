// Renders all charts of a run, in the order in which the report shows them.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { recoveryContext } from '../recovery/recovery-context.ts';
import { partsOf } from '../scenario-parts.ts';
import { contenders, type MetricText, type ReportContext } from '../report-context.ts';
import type { Chart, ChartPlan } from './chart.ts';
import { planDeliveryQuantiles } from './delivery-quantiles.ts';
import { planFaultRatios } from './fault-ratios.ts';
import { planHerdRecoveries } from './herd-recovery.ts';
import { planLoadSweep } from './load-sweep.ts';
import { planPairedRatios } from './paired-ratios.ts';
import { planReconnectClocks } from './reconnect-clock.ts';
import { renderSvg } from './render-svg.ts';

/** Charts for which the run has no data are left out; a pilot has none, since each of them compares. */
export async function renderCharts(analysis: Analysis, metrics: readonly MetricText[]): Promise<readonly Chart[]> {
  if (analysis.pilot !== undefined) return [];
  const context = { analysis, metrics };
  const faulted = recoveryContext(context);
  const plans =
    faulted === undefined
      ? (partsOf(analysis)?.charts(context) ?? planSteady(context))
      : [...planFaultRatios(faulted), ...planHerdRecoveries(faulted), ...planReconnectClocks(faulted)];
  return Promise.all(plans.map(async (plan) => ({ file: plan.file, title: plan.title, alt: plan.alt, svg: await renderSvg(plan) })));
}

function planSteady(context: ReportContext): readonly ChartPlan[] {
  const plans = [planLoadSweep(context), ...context.analysis.loadPoints.flatMap((point) => planPoint(context, point))];
  return plans.filter((plan) => plan !== undefined);
}

function planPoint(context: ReportContext, point: LoadPointAnalysis): readonly (ChartPlan | undefined)[] {
  return [planDeliveryQuantiles(point), ...contenders(point).map((otherArm) => planPairedRatios(context, point, otherArm))];
}
