// Takes the readings of a trial of stops: what the client had of each stream when it stopped it, and
// when the server ended its generation. Knows no statistics.

import type { ServerStop, StopsTally } from '../../../contract/stops.ts';
import type { RelayTally, ServerTally } from '../../../contract/tally.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';

export type MeasuredStops = Measured & StopReadings;

export interface StopReadings extends Readings {
  readonly tally: StopsTally;
  readonly stops: readonly ServerStop[];
  readonly server: ServerTally;
  readonly relay: RelayTally | undefined;
}

export async function measureStops(trial: RunningTrial<'stops-tally'>): Promise<StopReadings> {
  const { warmupNs, windowNs } = trial.specification;
  const { path, servers, clients: loads } = trial;
  await trial.until(warmupNs);
  const { host } = await watchHost(
    async () => await trial.until(warmupNs + windowNs),
    [...path.pids, ...servers.pids, ...loads.pids],
  );
  const { clients, server, relay } = await trial.finish();
  return { tally: onlyOne(clients), stops: server.stops ?? [], server, relay, host };
}
