// Report parts of scenario `stream`: steady streams, the only ones whose charts stand in a section
// of their own.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { ChartPlan } from '../../report/charts/chart.ts';
import { planDeliveryQuantiles } from './delivery-quantiles.ts';
import { planLoadSweep } from './load-sweep.ts';
import { planPairedRatios } from './paired-ratios.ts';
import { renderReplay } from './replay.ts';
import { contenders, type ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { renderChartLinks } from '../../report/sections/chart-links.ts';
import { renderWhy } from '../../report/sections/why.ts';
import { steadyCircumstances, windowPerTrial } from '../../report/steady-circumstances.ts';

export const streamParts: ScenarioParts = {
  title: 'for streaming LLM tokens',
  circumstances: steadyCircumstances,
  perTrial: windowPerTrial,
  evidence: (_context, charts) => [renderChartLinks(charts)],
  explanation: renderWhy,
  sections: renderReplay,
  metricGroups: [{ title: 'Replay', words: ['replay'], before: 'Cadence' }],
  charts,
};

function charts(context: ReportContext): readonly ChartPlan[] {
  const plans = [
    planLoadSweep(context),
    ...context.analysis.loadPoints.flatMap((point) => chartsOf(context, point)),
  ];
  return plans.filter((plan) => plan !== undefined);
}

function chartsOf(
  context: ReportContext,
  point: LoadPointAnalysis,
): readonly (ChartPlan | undefined)[] {
  return [
    planDeliveryQuantiles(point),
    ...contenders(point).map((otherArm) => planPairedRatios(context, point, otherArm)),
  ];
}
