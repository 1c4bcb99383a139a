// Report parts of scenario `capacity` besides its verdicts.

import type { Analysis } from '../../analysis/analysis.ts';
import type { CapacityFindings } from './findings.ts';
import { payloads } from '../../contract/payload.ts';
import type { SearchPlan } from '../../contract/search.ts';
import { planLoadLatency } from './chart.ts';
import { formatCount, formatSetting } from '../../report/format.ts';
import { section, type Content } from '../../report/blocks.ts';
import { code } from '../../report/inline.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import { chartFigures, type ChartLink } from '../../report/sections/chart-links.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import {
  capacityContext,
  failureWords,
  proofSentence,
  renderCapacityTable,
  renderEnds,
} from './arms.ts';
import { renderCurveTable, renderPaths } from './loads.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';

export const capacityParts: ScenarioParts<CapacityFindings> = {
  title: 'for as many streams as one server carries',
  metricGroups: [{ title: 'Capacity', words: ['capacity'] }],
  circumstances,
  sections,
  charts: planLoadLatency,
  terminal: (context) => terminalLines(context),
  limits: ({ plan }) => [
    `An answer is the lower of two neighbouring loads: up to ${formatSetting(plan.search?.width ?? 0, 'ratio')} below the true capacity, in every arm alike. Where few blocks happen to agree, the interval of the ratio is narrower than that and says too much.`,
    'Capacity is that of one server process with this workload on this machine, at this objective and over windows this short: what builds up over minutes is not seen.',
    'A longer window sees rarer stalls and slower growth, and leaves time for fewer steps: the window of a preset is a choice between the two.',
    'The arms are at different loads where their capacity is compared: CPU and delivery "at capacity" describe those loads, and are compared at equal loads at the headline load, and, by one measurement a load, along the curve.',
  ],
};

function circumstances({ plan }: Analysis): string {
  const { workload, search } = plan;
  if (search === undefined) return '';
  const steps =
    search.stepsPerLoad === 1
      ? 'one step'
      : `the majority of up to ${formatCount(search.stepsPerLoad)} steps`;
  return [
    `How many streams of ${formatCount(workload.tokensPerStream)} tokens at ${formatSetting(workload.tokensPerSecond, 'tokens/s')}`,
    ` (workload ${code(workload.name)}, payload ${code(plan.payload)}: ${payloads[plan.payload].summary}) a server carries:`,
    ` so that ${search.objectives.map(({ text }) => code(text)).join(' and ')}, ${lossRule(search)},`,
    ` no stream fails and no backlog grows. A trial is a search. Each of its steps is a measurement of its own, in fresh processes, with ${formatSetting(plan.warmupNs, 'ns')} of warm-up and ${formatSetting(plan.windowNs, 'ns')} measured;`,
    ` the two loads that decide are judged by ${steps}. Loads lie on a grid of ${formatSetting(search.width, 'ratio')} that the arms of a block share,`,
    ` shifted a little from block to block, up to ${formatCount(search.mostStreams)} streams. Before each search of a measured block, one step measures the arm at the headline load,`,
    ' half of what the weaker arm carried in the burn-in block: the same streams for all, over at least 3 s, so that CPU and delivery are compared at one load, by measurements of several blocks.',
    search.verifyOneIn === undefined
      ? ''
      : ` Of ${formatCount(search.verifyOneIn)} streams one is verified token by token, the others by their number of tokens and bytes, alike over every transport: so that the server is at its end before the load generator.`,
  ].join('');
}

/**
 * Older searches, recognised by a plan without `verifyOneIn`, judged the tokens that arrived in the
 * window, not the loss by plan.
 */
function lossRule({ verifyOneIn }: SearchPlan): string {
  return verifyOneIn === undefined
    ? '99.5 % of the tokens that are due in the window arrive in it'
    : 'every token that is planned in the window is received before the drain ends';
}

function sections(context: ReportContext<CapacityFindings>, charts: readonly ChartLink[]): Content {
  const own = capacityContext(context);
  return [
    section('What each carries', [
      renderCapacityTable(own),
      'Busy: share of the window in which the event loop did not wait. A load failed by the load generator only where that was busy for more than 70 % of the window, or late while the server had time to spare.',
      renderEnds(own),
      proofSentence(own) ?? '',
      renderPaths(own),
    ]),
    section('On the way there', [
      own.capacity.curves.length === 0
        ? ''
        : 'One measurement of each arm at each load, on one grid from 10 % of the smaller capacity to 130 % of it.',
      ...chartFigures(charts),
      renderCurveTable(own),
    ]),
  ];
}

function terminalLines({ analysis }: ReportContext<CapacityFindings>): readonly string[] {
  const { capacity } = analysis;
  const lines = capacity.arms.flatMap((one) => {
    const atLeast = one.ends.harness + one.ends.most;
    const words = failureWords(one);
    return [
      ...(atLeast > 0 && one.lowerStreams !== undefined
        ? [
            `${armTitleOf(analysis, one.arm)} carried at least ${formatCount(one.lowerStreams)} streams`,
          ]
        : []),
      ...(words === undefined
        ? []
        : [`${armTitleOf(analysis, one.arm)}: the next load failed by ${words}`]),
    ];
  });
  const proof = capacity.proof;
  const proven =
    proof === undefined
      ? []
      : [
          `proof of the client at ${formatCount(proof.step.streams)} streams over a bare socket: ${proof.isPassed ? 'passed' : 'FAILED, see the report'}`,
        ];
  return [[...lines, ...proven].flatMap((line) => wrap(line, TERMINAL_COLUMNS)).join('\n')];
}
