// Lays out text in columns of a terminal, where a character may be wider than one column.

import stringWidth from 'string-width';

export interface TextColumn {
  readonly width: number;
  readonly align: 'left' | 'right';
}

const GAP = '  ';

/** The width of columns side by side, gaps included. */
export function joinedWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}

/**
 * One row as lines: cells wider than their column wrap. `paint` styles the last cell, after its
 * width is known.
 */
export function layOutRow(
  columns: readonly TextColumn[],
  cells: readonly string[],
  paint: (text: string) => string,
): readonly string[] {
  const wrapped = columns.map(({ width }, index) => wrap(cells[index] ?? '', width));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ width, align }, index) => {
        const text = wrapped[index]?.[line] ?? '';
        if (index === columns.length - 1) return text === '' ? '' : paint(text);
        const padding = ' '.repeat(Math.max(0, width - stringWidth(text)));
        return align === 'left' ? text + padding : padding + text;
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** Lines of at most `width` columns, broken at spaces; a longer word is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ').flatMap((part) => cut(part, width))) {
    const current = lines.at(-1) ?? '';
    const joined = current === '' ? word : `${current} ${word}`;
    if (stringWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

export function longestWord(text: string): number {
  return Math.max(...text.split(' ').map((word) => stringWidth(word)));
}

function cut(word: string, width: number): readonly string[] {
  return stringWidth(word) <= width
    ? [word]
    : (word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [word]);
}
