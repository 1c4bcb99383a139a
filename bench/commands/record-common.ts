// What the record of every finished trial says of it, whatever was measured.

import type { FinishedTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasuredFaultTrial } from '../trial/fault-trial.ts';
import type { MeasuredTrial } from '../trial/measure-trial.ts';

type Common = 'clock' | 'wallNs' | 'overheadNs' | 'windowNs' | 'startedAt' | 'serverPort' | 'stolen';

export function recordOf(
  planned: PlannedTrial,
  { specification, startedAt, clock, wallNs, overheadNs, serverPort, host }: MeasuredTrial | MeasuredFaultTrial,
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
