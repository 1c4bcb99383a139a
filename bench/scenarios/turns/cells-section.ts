// Every way of sending turns, side by side: times, requests, connections and bytes; and how the first
// token moves from turn to turn where the history is resent.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { networkTitle, turnConditionsTitle } from '../../contract/turn-conditions.ts';
import { contestantsAt } from '../../report/arm-estimates.ts';
import {
  details,
  heading,
  left,
  right,
  section,
  table,
  type Block,
  type Table,
} from '../../report/blocks.ts';
import { capitalised, formatCount, formatValue } from '../../report/format.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import type { CellByTurn, TurnsFindings } from './findings.ts';
import { CONVERSATION, CPU, TURN } from './metrics.ts';
import { connectionCell, contextCell } from './words.ts';

type Context = ReportContext<TurnsFindings>;

export function renderCells(context: Context): readonly Block[] {
  const { loadPoints } = context.analysis;
  const byNetwork = Map.groupBy(
    loadPoints.filter(({ loadPoint }) => loadPoint.turns !== undefined),
    ({ loadPoint: { turns } }) => (turns === undefined ? '' : networkTitle(turns)),
  );
  return section('Each way of sending', [
    ...[...byNetwork].map(([title, points]) => [
      heading(3, capitalised(title)),
      cellsTable(context, points),
    ]),
    'Bytes up are those of the client’s sockets, equal to the model of the specifications in every turn: with the whole history resent they grow with the square of the number of turns, otherwise in proportion to it.' +
      ' CPU is read where there is no round trip: while a server waits, its own timers cost time that no turn caused.',
    details(
      'Turn by turn',
      context.analysis.turns.cells.map((cell) => byTurn(context, cell)),
    ),
  ]);
}

function cellsTable(context: Context, points: readonly LoadPointAnalysis[]): Table {
  return table(
    [
      left('connection'),
      left('context'),
      left('transport'),
      right('turn'),
      right('first token'),
      right('conversation'),
      right('HTTP requests'),
      right('connections'),
      right('bytes up'),
      right('server CPU a turn'),
    ],
    points.flatMap((point) => {
      const { turns } = point.loadPoint;
      if (turns === undefined) return [];
      return contestantsAt(context, point).map(({ title, text }) => [
        connectionCell(turns.connection),
        contextCell(turns.context),
        title,
        text(TURN),
        text('turn.first.p50'),
        text(CONVERSATION),
        text('turn.requests'),
        text('turn.connections'),
        text('turn.bytes.up'),
        text(CPU),
      ]);
    }),
  );
}

function byTurn({ analysis }: Context, { conditions, arm, turns }: CellByTurn) {
  return [
    `${armTitleOf(analysis, arm)}, ${turnConditionsTitle(conditions)}:`,
    table(
      [left('turn'), ...turns.map(({ turn }) => right(formatCount(turn)))],
      [
        ['first token', ...turns.map(({ firstTokenNs }) => formatValue(firstTokenNs, 'ns'))],
        ['last token', ...turns.map(({ lastTokenNs }) => formatValue(lastTokenNs, 'ns'))],
        ['bytes up', ...turns.map(({ bytesUp }) => formatValue(bytesUp, 'bytes'))],
      ],
    ),
  ];
}
