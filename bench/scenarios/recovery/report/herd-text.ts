// Renders the herd for a terminal: when which share was back, the most attempts in 100 ms, and why
// attempts failed.

import { armTitleOf } from '../../../report/report-context.ts';
import { left, right, table } from '../../../report/blocks.ts';
import { renderTableText } from '../../../report/formats/terminal.ts';
import type { Paint } from '../../../report/paint.ts';
import { herdValue } from './herd.ts';
import { causeWords, rowTitle, type FaultGroup, type RecoveryContext } from './recovery-context.ts';

const NO_BREAK_SPACE = '\u00A0';

/** At most 100 columns wide. */
export function renderHerdText(
  context: RecoveryContext,
  { faults }: FaultGroup,
  paint: Paint,
): string {
  const columns = [
    left('load, arm'),
    right('50 % back'),
    right('95 % back'),
    right('all back'),
    right(`attempts in${NO_BREAK_SPACE}100${NO_BREAK_SPACE}ms`),
    left('failed attempts'),
  ];
  const rows = faults.flatMap((fault) =>
    fault.arms.map((arm) => [
      `${rowTitle(context, fault)}, ${armTitleOf(context.analysis, arm.arm)}`,
      ...['recovered.50', 'recovered.95', 'recovered.100', 'attempts.peak'].map((metric) =>
        herdValue({ context, fault, arm }, metric),
      ),
      causeWords(arm.attemptFailures),
    ]),
  );
  return renderTableText(table(columns, rows), paint);
}
