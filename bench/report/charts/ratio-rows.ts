// One row a comparison: the ratio of two arms with its interval, beside the zone within which a
// difference is negligible.

import type { VerdictKind } from '../../analysis/analysis.ts';
import { left, right, table, type Table } from '../blocks.ts';
import { formatRatio } from '../format.ts';
import type { ChartSpec } from './chart.ts';
import { toldChannel, toldMark } from './hover.ts';
import { ink } from './theme.ts';
import { labelLookup, linearTicks, logTicks } from './ticks.ts';

/** Fewer rows are read as fast in the table. */
export const FEWEST_ROWS = 3;

export interface RatioRow {
  readonly name: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
  /** Ratio of two equal arms with its interval, where the run has a pair of them. */
  readonly floor?: Interval | undefined;
}

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface RatioRowsOptions {
  readonly width: number;
  /** Widest name of a row. */
  readonly labelLimit: number;
  /** Zone of practical equivalence by ratio. */
  readonly margin: number | undefined;
}

/** A chart shows no reasons, so a comparison that has no verdict for some reason stays out. */
export function isShown({ kind }: { readonly kind: VerdictKind }): boolean {
  return kind !== 'invalid' && kind !== 'harness-limited' && kind !== 'withheld';
}

const ROW_HEIGHT = 22;
/** The noise floor lies below the effect, in the same row. */
const FLOOR_OFFSET = 7;

/**
 * With two blocks an interval may reach from nothing to infinity: it is drawn as far as this factor,
 * and its table says how far it goes.
 */
const MOST_FACTOR = 100;

function cut({ low, high }: Pick<Interval, 'low' | 'high'>): Pick<Interval, 'low' | 'high'> {
  return { low: Math.max(low, 1 / MOST_FACTOR), high: Math.min(high, MOST_FACTOR) };
}

/** `Open latency p50 0.960 [0.810, 1.137]` */
export function rowWords({ name, ratio, low, high }: RatioRow): string {
  return `${name} ${formatRatio({ value: ratio, low, high })}`;
}

/** The rows as numbers. */
export function ratioTable(rows: readonly RatioRow[], names: string): Table {
  const hasFloors = rows.some(({ floor }) => floor !== undefined);
  return table(
    [
      left(names),
      right('ratio [95 % CI]'),
      ...(hasFloors ? [right('between equal arms [95 % CI]')] : []),
    ],
    rows.map(({ name, floor, ...row }) => [
      name,
      formatRatio({ ...row, value: row.ratio }),
      ...(hasFloors ? [formatRatio(floor)] : []),
    ]),
  );
}

export function ratioRows(
  rows: readonly RatioRow[],
  { width, labelLimit, margin }: RatioRowsOptions,
): ChartSpec {
  const zone = margin === undefined ? [] : [{ low: 1 / (1 + margin), high: 1 + margin }];
  const floors = rows.flatMap(({ name, floor }) =>
    floor === undefined
      ? []
      : [{ name, ...cut(floor), tip: `${name}, between equal arms: ${formatRatio(floor)}` }],
  );
  const told = rows.map((row) => {
    const { name, ratio, colour } = row;
    const tip = `${name}: ${formatRatio({ ...row, value: ratio })}`;
    return { name, ratio, colour, tip, low: cut(row).low, high: cut(row).high };
  });
  const values = [...told, ...zone, ...floors].flatMap(({ low, high }) => [low, high]);
  const [bottom, top] = [Math.min(...values, 1) * 0.98, Math.max(...values, 1) * 1.02];
  const ticks = (top / bottom > 8 ? logTicks(bottom, top) : linearTicks(bottom, top, 6)).filter(
    (tick) => tick >= bottom && tick <= top,
  );
  const x = {
    field: 'low',
    type: 'quantitative',
    title: 'ratio',
    scale: { type: 'log', domain: [bottom, top], nice: false },
    axis: {
      values: ticks,
      labelExpr: labelLookup(ticks.map((tick) => [tick, String(tick)])),
      grid: true,
    },
  };
  const y = {
    field: 'name',
    type: 'nominal',
    title: null,
    sort: rows.map(({ name }) => name),
    axis: { labelLimit, labelColor: ink.text },
  };
  const color = { field: 'colour', type: 'nominal', scale: null, legend: null };
  return {
    width,
    height: { step: floors.length > 0 ? ROW_HEIGHT + FLOOR_OFFSET : ROW_HEIGHT },
    layer: [
      {
        data: { values: zone },
        mark: { type: 'rect', color: ink.zone, opacity: 0.2 },
        encoding: { x, x2: { field: 'high' } },
      },
      { data: { values: [{ low: 1 }] }, mark: { type: 'rule', color: ink.muted }, encoding: { x } },
      ...(floors.length === 0
        ? []
        : [
            {
              data: { values: floors },
              mark: {
                type: 'rule',
                strokeWidth: 2,
                strokeDash: [3, 2],
                color: ink.muted,
                yOffset: FLOOR_OFFSET,
                ...toldMark,
              },
              encoding: { x, x2: { field: 'high' }, y, ...toldChannel },
            },
          ]),
      {
        data: { values: told },
        mark: { type: 'rule', strokeWidth: 3, ...toldMark },
        encoding: { x, x2: { field: 'high' }, y, color, ...toldChannel },
      },
      {
        data: { values: told },
        mark: { type: 'point', filled: true, shape: 'diamond', size: 90, opacity: 1, ...toldMark },
        encoding: { x: { ...x, field: 'ratio' }, y, color, ...toldChannel },
      },
    ],
  };
}
