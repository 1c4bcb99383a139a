// Tables as text for a terminal. Of what a table says, a terminal shows the narrow form.

import stringWidth from 'string-width';
import type { Cell, Table, Tone } from '../blocks.ts';
import { plainText } from '../inline.ts';
import { TERMINAL_COLUMNS, type Paint } from '../paint.ts';
import { joinedWidth, layOutRow, longestWord, type TextColumn } from '../text-layout.ts';

/**
 * How wide the first column may be: as wide as it needs if the last one has room enough then, or
 * never more than half of what the others leave.
 */
export type FirstColumn = 'as-needed' | 'half';

const styles: Record<Tone, Parameters<Paint>[0]> = {
  good: 'green',
  bad: 'red',
  doubt: 'yellow',
  muted: 'dim',
};

/**
 * At most 100 columns wide, without a line break at its end: the columns in between get the width
 * that they need, the first and the last share the rest, and what is too wide wraps. Empty without
 * rows.
 */
export function renderTableText(
  table: Table,
  paint: Paint,
  firstColumn: FirstColumn = 'as-needed',
): string {
  const { columns, rows } = narrowForm(table);
  if (rows.length === 0) return '';
  const widest = (column: number): number =>
    Math.max(...rows.map(({ texts }) => stringWidth(texts[column] ?? '')));
  const last = columns.length - 1;
  const between = columns.map(({ title, mostWidth = Number.POSITIVE_INFINITY }, index) =>
    index === 0 || index === last
      ? 0
      : Math.min(mostWidth, Math.max(longestWord(title), widest(index))),
  );
  const rest = TERMINAL_COLUMNS - joinedWidth(between);
  const half = Math.floor(rest / 2);
  const first =
    firstColumn === 'half'
      ? Math.min(Math.max(longestWord(columns[0]?.title ?? ''), widest(0)), half)
      : Math.min(widest(0), Math.max(half, rest - widest(last)));
  const widths = between.with(0, first).with(last, rest - first);
  const laidOut = columns.map(({ align }, index): TextColumn => ({
    width: widths[index] ?? 0,
    align,
  }));
  return [
    ...layOutRow(
      laidOut,
      columns.map(({ title }) => title),
      (text) => text,
    ).map((line) => paint('bold', line)),
    ...rows.flatMap(({ texts, tone }) =>
      layOutRow(laidOut, texts, (text) => (tone === undefined ? text : paint(styles[tone], text))),
    ),
  ].join('\n');
}

/** Texts of the columns that are shown, and of each row the tone of its last cell. */
function narrowForm({ columns, rows }: Table) {
  const shown = columns.flatMap((column, index) =>
    column.only === 'wide' ? [] : [{ ...column, title: column.narrow ?? column.title, index }],
  );
  return {
    columns: shown,
    rows: rows.map((row) => {
      const last = row[shown.at(-1)?.index ?? 0];
      return {
        texts: shown.map(({ index }) => cellText(row[index] ?? '')),
        tone: typeof last === 'object' ? last.tone : undefined,
      };
    }),
  };
}

function cellText(cell: string | Cell): string {
  return plainText(typeof cell === 'string' ? cell : (cell.narrow ?? cell.text));
}
