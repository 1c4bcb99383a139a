// Renders all charts of a run, in the order in which the report shows them.

import type { RunReport } from '../scenario-parts.ts';
import type { Chart, ChartPlan } from './chart.ts';
import { renderSvg } from './render-svg.ts';

/**
 * Charts for which the run has no data are left out; a pilot has none, since each of them compares.
 */
export async function renderCharts(context: RunReport): Promise<readonly Chart[]> {
  if (context.analysis.pilot !== undefined) return [];
  return await renderPlans(context.parts.charts?.(context) ?? []);
}

export async function renderPlans(plans: readonly ChartPlan[]): Promise<readonly Chart[]> {
  return await Promise.all(
    plans.map(async (plan) => ({
      file: plan.file,
      title: plan.title,
      alt: plan.alt,
      values: plan.values,
      ...(await renderSvg(plan)),
    })),
  );
}
