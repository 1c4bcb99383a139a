// Takes the readings of a trial in which pages of a browser request more streams than it opens.
// There is no window: the trial is over when the fate of each stream is known. Knows no statistics.

import type { BrowserLimitsTally } from '../../../contract/browser-limits.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';

export type MeasuredPage = Measured & PageReadings;

export interface PageReadings extends Readings {
  readonly tally: BrowserLimitsTally;
}

export async function measurePage(
  trial: RunningTrial<'browser-limits-tally'>,
): Promise<PageReadings> {
  const { host } = await watchHost(async () => await trial.drained, trial.path.pids);
  const { clients } = await trial.finish();
  return { tally: onlyOne(clients), host };
}
