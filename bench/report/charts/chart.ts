// A chart as it is written beside the report, and as it lies in a page.

import type { Table } from '../blocks.ts';

export interface Chart {
  /** Name within `charts/`. */
  readonly file: string;
  readonly title: string;
  /** Text alternative for those who cannot see the chart. */
  readonly alt: string;
  /** Legible on a light and on a dark page. */
  readonly svg: string;
  /** The same with the values of its marks, for a page in which one can point at them. */
  readonly pageSvg: string;
  /** What it draws, as numbers. */
  readonly values?: Table | undefined;
}

/** A chart before it is drawn. */
export interface ChartPlan {
  readonly file: string;
  readonly title: string;
  readonly alt: string;
  readonly spec: ChartSpec;
  /** What it draws, as numbers; absent where the chart is made of a table beside it. */
  readonly values?: Table;
}

/**
 * A Vega-Lite specification. Its own types reject what its compiler takes, so it is checked by
 * rendering it in tests.
 */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** A part of a file name made from a title: `sse/library` → `sse-library`, `10%` → `10-percent`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('%', '-percent')
    .replaceAll(/[^a-z0-9]+/g, '-');
}
