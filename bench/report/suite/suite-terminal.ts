// Renders the text that a suite prints at its end: the text of each part, their result on the
// claim, and where the report is.

import { renderTerminal } from '../terminal.ts';
import type { Paint } from '../paint.ts';
import { renderClaimText } from './claims.ts';
import type { SuiteContext } from './suite-context.ts';

interface SuiteTerminalOptions {
  readonly paint: Paint;
  readonly reportPath: string;
}

/** Text of at most 100 columns, except the report's path; ends with a line break. */
export function renderSuiteTerminal(
  { claim, parts }: SuiteContext,
  { paint, reportPath }: SuiteTerminalOptions,
): string {
  const texts = parts.map(({ context, thresholds }) =>
    renderTerminal(context, { thresholds, paint }).trimEnd(),
  );
  const answer = renderClaimText(
    claim,
    parts.map(({ context }) => context),
    paint,
  );
  return `${[...texts, answer, `report: ${reportPath}`].filter((text) => text !== '').join('\n\n')}\n`;
}
