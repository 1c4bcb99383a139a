// Lays out help as plain text of at most 100 columns.

const COLUMNS = 100;
const INDENT = '  ';
const GAP = '  ';
/** A first cell that is longer than its column stands on a line of its own. */
const MOST_FIRST = 30;

/** Rows of aligned cells; the last cell is wrapped. Ends with an empty line. */
export function alignRows(rows: readonly (readonly string[])[]): string {
  const lengths = rows.map((row) => row.slice(0, -1).map((cell) => cell.length));
  const widths = (lengths[0] ?? []).map((_, column) =>
    Math.max(
      ...lengths.map((row) =>
        row.length === 1 ? Math.min(row[column] ?? 0, MOST_FIRST) : (row[column] ?? 0),
      ),
    ),
  );
  const start = INDENT.length + widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const lines = rows.flatMap((row) => {
    const head =
      INDENT +
      row
        .slice(0, -1)
        .map((cell, column) => cell.padEnd(widths[column] ?? 0) + GAP)
        .join('');
    const [first = '', ...others] = wrapWords(row.at(-1) ?? '', COLUMNS - start);
    const indented = others.map((line) => ' '.repeat(start) + line);
    return head.length > start
      ? [head.trimEnd(), ' '.repeat(start) + first, ...indented]
      : [(head + first).trimEnd(), ...indented];
  });
  return `${lines.join('\n')}\n`;
}

/** A paragraph. Ends with an empty line. */
export function wrapText(text: string, indent = ''): string {
  return `${wrapWords(text, COLUMNS - indent.length)
    .map((line) => indent + line)
    .join('\n')}\n`;
}

function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
