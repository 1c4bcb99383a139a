// Takes the difference between the slowest way and a kept WebSocket with state apart, one change after
// another: the shares multiply to the whole.

import type { Estimate } from '../../analysis/statistics/estimate.ts';
import {
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Table,
} from '../../report/blocks.ts';
import { formatEstimate, formatPercent, formatValue } from '../../report/format.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import { networkHeading, titlesOf } from './effects-section.ts';
import type { NetworkEffects, TurnsFindings } from './findings.ts';
import { changeWords, connectionCell, contextCell, factorTitle } from './words.ts';

type Context = ReportContext<TurnsFindings>;

export function renderSteps(context: Context): readonly Block[] {
  const networks = context.analysis.turns.networks.filter(({ steps }) =>
    steps.every(({ total }) => total !== undefined),
  );
  return section('Where a gain like “40 % faster” comes from', [
    ...networks.map((network) => [
      heading(3, networkHeading(context, network)),
      list(stepSentences(context, network)),
      stepsTable(context, network),
    ]),
    networks.length === 0
      ? []
      : 'Each change is held against the row above it, in the same blocks. A comparison of “HTTP” with “WebSocket” mixes as many of these rows as its two sides differ in: one that starts from a client which keeps its connections, as HTTP clients do by themselves, starts from the second row.',
  ]);
}

function stepsTable(context: Context, network: NetworkEffects): Table {
  const { analysis } = context;
  const titles = titlesOf(context, network);
  return table(
    [
      left('change'),
      left('connection'),
      left('context'),
      left('transport'),
      right('conversation [95 % CI]'),
      right('against the row above'),
      right('against the first'),
    ],
    network.steps.map(({ factor, connection, context: sent, arm, total, ratio, ratioOfAll }) => [
      factor === undefined ? '–' : factorTitle(factor, titles),
      connectionCell(connection),
      contextCell(sent),
      armTitleOf(analysis, arm),
      formatEstimate(total, 'ns'),
      changeWords(ratio),
      changeWords(ratioOfAll),
    ]),
  );
}

/** Empty without intervals. */
export function stepSentences(context: Context, network: NetworkEffects): readonly string[] {
  const { turns } = context.analysis.plan;
  const [first, ...changes] = network.steps;
  const last = changes.at(-1);
  if (first?.total === undefined || last?.total === undefined || last.ratioOfAll === undefined)
    return [];
  const titles = titlesOf(context, network);
  const parts = changes.map(
    (step) => `${factorTitle(step.factor ?? 'connection', titles)}: ${sharePart(step.ratio)}`,
  );
  return [
    `A conversation of ${turns?.turns ?? 0} turns takes ${formatValue(first.total.value, 'ns')} with a new connection for each turn and the whole history over ${titles.baseline}, and ${formatValue(last.total.value, 'ns')}` +
      ` with all of it changed: ${sharePart(last.ratioOfAll)}. One after another: ${parts.join('; ')}.`,
    `Against ${titles.baseline} that keeps its connection, as HTTP clients do, all of it takes: ${sharePart(last.ratioOfKept)}.`,
  ];
}

/** `34 % less`, `2 % more`, `no change shown`. */
function sharePart(ratio: Estimate | undefined): string {
  if (ratio === undefined) return '–';
  const { value, low, high } = ratio;
  if (low !== undefined && high !== undefined && low <= 1 && high >= 1) return 'no change shown';
  const share = Math.abs(value - 1);
  return share < 0.0005 ? 'nothing' : `${formatPercent(share, 2)} ${value < 1 ? 'less' : 'more'}`;
}
