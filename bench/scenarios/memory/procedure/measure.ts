// Takes the readings of one ladder of connections: memory from outside and inside on every rung, up
// and down. Knows no statistics.

import { ladderSteps, type LadderPlan } from '../../../contract/ladder.ts';
import type { ClientTally, ServerTally } from '../../../contract/tally.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { mergeClientTallies } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';
import { readRung, type ReadRung } from './readings.ts';

export type MeasuredLadder = Measured & LadderReadings;

export interface LadderReadings extends Readings {
  readonly server: ServerTally;
  readonly client: ClientTally;
  /** Rungs in the order of reading, rung 0 first. */
  readonly rungs: readonly ReadRung[];
}

export async function measureLadder(
  trial: RunningTrial<'tally'>,
  ladder: LadderPlan,
): Promise<LadderReadings> {
  const { done: rungs, host } = await watchHost(async () => {
    const read: ReadRung[] = [];
    for (const step of ladderSteps(ladder)) read.push(await readRung(trial, step));
    return read;
  }, trial.path.pids);
  const { server, clients } = await trial.finish();
  return { server, client: mergeClientTallies(clients), rungs, host };
}
