// Renders the herd for a terminal: when which share was back, the most attempts in 100 ms, and why attempts failed.

import { armTitleOf } from '../../../report/report-context.ts';
import { layOutTable } from '../../../report/text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../../../report/verdict-table.ts';
import { herdValue } from './herd.ts';
import { causeWords, rowTitle, type FaultGroup, type RecoveryContext } from './recovery-context.ts';

const NO_BREAK_SPACE = '\u00A0';

/** At most 100 columns wide. */
export function renderHerdText(context: RecoveryContext, { faults }: FaultGroup, paint: Paint): string {
  const rows = faults.flatMap((fault) =>
    fault.arms.map((arm) => {
      const value = (metric: string): string => herdValue({ context, fault, arm }, metric);
      return {
        cells: [
          `${rowTitle(context, fault)}, ${armTitleOf(context.analysis, arm.arm)}`,
          value('recovered.50'),
          value('recovered.95'),
          value('recovered.100'),
          value('attempts.peak'),
          causeWords(arm.attemptFailures),
        ],
        paint: (text: string): string => text,
      };
    }),
  );
  const titles = [
    'load, arm',
    '50 % back',
    '95 % back',
    'all back',
    `attempts in${NO_BREAK_SPACE}100${NO_BREAK_SPACE}ms`,
    'failed attempts',
  ];
  return layOutTable({ titles, rows }, TERMINAL_COLUMNS, (text) => paint('bold', text));
}
