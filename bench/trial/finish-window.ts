// Lets a trial run to the end of its window, with an eye on the machine, and ends it.

import { watchHost, type HostReadings } from './host-watch.ts';
import { onlyOne } from './merge-tallies.ts';
import type { RunningTrial, TallyKind } from './running-trial.ts';

type Finished<Kind extends TallyKind> = Awaited<ReturnType<RunningTrial<Kind>['finish']>>;

/** The readings of a trial of one load process. */
export type FinishedWindow<Kind extends TallyKind> = Omit<Finished<Kind>, 'clients'> & {
  readonly client: Finished<Kind>['clients'][number];
  readonly host: HostReadings;
};

export async function finishWindow<Kind extends TallyKind>(
  trial: RunningTrial<Kind>,
): Promise<FinishedWindow<Kind>> {
  const { warmupNs, windowNs } = trial.specification;
  const { path, servers, clients: loads } = trial;
  await trial.until(warmupNs);
  const { host } = await watchHost(
    async () => await trial.until(warmupNs + windowNs),
    [...path.pids, ...servers.pids, ...loads.pids],
  );
  const { clients, ...finished } = await trial.finish();
  return { ...finished, client: onlyOne(clients), host };
}
