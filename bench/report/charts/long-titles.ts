// Keeps long titles of arms from widening a chart: legends get rows, titles get lines. Vega has no
// canvas here to measure text with and reserves 0.8 of the font size for each character; so does
// this file.

import { wrap } from '../text-layout.ts';

const FONT_SIZE = 12;
export const CHARACTER_WIDTH = 0.8 * FONT_SIZE;
/** Width of a symbol, and of the gaps around it. */
const SYMBOL_WIDTH = 50;

/** Legend of arms as strokes, at most `width` wide: a piece of the line shows colour and dashes. */
export function strokeLegend(titles: readonly string[], width: number) {
  return {
    title: null,
    symbolType: 'stroke',
    symbolStrokeWidth: 3,
    symbolSize: 300,
    ...legendColumns(titles, width),
  };
}

/** Columns of a legend at most `width` wide; empty when all entries fit into one row. */
export function legendColumns(
  titles: readonly string[],
  width: number,
): { readonly columns?: number } {
  const widths = titles.map((title) => title.length * CHARACTER_WIDTH + SYMBOL_WIDTH);
  if (widths.reduce((sum, own) => sum + own, 0) <= width) return {};
  return { columns: Math.max(1, Math.floor(width / Math.max(...widths))) };
}

/** Most characters of a title that is no wider than two panels. */
const MAX_TITLE = 72;

export function titleLines(title: string): string | readonly string[] {
  const lines = wrap(title, MAX_TITLE);
  return lines.length === 1 ? title : lines;
}
