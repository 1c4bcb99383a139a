// Renders the result of a pilot. It takes the place of the verdicts of other runs, and does not say
// which arm is better.

import { heading, section, shellCode, type Block } from '../blocks.ts';
import { pilotSentences, pilotTable, pilotTables, pilotTitle } from '../pilot-table.ts';
import type { RunReport } from '../scenario-parts.ts';

/** Empty for a run that is no pilot. */
export function renderPilot(context: RunReport): readonly Block[] {
  const { pilot } = context.analysis;
  if (pilot === undefined) return [];
  return section('How many blocks', [
    ...pilotTables(context).map((one) => [heading(3, pilotTitle(one)), pilotTable(one)]),
    pilotSentences(pilot).join(' '),
    shellCode(pilot.command),
    'Blocks to find a difference: as large as the margin, at p < 0.05 with a power of 80 %. Blocks to show equivalence: within the margin, where there' +
      ' truly is none, with the same power. Both before Holm’s correction, on the scale of the margin that needs fewer.',
  ]);
}
