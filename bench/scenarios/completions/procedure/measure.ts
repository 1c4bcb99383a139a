// Takes the readings of whole streams in a closed loop: nothing is planned ahead, so a stream
// counts where it ends. Knows no statistics.

import type { CompletionsTally } from '../../../contract/completions.ts';
import type { StampColumns } from '../../../contract/stamps.ts';
import type { ServerTally } from '../../../contract/tally.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';

export type MeasuredClosedLoop = Measured & ClosedLoopReadings;

export interface ClosedLoopReadings extends Readings {
  readonly server: ServerTally;
  readonly client: CompletionsTally;
  /** See `completionColumns`. */
  readonly clientStamps: StampColumns;
}

export async function measureClosedLoop(
  trial: RunningTrial<'completions-tally'>,
): Promise<ClosedLoopReadings> {
  const { warmupNs, windowNs } = trial.specification;
  await trial.until(warmupNs);
  const { host } = await watchHost(
    async () => await trial.until(warmupNs + windowNs),
    trial.path.pids,
  );
  const { server, clients } = await trial.finish();
  return { server, client: onlyOne(clients), clientStamps: await trial.clients.stamps(), host };
}
