// Renders the text that a suite prints at its end: the text of each part, their result on the claim, and where the report is.

import { renderTerminal } from '../terminal.ts';
import type { Paint } from '../verdict-table.ts';
import { renderClaimsText } from './claims.ts';
import type { SuiteContext } from './suite-context.ts';

interface SuiteTerminalOptions {
  readonly paint: Paint;
  readonly reportPath: string;
}

/** Text of at most 100 columns, except the report's path; ends with a line break. */
export function renderSuiteTerminal({ parts }: SuiteContext, { paint, reportPath }: SuiteTerminalOptions): string {
  const texts = parts.map(({ context: { analysis, metrics }, thresholds }) =>
    renderTerminal(analysis, { metrics, thresholds, paint }).trimEnd(),
  );
  const claims = renderClaimsText(
    parts.map(({ context }) => context),
    paint,
  );
  return `${[...texts, claims, `report: ${reportPath}`].filter((text) => text !== '').join('\n\n')}\n`;
}
