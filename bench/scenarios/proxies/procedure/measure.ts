// Takes the readings of a trial of single streams over a path: what the client saw of each, and when
// the server saw clients gone. Knows no statistics.

import type { GoneClient, ProxyCellsTally } from '../../../contract/proxy-cells.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';

export type MeasuredCells = Measured & CellReadings;

export interface CellReadings extends Readings {
  readonly tally: ProxyCellsTally;
  readonly gone: readonly GoneClient[];
  readonly earlyTokens: number;
}

export async function measureCells(
  trial: RunningTrial<'proxy-cells-tally'>,
): Promise<CellReadings> {
  const { host } = await watchHost(async () => await trial.drained, trial.path.pids);
  const { clients, server } = await trial.finish();
  return {
    tally: onlyOne(clients),
    gone: server.gone ?? [],
    earlyTokens: server.earlyTokens,
    host,
  };
}
