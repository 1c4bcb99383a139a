// Takes the readings of a trial of sessions in which both ends send: the machine over the window,
// and what both sides saw of the frames. Knows no statistics.

import type { DuplexClientTally } from '../../../contract/duplex.ts';
import type { RelayTally, ServerTally } from '../../../contract/tally.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';

export type MeasuredDuplex = Measured & DuplexReadings;

export interface DuplexReadings extends Readings {
  readonly server: ServerTally;
  readonly client: DuplexClientTally;
  /** Set only where a relay stands between both ends. */
  readonly relay: RelayTally | undefined;
}

export async function measureDuplex(trial: RunningTrial<'duplex-tally'>): Promise<DuplexReadings> {
  const { warmupNs, windowNs } = trial.specification;
  await trial.until(warmupNs);
  const { host } = await watchHost(
    async () => await trial.until(warmupNs + windowNs),
    trial.path.pids,
  );
  const { server, clients, relay } = await trial.finish();
  return { server, client: onlyOne(clients), relay, host };
}
