// Lists faults that the run requested and that are unavailable on this machine: a gap in the matrix
// must be seen.

import { faultNames, faults } from '../../../contract/faults.ts';
import { left, section, table, type Block } from '../../../report/blocks.ts';
import type { RecoveryContext } from './recovery-context.ts';

export function renderAbsentFaults({ analysis: { recovery } }: RecoveryContext): readonly Block[] {
  return section('Faults that were not run', [
    table(
      [left('fault'), left('why'), left('how to get it')],
      recovery.absent.map(({ fault, why, remedy }) => [absentTitle(fault), why, remedy]),
    ),
  ]);
}

/** One sentence for all faults that are unavailable for the same reason. */
export function absentSentences({ analysis: { recovery } }: RecoveryContext): readonly string[] {
  const byReason = Map.groupBy(recovery.absent, ({ why, remedy }) => `${why}; ${remedy}`);
  return [...byReason].map(
    ([reason, members]) => `Not run: ${members.map(({ fault }) => fault).join(', ')}: ${reason}`,
  );
}

function absentTitle(fault: string): string {
  const name = faultNames.find((candidate) => candidate === fault);
  return name === undefined ? fault : `${faults[name].id} ${faults[name].title}`;
}
