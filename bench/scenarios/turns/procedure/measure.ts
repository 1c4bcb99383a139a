// Takes the readings of a trial of one conversation: it is measured from its first request to the end
// of its last reply. Knows no statistics.

import type { RelayTally, ServerTally } from '../../../contract/tally.ts';
import type { TurnsTally } from '../../../contract/turns.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';

export type MeasuredTurns = Measured & TurnsReadings;

export interface TurnsReadings extends Readings {
  readonly client: TurnsTally;
  readonly server: ServerTally;
  readonly relay: RelayTally | undefined;
  /** The port that the client connected to: that of the relay. */
  readonly clientAuthority: string;
}

export async function measureTurns(trial: RunningTrial<'turns-tally'>): Promise<TurnsReadings> {
  const { path, servers, clients: loads } = trial;
  const { host } = await watchHost(
    async () => await trial.drained,
    [...path.pids, ...servers.pids, ...loads.pids],
  );
  const { server, clients, relay } = await trial.finish();
  return {
    client: onlyOne(clients),
    server,
    relay,
    clientAuthority: `${path.clientHost}:${onlyOne(trial.clientPorts)}`,
    host,
  };
}
