// What the record of every finished trial says of it, whatever was measured.

import type { FinishedTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasuredTrial } from '../trial/measure-trial.ts';

/** What the trials of all kinds have. */
/** What every kind of trial measured. */
type Measured = Pick<MeasuredTrial, 'specification' | 'startedAt' | 'clock' | 'wallNs' | 'overheadNs' | 'serverPort' | 'host'>;
type Common = 'clock' | 'wallNs' | 'overheadNs' | 'windowNs' | 'startedAt' | 'serverPort' | 'stolen';

export function recordOf(
  planned: PlannedTrial,
  { specification, startedAt, clock, wallNs, overheadNs, serverPort, host }: Measured,
): PlannedTrial & Pick<FinishedTrial, Common> & { kind: 'trial' } {
  return {
    kind: 'trial',
    ...planned,
    startedAt,
    clock,
    wallNs,
    overheadNs,
    windowNs: specification.windowNs,
    serverPort,
    ...(host.stealMean !== undefined && { stolen: host.stealMean }),
  };
}
