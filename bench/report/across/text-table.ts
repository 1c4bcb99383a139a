// Renders a table of at most 100 columns whose first and last column share the width that the numbers between them leave.

import stringWidth from 'string-width';
import type { TableColumn } from '../markdown.ts';
import { joinedWidth, layOutRow, longestWord, type TextColumn } from '../text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../verdict-table.ts';

export interface TextRow {
  readonly cells: readonly string[];
  /** Styles the last cell. */
  readonly style: (text: string) => string;
}

interface TextTableColumn extends TableColumn {
  /** Limit for a column between the first and the last, which would otherwise leave them no width. */
  readonly mostWidth?: number;
}

export interface TextTable {
  readonly columns: readonly TextTableColumn[];
  readonly rows: readonly TextRow[];
}

/** Lines without a line break at the end; empty without rows. Cells that are too wide wrap. */
export function renderTextTable({ columns, rows }: TextTable, paint: Paint): string {
  if (rows.length === 0) return '';
  const widest = (column: number): number => Math.max(...rows.map(({ cells }) => stringWidth(cells[column] ?? '')));
  const widths = columns.map(({ title, mostWidth }, index) =>
    Math.min(mostWidth ?? Number.POSITIVE_INFINITY, Math.max(longestWord(title), widest(index))),
  );
  const rest = TERMINAL_COLUMNS - joinedWidth([0, ...widths.slice(1, -1), 0]);
  const first = Math.min(widths[0] ?? 0, Math.floor(rest / 2));
  const laidOut = columns.map(({ align }, index): TextColumn => {
    if (index === 0) return { width: first, align };
    return { width: index === columns.length - 1 ? rest - first : (widths[index] ?? 0), align };
  });
  const titles = columns.map(({ title }) => title);
  return [
    ...layOutRow(laidOut, titles, (text) => text).map((line) => paint('bold', line)),
    ...rows.flatMap(({ cells, style }) => layOutRow(laidOut, cells, style)),
  ].join('\n');
}
