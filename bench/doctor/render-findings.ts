// Findings as a plain table of at most 100 columns: state, name, text, and the fix below.

import { alignRows } from '../flags/text-columns.ts';
import type { Finding } from './findings.ts';

export function renderFindings(
  findings: readonly Finding[],
  paint: (state: Finding['state'], text: string) => string,
): string {
  const rows = findings.flatMap(({ state, name, text, fix }) => [
    [state, name, text],
    ...(fix === undefined ? [] : [['', '', `fix: ${fix.replaceAll(/\s*\n\s*/g, '; ')}`]]),
  ]);
  const table = alignRows(rows);
  return table.replaceAll(
    /^ {2}(ok|limited|missing)\b/gm,
    (_, state: Finding['state']) => `  ${paint(state, state)}`,
  );
}
