// Report parts of scenario `stream`: steady streams, the only ones whose charts stand in a section
// of their own.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { sources } from '../../contract/upstream.ts';
import type { ChartPlan } from '../../report/charts/chart.ts';
import { planDeliveryQuantiles } from './delivery-quantiles.ts';
import { planLoadSweep } from './load-sweep.ts';
import { planPairedRatios } from './paired-ratios.ts';
import { formatCount, formatSetting } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { contenders, type ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { renderChartLinks } from '../../report/sections/chart-links.ts';
import { renderWhy } from '../../report/sections/why.ts';

export const streamParts: ScenarioParts = {
  title: 'for streaming LLM tokens',
  circumstances,
  perTrial: ({ plan }) => `${formatSetting(plan.windowNs, 'ns')} measured per trial`,
  evidence: (_context, charts) => [renderChartLinks(charts)],
  explanation: renderWhy,
  charts,
};

function circumstances({ plan, loadPoints }: Analysis): string {
  const { workload } = plan;
  const firstToken = formatSetting(workload.firstTokenMedianMs * NS_PER_MS, 'ns');
  const gaps =
    workload.gaps.kind === 'fixed' ? 'even gaps' : `lognormal gaps (σ ${workload.gaps.sigma})`;
  return [
    `Workload ${code(workload.name)}: streams of ${formatCount(workload.tokensPerStream)} tokens at ${formatSetting(workload.tokensPerSecond, 'tokens/s')}`,
    ` with ${gaps}, the first token due after ${firstToken} (median), in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).`,
    ` Load: ${loadPoints.map((point) => loadPointTitle(point.loadPoint)).join(', ')}.`,
    ...(plan.source === 'upstream'
      ? [` Each token comes from ${code('--source upstream')}: ${sources.upstream}.`]
      : []),
  ].join('');
}

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
