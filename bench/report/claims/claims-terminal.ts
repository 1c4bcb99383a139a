// What `streamduel claims` prints at its end: the table, and where the page is.

import { renderTableText } from '../formats/terminal.ts';
import { flow } from '../blocks.ts';
import type { Paint } from '../paint.ts';
import type { ClaimsContext } from './claims-context.ts';
import { claimsTable } from './claims-table.ts';

interface ClaimsTerminalOptions {
  readonly paint: Paint;
  readonly pagePath: string;
}

/** Text of at most 100 columns, except the page's path; ends with a line break. */
export function renderClaimsTerminal(
  { readings, leftOut }: ClaimsContext,
  { paint, pagePath }: ClaimsTerminalOptions,
): string {
  const lines = leftOut.map(({ run, why }) => `left out: ${run}: ${why}`);
  const [rows] = flow(claimsTable(readings));
  const text = rows?.kind === 'table' ? renderTableText(rows, paint) : '';
  return `${[text, ...lines, `claims: ${pagePath}`].join('\n\n')}\n`;
}
