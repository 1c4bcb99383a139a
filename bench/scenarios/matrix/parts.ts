// Report parts of scenario `matrix`: all arms in one table, and the fair pairs, each with what it
// isolates.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { transports } from '../../contract/arms/transports.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { flow, heading, section, type Block, type Content } from '../../report/blocks.ts';
import { formatCount, formatSetting } from '../../report/format.ts';
import { renderTableText } from '../../report/formats/terminal.ts';
import type { Paint } from '../../report/paint.ts';
import {
  contendingPairs,
  isEqualArmsRun,
  type ReportContext,
} from '../../report/report-context.ts';
import type { RunReport, ScenarioParts } from '../../report/scenario-parts.ts';
import { chartFigures, type ChartLink } from '../../report/sections/chart-links.ts';
import { renderNoiseFloor } from '../../report/sections/noise-floor.ts';
import { renderPair } from '../../report/sections/verdicts.ts';
import { renderWhy } from '../../report/sections/why.ts';
import { steadyCircumstances, windowPerTrial } from '../../report/steady-circumstances.ts';
import { armTable, hasMark, renderArms } from './arm-table.ts';
import { planPairRatios } from './pair-ratios.ts';
import { isolatedBy, narrowPairTable, pairTable } from './pair-table.ts';

export const matrixParts: ScenarioParts = {
  title: 'side by side',
  heading: () => 'What does each difference between the transports cost?',
  circumstances: steadyCircumstances,
  perTrial: windowPerTrial,
  verdicts,
  sections: renderPairs,
  explanation: renderWhy,
  charts: (context) =>
    context.analysis.loadPoints
      .map((point) => planPairRatios(context, point))
      .filter((plan) => plan !== undefined),
  verdictText,
  limits,
};

function limits({ plan }: Analysis): readonly string[] {
  const isStreamed = plan.arms.every(
    ({ transport }) => transports[transport].capabilities.incremental,
  );
  const trial = formatSetting(plan.warmupNs + plan.windowNs, 'ns');
  return [
    'All arms were measured at one load, which each of them carries. Near the capacity of one of them the pairs may compare otherwise.',
    'A pair isolates one difference between two transports. Two pairs together say nothing of what both differences do at once, and arms that are in no pair differ in several things.',
    ...(isStreamed
      ? []
      : [
          `An answer that is not streamed comes when its last token is generated: its times are those of the lengths of the streams, which a trial of ${trial} cuts at its end. A longer answer is later by as much.`,
        ]),
  ];
}

function verdicts(context: RunReport, charts: readonly ChartLink[]): Content {
  const { analysis } = context;
  if (isEqualArmsRun(analysis)) return section('Noise floor', [renderNoiseFloor(context)]);
  const declared = analysis.loadPoints
    .flatMap(({ comparisons }) => comparisons)
    .filter(({ endpoint }) => endpoint !== undefined).length;
  const pairs = flow(atEach(context, (point) => pairTable(context, point)));
  return [
    section(
      'All arms',
      atEach(context, (point) => renderArms(context, point)),
    ),
    pairs.length === 0
      ? []
      : section('Fair pairs', [
          `The two arms of a fair pair differ in one choice, so that a difference has one cause. Holm’s correction covers all ${formatCount(declared)} verdicts together.`,
          pairs,
          chartFigures(charts),
        ]),
  ];
}

/** Each load point has a heading where there are several. */
function atEach(
  { analysis: { loadPoints } }: ReportContext,
  render: (point: LoadPointAnalysis) => Content,
): Content {
  return loadPoints.map((point) => [
    loadPoints.length === 1 ? [] : heading(3, loadPointTitle(point.loadPoint)),
    render(point),
  ]);
}

function renderPairs(context: ReportContext): readonly Block[] {
  const { analysis } = context;
  return section(
    'Verdicts',
    analysis.loadPoints.flatMap((point) =>
      contendingPairs(point).map((pair) =>
        renderPair(context, point, {
          ...pair,
          note: `It isolates ${isolatedBy(analysis, pair)}.`,
        }),
      ),
    ),
  );
}

function verdictText(context: RunReport, paint: Paint): readonly string[] {
  return context.analysis.loadPoints.flatMap((point) => {
    const load = loadPointTitle(point.loadPoint);
    const pairs = renderTableText(narrowPairTable(context, point), paint);
    return [
      [
        `All arms, ${load}`,
        renderTableText(armTable(context, point), paint),
        ...(hasMark(point) ? ['* by the kernel’s count: the transport has no byte model'] : []),
      ].join('\n'),
      pairs === '' ? '' : `Fair pairs, ${load}\n${pairs}`,
    ];
  });
}
