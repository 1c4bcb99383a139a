// One row a comparison: the ratio of two arms with its interval, beside the zone within which a
// difference is negligible.

import type { VerdictKind } from '../../analysis/analysis.ts';
import type { ChartSpec } from './chart.ts';
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

export function ratioRows(
  rows: readonly RatioRow[],
  { width, labelLimit, margin }: RatioRowsOptions,
): ChartSpec {
  const zone = margin === undefined ? [] : [{ low: 1 / (1 + margin), high: 1 + margin }];
  const values = [...rows, ...zone].flatMap(({ low, high }) => [low, high]);
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
    height: { step: ROW_HEIGHT },
    layer: [
      {
        data: { values: zone },
        mark: { type: 'rect', color: ink.zone, opacity: 0.2 },
        encoding: { x, x2: { field: 'high' } },
      },
      { data: { values: [{ low: 1 }] }, mark: { type: 'rule', color: ink.muted }, encoding: { x } },
      {
        data: { values: rows },
        mark: { type: 'rule', strokeWidth: 3 },
        encoding: { x, x2: { field: 'high' }, y, color },
      },
      {
        data: { values: rows },
        mark: { type: 'point', filled: true, shape: 'diamond', size: 90, opacity: 1 },
        encoding: { x: { ...x, field: 'ratio' }, y, color },
      },
    ],
  };
}
