// Tables of scenario `burst`: the cost of a token when several come at once, by their number and by
// arm.

import { formatEstimate, formatRatio, formatValue } from '../../report/format.ts';
import { left, right, table, type Cell, type Content, type Table } from '../../report/blocks.ts';
import { renderTableText } from '../../report/formats/terminal.ts';
import {
  armTitle,
  armTitleOf,
  contenders,
  metricText,
  type ArmComparison,
  type ReportContext,
} from '../../report/report-context.ts';
import { shortTitles, verdictTone } from '../../report/verdict-table.ts';
import type { Paint } from '../../report/paint.ts';
import {
  shortVerdictWords,
  verdictWords,
  type VerdictSubject,
} from '../../report/verdict-words.ts';
import {
  CPU_METRIC,
  cpuComparison,
  estimateAt,
  type BurstGroup,
  type BurstPoint,
} from './points.ts';

const quantities: readonly {
  readonly metric: string;
  readonly title: string;
  readonly hasInterval?: true;
}[] = [
  { metric: 'calls.server.token', title: 'write calls per token' },
  { metric: 'coalescing', title: 'tokens per read' },
  { metric: 'segments.token', title: 'segments per token' },
  { metric: 'bytes.token.wire', title: 'bytes per token on the wire' },
  { metric: CPU_METRIC, title: 'server CPU per token', hasInterval: true },
  { metric: 'cpu.client.token', title: 'client CPU per token' },
  { metric: 'delivery.p50', title: 'delivery p50', hasInterval: true },
];

/** One row for each number of tokens and arm; empty when nothing was measured. */
export function renderCosts({ metrics }: ReportContext, { points }: BurstGroup): Table {
  const rows = points.flatMap((place) =>
    place.point.arms.map(({ name, arm }) => [
      String(place.tokensPerTick),
      armTitle(arm),
      ...quantities.map(({ metric, hasInterval }) => {
        const { unit } = metricText(metrics, metric);
        const estimate = estimateAt(place, name, metric);
        return hasInterval === true
          ? formatEstimate(estimate, unit)
          : formatValue(estimate?.value, unit);
      }),
    ]),
  );
  return table(
    [right('tokens a tick'), left('arm'), ...quantities.map(({ title }) => right(title))],
    rows,
  );
}

/** Server CPU per token of one arm against the baseline, by number of tokens. */
export function renderCpuRatios(
  context: ReportContext,
  { points }: BurstGroup,
  otherArm: string,
): Content {
  const { analysis, metrics } = context;
  const rows = points.flatMap((place) => {
    const subject = subjectOf(context, place, otherArm);
    return subject === undefined
      ? []
      : [
          [
            String(place.tokensPerTick),
            formatRatio(subject.comparison.ratio),
            verdictWords(subject),
          ],
        ];
  });
  const pair = `${armTitleOf(analysis, otherArm)} / ${armTitleOf(analysis, analysis.baseline)}`;
  const title = metricText(metrics, CPU_METRIC).title;
  return [
    rows.length === 0 ? [] : `${title}, ${pair}:`,
    table([right('tokens a tick'), right('ratio [95 % CI]'), left('verdict')], rows),
  ];
}

/** At most 100 columns wide; empty when nothing was compared. */
export function renderCostsText(
  context: ReportContext,
  { points }: BurstGroup,
  paint: Paint,
): readonly string[] {
  const { analysis, metrics } = context;
  const first = points[0];
  return (first === undefined ? [] : contenders(first.point)).flatMap((otherArm) => {
    const arms = [analysis.baseline, otherArm];
    const titles = shortTitles([
      armTitleOf(analysis, analysis.baseline),
      armTitleOf(analysis, otherArm),
    ]);
    const rows = points.flatMap((place) => {
      const subject = subjectOf(context, place, otherArm);
      if (subject === undefined) return [];
      const valueOf = (arm: string, metric: string): string =>
        formatValue(estimateAt(place, arm, metric)?.value, metricText(metrics, metric).unit);
      const cells = ['calls.server.token', CPU_METRIC].flatMap((metric) =>
        arms.map((arm) => valueOf(arm, metric)),
      );
      const { comparison } = subject;
      const verdict: Cell = { text: shortVerdictWords(subject), tone: verdictTone(comparison) };
      return [[atOnce(place), ...cells, formatRatio(comparison.ratio), verdict]];
    });
    const columns = [
      left('at once'),
      ...titles.map((title) => right(`writes ${title}`)),
      ...titles.map((title) => right(`CPU ${title}`)),
      right('CPU ratio'),
      left('verdict on CPU'),
    ];
    const costs = renderTableText(table(columns, rows), paint);
    return costs === ''
      ? []
      : [
          `Write calls and server CPU per token, ${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}\n${costs}`,
        ];
  });
}

function atOnce({ tokensPerTick }: BurstPoint): string {
  return tokensPerTick === 1 ? '1 token' : `${tokensPerTick} tokens`;
}

function subjectOf(
  { analysis, metrics }: ReportContext,
  place: BurstPoint,
  otherArm: string,
): (VerdictSubject & { readonly comparison: ArmComparison }) | undefined {
  const comparison = cpuComparison(place, otherArm);
  return (
    comparison && {
      comparison,
      unit: metricText(metrics, CPU_METRIC).unit,
      baselineTitle: armTitleOf(analysis, analysis.baseline),
      otherTitle: armTitleOf(analysis, otherArm),
      titleOf: (arm) => armTitleOf(analysis, arm),
    }
  );
}
