// Shows the claims on which the runs of a report bear.

import type { ClaimReading } from '../../claims/claim-reading.ts';
import { section, type Block } from '../blocks.ts';
import { claimsTable } from './claims-table.ts';

/** Empty without a claim. */
export function claimsSection(readings: readonly ClaimReading[]): readonly Block[] {
  return readings.length === 0
    ? []
    : section('What this says of the claims', [
        claimsTable(readings, { isBrief: true }),
        'What is said of SSE and WebSocket, read from this report alone. `streamduel claims` measures what the rest needs, and shows the evidence row by row; a verdict is about these implementations on this machine.',
      ]);
}
