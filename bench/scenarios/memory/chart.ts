// Plots how the servers' memory grows with the connections, idle and while they stream: rungs with
// their range over ladders, and the line through them, whose slope is the result.

import type { Analysis } from '../../analysis/analysis.ts';
import type { LadderArm, LadderLine, LadderRange, RungSummary } from './findings.ts';
import { armName, type Arm } from '../../contract/arms/arms.ts';
import { countedUnit } from './counted-unit.ts';
import type { MemoryFindings } from './findings.ts';
import { MIB } from '../../contract/units.ts';
import { left, right, table } from '../../report/blocks.ts';
import { formatCount, formatValue } from '../../report/format.ts';
import { armTitle } from '../../report/report-context.ts';
import type { ChartPlan, ChartSpec } from '../../report/charts/chart.ts';
import { armChannels } from '../../report/charts/arm-channels.ts';
import { toldChannel, toldMark } from '../../report/charts/hover.ts';
import { labelLookup, linearTicks, ticksFromZero, unitLabels } from '../../report/charts/ticks.ts';

interface Drawn {
  readonly arm: Arm;
  readonly ladder: LadderArm;
}

/** Empty when no ladder was measured. */
export function planMemoryLadder({
  plan,
  ladders,
}: Analysis & MemoryFindings): readonly ChartPlan[] {
  const drawn = plan.arms.flatMap((arm) => {
    const ladder = ladders.arms.find((one) => one.arm === armName(arm));
    return ladder === undefined ? [] : [{ arm, ladder }];
  });
  const idle = {
    title: 'idle, after full collections',
    valueOf: (rung: RungSummary) => rung.idleBytes,
    lineOf: (one: LadderArm) => one.idle,
  };
  const busy = {
    title: 'while it streams',
    valueOf: (rung: RungSummary) => rung.streamingBytes,
    lineOf: (one: LadderArm) => one.streaming,
  };
  const panels = [idle, busy].filter(({ valueOf }) => rowsOf(drawn, valueOf).length > 0);
  if (panels.length === 0) return [];
  const { one, many } = countedUnit(plan);
  const title = `Server memory against ${many}`;
  return [
    {
      file: 'memory-ladder.svg',
      title,
      alt: `What the memory of the servers grew by with the number of ${many}, idle and while they stream, for each arm: medians over ladders with their range, on the way up and down, and the line through the way up.`,
      spec: {
        title: {
          text: title,
          subtitle: [
            `private memory over that before the first ${one};`,
            'median over ladders, lowest to highest: filled on the way up,',
            'with its line; hollow on the way down',
          ],
          offset: 16,
        },
        spacing: 32,
        hconcat: panels.map((panel) => drawPanel(drawn, panel, many)),
        resolve: { scale: { x: 'shared', y: 'shared', color: 'shared', strokeDash: 'shared' } },
      },
      values: table(
        [left('when'), left('arm'), left('way'), right(many), right('median'), right('range')],
        panels.flatMap((panel) =>
          rowsOf(drawn, panel.valueOf).map(({ arm, way, rung, median, low, high }) => [
            panel.title,
            arm,
            way,
            formatCount(rung),
            formatValue(median, 'bytes'),
            `${formatValue(low, 'bytes')} to ${formatValue(high, 'bytes')}`,
          ]),
        ),
      ),
    },
  ];
}

interface Panel {
  readonly title: string;
  readonly valueOf: (rung: RungSummary) => LadderRange | undefined;
  readonly lineOf: (ladder: LadderArm) => LadderLine | undefined;
}

interface Row extends LadderRange {
  readonly tip: string;
  readonly rung: number;
  readonly arm: string;
  readonly way: 'up' | 'down';
  readonly connections: number;
}

/**
 * As a share of the longest ladder: arms are drawn beside each other, or their ranges would hide
 * one another.
 */
const SIDESTEP = 0.008;
const MARGIN = 0.05;

function rowsOf(drawn: readonly Drawn[], valueOf: Panel['valueOf']): readonly Row[] {
  const top = topOf(drawn);
  return drawn.flatMap(({ arm, ladder }, index) =>
    ladder.rungs.flatMap((rung) => {
      const range = valueOf(rung);
      if (range === undefined) return [];
      const connections = rung.connections + top * SIDESTEP * (index - (drawn.length - 1) / 2);
      const tip = `${armTitle(arm)}, ${formatCount(rung.connections)} on the way ${rung.way}: ${formatValue(range.median, 'bytes')}`;
      return [
        { tip, rung: rung.connections, arm: armTitle(arm), way: rung.way, connections, ...range },
      ];
    }),
  );
}

