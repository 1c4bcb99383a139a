// Renders the text that a suite prints at its end: the text of each part, what they say
// of the claims, and where the report is.

import { renderTerminal } from '../terminal.ts';
import type { Paint } from '../paint.ts';
import { claimsTable } from '../claims/claims-table.ts';
import { renderTableText } from '../formats/terminal.ts';
import type { SuiteContext } from './suite-context.ts';

interface SuiteTerminalOptions {
  readonly paint: Paint;
  readonly reportPath: string;
}

/** Text of at most 100 columns, except the report's path; ends with a line break. */
export function renderSuiteTerminal(
  { claims, parts }: SuiteContext,
  { paint, reportPath }: SuiteTerminalOptions,
): string {
  const texts = parts.map(({ context, thresholds }) =>
    renderTerminal(context, { thresholds, paint }).trimEnd(),
  );
  const answer = claims.length === 0 ? '' : renderTableText(claimsTable(claims), paint);
  return `${[...texts, answer, `report: ${reportPath}`].filter((text) => text !== '').join('\n\n')}\n`;
}
