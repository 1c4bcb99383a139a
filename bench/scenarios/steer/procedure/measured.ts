import type { FinishedWindow } from '../../../trial/finish-window.ts';
import type { Measured } from '../../../trial/procedure.ts';

/** All that is read is what the processes tell at the end. */
export type SteerReadings = FinishedWindow<'steers-tally'>;

export type MeasuredSteers = Measured & SteerReadings;
