// Takes the readings of a trial of stops: what the client had of each stream when it stopped it, and
// when the server ended its generation. Knows no statistics.

import { finishWindow, type FinishedWindow } from '../../../trial/finish-window.ts';
import type { Measured } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';

export type StopReadings = FinishedWindow<'stops-tally'>;

export type MeasuredStops = Measured & StopReadings;

export async function measureStops(trial: RunningTrial<'stops-tally'>): Promise<StopReadings> {
  return await finishWindow(trial);
}
