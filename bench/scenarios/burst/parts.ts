// Report parts of scenario `burst` besides its verdicts: by which mechanism tokens that come
// together become cheaper, and from how many on that shows in processor time.

import type { Analysis } from '../../analysis/analysis.ts';
import { payloads } from '../../contract/payload.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { planBurstCosts } from './chart.ts';
import { formatCount, formatSetting } from '../../report/format.ts';
import { heading, list, section, type Block } from '../../report/blocks.ts';
import { code } from '../../report/inline.ts';
import { contenders, type ReportContext } from '../../report/report-context.ts';
import { chartFigures, type ChartLink } from '../../report/sections/chart-links.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { renderCosts, renderCostsText, renderCpuRatios } from './costs.ts';
import { burstGroups, listCounts, type BurstGroup } from './points.ts';
import { crossoverSentences } from './crossover.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';

export const burstParts: ScenarioParts = {
  title: 'for tokens that come several at once',
  circumstances,
  sections: costsSection,
  charts: (context) =>
    burstGroups(context.analysis)
      .map((group) => planBurstCosts(context, group))
      .filter((plan) => plan !== undefined),
  terminal: (context, paint) =>
    burstGroups(context.analysis).flatMap((group) =>
      renderCostsText(context, group, paint).concat(
        wrap(sentencesOf(context, group).join(' '), TERMINAL_COLUMNS).join('\n'),
      ),
    ),
  asymmetries: () => [
    'No arm is told that tokens come together: each is handed over by itself, one after another, as from a model that does not say how many follow.' +
      ' How many of them share a system call and a segment is up to the implementation.',
  ],
  limits: () => [
    'What a system call costs depends on the processor, the kernel and its mitigations, and on virtualisation; how many calls there are does not.',
    'An application that holds several tokens could send them as one message, or cork the socket under its WebSocket (a private field of ws). Neither was done.',
  ],
};

function circumstances({ plan, loadPoints }: Analysis): string {
  const { workload } = plan;
  const counts = [...new Set(loadPoints.map(({ loadPoint }) => loadPoint.tokensPerTick ?? 1))];
  const most = Math.max(...counts);
  const gap = formatSetting((most / workload.tokensPerSecond) * NS_PER_S, 'ns');
  return (
    `Workload ${code(workload.name)}: ${formatSetting(workload.tokensPerSecond, 'tokens/s')} a stream, of which ${listCounts(counts, 'or')} are due at one moment` +
    ` (${most} of them every ${gap}), in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).` +
    ` Load: ${listCounts(burstGroups({ loadPoints }).map(({ connections }) => connections))} connections with streams of up to ${formatCount(workload.tokensPerStream)} tokens, ${formatSetting(plan.windowNs, 'ns')} measured per trial.`
  );
}

function costsSection(context: ReportContext, charts: readonly ChartLink[]): readonly Block[] {
  const groups = burstGroups(context.analysis);
  return section('What coming together makes of a token', [
    ...groups.map((group) => [
      groups.length === 1 ? [] : heading(3, `${formatCount(group.connections)} connections`),
      list(sentencesOf(context, group)),
      renderCosts(context, group),
      othersOf(group).map((otherArm) => renderCpuRatios(context, group, otherArm)),
    ]),
    'Calls are those of the whole process, counted by the kernel. A segment per token means that each token travelled alone.',
    chartFigures(charts),
  ]);
}

function sentencesOf(context: ReportContext, group: BurstGroup): readonly string[] {
  return othersOf(group).flatMap((otherArm) => crossoverSentences(context, group, otherArm));
}

function othersOf({ points: [first] }: BurstGroup): readonly string[] {
  return first === undefined ? [] : contenders(first.point);
}
