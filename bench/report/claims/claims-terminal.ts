// What `streamduel claims` prints at its end: the table, and where the page is.

import { renderTableText } from '../formats/terminal.ts';
import type { Paint } from '../paint.ts';
import type { ClaimsContext } from './claims-context.ts';
import { claimsTable } from './claims-table.ts';
import { profileTable } from './profile-section.ts';

interface ClaimsTerminalOptions {
  readonly paint: Paint;
  readonly pagePath: string;
}

/** Text of at most 100 columns, except the page's path; ends with a line break. */
export function renderClaimsTerminal(
  { readings, leftOut, profile }: ClaimsContext,
  { paint, pagePath }: ClaimsTerminalOptions,
): string {
  const lines = leftOut.map(({ run, why }) => `left out: ${run}: ${why}`);
  const tables = [claimsTable(readings), ...(profile === undefined ? [] : [profileTable(profile)])];
  const texts = tables.map((table) => renderTableText(table, paint));
  return `${[...texts, ...lines, `claims: ${pagePath}`].join('\n\n')}\n`;
}
