// Tables of scenario `memory`: the cost of a connection and its parts, whether the rungs lie on a
// line, and the rungs themselves.

import { countedUnit } from './counted-unit.ts';
import type { LadderArm, MemoryFindings, RungSummary } from './findings.ts';
import { LEAST_R_SQUARED } from './ladder-lines.ts';
import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { formatCount, formatPercent, formatValue, UNKNOWN } from '../../report/format.ts';
import {
  details,
  left,
  right,
  table,
  type Content,
  type Details,
  type Table,
} from '../../report/blocks.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import { renderMetricRows } from '../../report/arm-estimates.ts';

const costs = [
  'memory.retained',
  'memory.uss.slope',
  'memory.heap',
  'memory.external',
  'memory.kernel',
  'memory.streaming',
  'memory.down',
  'memory.hysteresis',
  'memory.left',
  'memory.flatness',
  'cpu.token.slope',
  'cpu.idle',
  'memory.client',
] as const;

export function renderConnectionCosts(context: ReportContext, point: LoadPointAnalysis): Table {
  return renderMetricRows(context, point, costs);
}

/** One row per arm; the label stands beside the number that it calls into doubt. */
export function renderStraightness({ analysis }: ReportContext<MemoryFindings>): Content {
  const rows = analysis.ladders.arms.map(({ arm, ladders, straightness }) => [
    armTitleOf(analysis, arm),
    formatCount(ladders),
    straightness === undefined ? UNKNOWN : straightness.median.toFixed(4),
    straightness === undefined ? UNKNOWN : straightness.lowest.toFixed(4),
    labelOf(straightness, ladders),
  ]);
  if (rows.length === 0) return [];
  return [
    `Whether memory follows a straight line, by the share of its variance that the line through the rungs explains (R²); below ${LEAST_R_SQUARED} a ladder is **non-linear**, and its slope is one of these rungs only:`,
    table(
      [left('arm'), right('ladders'), right('R², median'), right('R², lowest'), left('')],
      rows,
    ),
  ];
}

function labelOf(straightness: LadderArm['straightness'], ladders: number): string {
  if (straightness === undefined) return 'not judged';
  const { bent } = straightness;
  return bent === 0
    ? 'straight'
    : `**non-linear** in ${formatCount(bent)} of ${formatCount(ladders)}`;
}

interface RungColumn {
  readonly title: string;
  readonly cell: (rung: RungSummary) => string;
}

const bytesColumn = (title: string, of: (rung: RungSummary) => number | undefined): RungColumn => ({
  title,
  cell: (rung) => formatValue(of(rung), 'bytes'),
});

const columnsOf = (counted: string): readonly RungColumn[] => [
  { title: counted, cell: ({ connections }) => formatCount(connections) },
  bytesColumn('idle over rung 0', ({ idleBytes }) => idleBytes?.median),
  bytesColumn('streaming over rung 0', ({ streamingBytes }) => streamingBytes?.median),
  bytesColumn('USS', ({ ussBytes }) => ussBytes),
  bytesColumn('PSS', ({ pssBytes }) => pssBytes),
  bytesColumn('RSS', ({ rssBytes }) => rssBytes),
  bytesColumn('heap used', ({ heapUsedBytes }) => heapUsedBytes),
  bytesColumn('external', ({ externalBytes }) => externalBytes),
  bytesColumn('kernel', ({ kernelBytes }) => kernelBytes),
  { title: 'tokens/s', cell: ({ tokensPerSecond }) => formatCount(tokensPerSecond) },
  { title: 'server CPU', cell: ({ cpuShare }) => formatPercent(cpuShare) },
  { title: 'busy', cell: ({ utilisation }) => formatPercent(utilisation) },
];

/** Folded: one table per arm. */
export function renderRungs({ analysis }: ReportContext<MemoryFindings>): readonly Details[] {
  const columns = columnsOf(countedUnit(analysis.plan).many);
  return analysis.ladders.arms.map(({ arm, ladders, rungs }) =>
    details(
      `${armTitleOf(analysis, arm)}: medians over ${ladders === 1 ? '1 ladder' : `${formatCount(ladders)} ladders`}`,
      table(
        [left('way'), ...columns.map(({ title }) => right(title))],
        rungs.map((rung) => [rung.way, ...columns.map(({ cell }) => cell(rung))]),
      ),
    ),
  );
}
