// Procedure `proxy-cells`: single streams over a path, each for a cell of a table. There is no
// rehearsal: streams that cannot pass the path are a result.

import assert from 'node:assert/strict';
import { timedToNs } from '../../../contract/proxy-cells.ts';
import type { ProxyCellsTrial } from '../../../contract/run-file.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { specifyTrial } from '../../../trial/specification.ts';
import { measureCells, type CellReadings } from './measure.ts';
import { recordCells } from './record.ts';

export const proxyCells: Procedure<'proxy-cells-tally', CellReadings, ProxyCellsTrial> = {
  id: 'proxy-cells',
  tally: 'proxy-cells-tally',
  specify: (planned, options) => {
    const { windowNs, proxyCells: plan } = options.plan;
    assert(plan !== undefined, 'a plan of this procedure says which streams are requested');
    return {
      ...specifyTrial(planned, options),
      rehearsalTokens: 0,
      rampNs: 0,
      windowNs,
      proxyCells: plan,
    };
  },
  opening: ({ loadPoint: { connections } }, { proxyCells: plan, warmupNs }) => ({
    idleScale: plan?.idleScale,
    aloneNs: plan && timedToNs(plan, { warmupNs, connections }),
    standby: { keepsState: false },
    // The first server ends before the trial does, and its clock echo with it.
    provesOwnClock: true,
  }),
  measure: measureCells,
  record: recordCells,
};

export const runner = runnerOf(proxyCells);
