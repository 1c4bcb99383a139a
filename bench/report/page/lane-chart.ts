// Swim lanes of one stream: each of its tokens as a line from when it was due, over the turn that
// found it and its write, to the read that brought it.

import type { LanesAtLoad, LaneToken, StreamLane } from '../../analysis/stream-lanes.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { left, right, table, type Table } from '../blocks.ts';
import { slug, type ChartPlan, type ChartSpec } from '../charts/chart.ts';
import { toldChannel, toldMark } from '../charts/hover.ts';
import { armColourOf, ink } from '../charts/theme.ts';
import { linearTicks, unitLabels } from '../charts/ticks.ts';
import { formatValue, UNKNOWN } from '../format.ts';
import { armTitleOf, type ReportContext } from '../report-context.ts';

const lanes = ['due', 'ready', 'written', 'read'] as const;

type LaneName = (typeof lanes)[number];

const timeOf: Record<LaneName, (token: LaneToken) => number | undefined> = {
  due: ({ dueNs }) => dueNs,
  ready: ({ readyNs }) => readyNs,
  written: ({ writtenNs }) => writtenNs,
  read: ({ readNs }) => readNs,
};

export function planLanes(
  context: ReportContext,
  { loadPoint, lanes: drawn }: LanesAtLoad,
): ChartPlan {
  const title = `One stream, token by token, ${loadPointTitle(loadPoint)}`;
  const [first] = drawn;
  const span = Math.max(
    1,
    ...drawn.flatMap(({ tokens }) =>
      tokens.flatMap((token) => lanes.flatMap((lane) => timeOf[lane](token) ?? [])),
    ),
  );
  return {
    file: `lanes-${slug(loadPointKey(loadPoint))}.svg`,
    title,
    alt: `When ${first?.tokens.length ?? 0} tokens of one stream were due, found due by the pacer, written and read, one panel for each arm. ${drawn.map((lane) => altWords(context, lane)).join(' ')}`,
    spec: {
      title: {
        text: title,
        subtitle: [
          'one line a token: due, found due by a turn of the server, written, read by the client',
          `the same tokens in every arm; time since the first of them was due`,
        ],
        offset: 16,
      },
      columns: 1,
      spacing: 22,
      concat: drawn.map((lane) => panelOf(context, lane, span)),
    },
    values: valuesOf(context, drawn),
  };
}

function altWords({ analysis }: ReportContext, { arm, tokens }: StreamLane): string {
  const waits = tokens.flatMap(({ readNs, dueNs }) => (readNs === undefined ? [] : readNs - dueNs));
  const title = armTitleOf(analysis, arm);
  return waits.length === 0
    ? `${title}: none of them was read.`
    : `${title}: read ${formatValue(Math.min(...waits), 'ns')} to ${formatValue(Math.max(...waits), 'ns')} after they were due.`;
}

function valuesOf({ analysis }: ReportContext, drawn: readonly StreamLane[]): Table {
  const columns = [
    left('arm'),
    right('trial'),
    right('stream number'),
    right('token'),
    right('due'),
    right('found due after'),
    right('written after'),
    right('read after'),
  ];
  const rows = drawn.flatMap(({ arm, trial, stream, tokens }) =>
    tokens.map(({ token, dueNs, readyNs, writtenNs, readNs }) => [
      armTitleOf(analysis, arm),
      String(trial),
      String(stream),
      String(token),
      formatValue(dueNs, 'ns'),
      ...[readyNs, writtenNs, readNs].map((ns) => since(ns, dueNs)),
    ]),
  );
  return table(columns, rows);
}

function since(ns: number | undefined, dueNs: number): string {
  return ns === undefined ? UNKNOWN : formatValue(ns - dueNs, 'ns');
}

const WIDTH = 620;
const LANE_HEIGHT = 26;

function panelOf(
  { analysis }: ReportContext,
  { arm, trial, tokens }: StreamLane,
  span: number,
): ChartSpec {
  const title = armTitleOf(analysis, arm);
  const colour = armColourOf(analysis, arm);
  const rows = tokens.flatMap((one) =>
    lanes.flatMap((lane) => {
      const ns = timeOf[lane](one);
      const tip = `${title}, token ${one.token}: ${lane} ${formatValue((ns ?? 0) - one.dueNs, 'ns')} after it was due`;
      return ns === undefined ? [] : [{ token: one.token, lane, ns, tip }];
    }),
  );
  const shown = lanes.filter((lane) => rows.some((row) => row.lane === lane));
  const ticks = linearTicks(0, span, 8);
  const x = {
    field: 'ns',
    type: 'quantitative',
    title: null,
    scale: { domain: [0, span * 1.01], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, 'ns'), grid: true },
  };
  const y = {
    field: 'lane',
    type: 'ordinal',
    title: null,
    sort: shown,
    scale: { domain: shown },
    axis: { labelColor: ink.text, labelPadding: 6, grid: true },
  };
  return {
    title: { text: `${title}, trial ${trial}`, fontSize: 12, frame: 'group', offset: 8 },
    width: WIDTH,
    height: LANE_HEIGHT * shown.length,
    data: { values: rows },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.5, color: colour },
        encoding: { x, y, detail: { field: 'token' }, order: { field: 'ns' } },
      },
      {
        mark: { type: 'point', filled: true, size: 34, color: colour, opacity: 1, ...toldMark },
        encoding: { x, y, ...toldChannel },
      },
    ],
  };
}
