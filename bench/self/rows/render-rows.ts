// Renders the rows of the harness's own benchmark as a Markdown table.

import { markdownTable } from 'markdown-table';
import { formatCount, UNKNOWN } from '../../report/format.ts';
import { stateOf, type Row } from './row.ts';

/** Values from here on are printed without decimals, which would say nothing. */
const MANY = 100;

export function renderRows(rows: readonly Row[]): string {
  return markdownTable([
    ['what', 'measured', 'limit', '', ''],
    ...rows.map((row) => {
      const { what, value, unit, note } = row;
      const measured =
        value === undefined
          ? UNKNOWN
          : `${value < MANY ? value.toFixed(2) : formatCount(value)} ${unit}`.trim();
      return [what, measured, limitText(row), stateOf(row), note];
    }),
  ]);
}

function limitText({ limit, unit }: Row): string {
  if (limit === undefined) return UNKNOWN;
  return `${'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`} ${unit}`.trim();
}