function topOf(drawn: readonly Drawn[]): number {
  return Math.max(
    ...drawn.flatMap(({ ladder }) => ladder.rungs.map(({ connections }) => connections)),
  );
}

/** The line of each arm, from the lowest rung with connections to the top. */
function linesOf(
  drawn: readonly Drawn[],
  lineOf: Panel['lineOf'],
): readonly { arm: string; connections: number; value: number }[] {
  return drawn.flatMap(({ arm, ladder }) => {
    const line = lineOf(ladder);
    const climbed = ladder.rungs.flatMap(({ way, connections }) =>
      way === 'up' && connections > 0 ? connections : [],
    );
    if (line === undefined) return [];
    return [Math.min(...climbed), Math.max(...climbed)].map((connections) => ({
      arm: armTitle(arm),
      connections,
      value: line.intercept + line.slope * connections,
    }));
  });
}

/** Width of two panels together. */
const LEGEND_WIDTH = 600;

/** @param counted The unit of the rungs, in plural. */
function drawPanel(drawn: readonly Drawn[], panel: Panel, counted: string): ChartSpec {
  const { color, strokeDash } = armChannels(
    drawn.map(({ arm }) => arm),
    { orient: 'bottom', width: LEGEND_WIDTH },
  );
  const rows = rowsOf(drawn, panel.valueOf);
  const x = xOf(drawn, counted);
  const y = yOf(drawn);
  const range = { y: { ...y, field: 'low' }, y2: { field: 'high' } };
  return {
    title: { text: panel.title, fontSize: 12, frame: 'group', offset: 12 },
    width: 280,
    height: 240,
    layer: [
      {
        data: { values: linesOf(drawn, panel.lineOf) },
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { x, y: { ...y, field: 'value' }, color, strokeDash },
      },
      {
        data: { values: rows },
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x, ...range, color },
      },
      pointLayer(rows, { x, y, color }, 'up'),
      pointLayer(rows, { x, y, color }, 'down'),
    ],
  };
}

function pointLayer(
  rows: readonly Row[],
  encoding: { readonly x: object; readonly y: object; readonly color: object },
  way: Row['way'],
): ChartSpec {
  const mark = {
    type: 'point',
    filled: way === 'up',
    size: way === 'up' ? 50 : 70,
    strokeWidth: 2,
    opacity: 1,
    ...toldMark,
  };
  return {
    data: { values: rows.filter((row) => row.way === way) },
    mark,
    encoding: { ...encoding, ...toldChannel },
  };
}

function xOf(drawn: readonly Drawn[], counted: string): object {
  const top = topOf(drawn);
  const ticks = linearTicks(0, top);
  return {
    field: 'connections',
    type: 'quantitative',
    title: counted,
    scale: { domain: [-top * MARGIN, top * (1 + MARGIN)], nice: false, zero: false },
    axis: {
      values: ticks,
      labelExpr: labelLookup(ticks.map((tick) => [tick, formatCount(tick)])),
      labelFlush: false,
    },
  };
}

/**
 * Values below zero by less than this share of the highest are not worth an axis that reaches below
 * zero.
 */
const NEGLIGIBLE = 0.05;

/** One scale for both panels, in whole MiB. */
function yOf(drawn: readonly Drawn[]): object {
  const all = drawn
    .flatMap(({ ladder }) =>
      ladder.rungs.flatMap(({ idleBytes, streamingBytes }) => [
        idleBytes ?? [],
        streamingBytes ?? [],
      ]),
    )
    .flat();
  const high = Math.max(...all.map((range) => range.high)) / MIB;
  const low = Math.min(...all.map((range) => range.median)) / MIB;
  const upper = ticksFromZero(high);
  const ticks = (low < -NEGLIGIBLE * high ? [low, ...upper] : upper).map((tick) => tick * MIB);
  return {
    field: 'median',
    type: 'quantitative',
    title: null,
    scale: { domain: [ticks[0], ticks.at(-1)], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, 'bytes') },
  };
}
