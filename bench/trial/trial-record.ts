// Builds the fields that the records of all finished trials share, whatever was measured.

import type { FinishedTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { Measured } from './procedure.ts';

type Used =
  | 'specification'
  | 'startedAt'
  | 'clock'
  | 'agents'
  | 'wallNs'
  | 'overheadNs'
  | 'serverPort'
  | 'host';
type Common =
  | 'clock'
  | 'agents'
  | 'wallNs'
  | 'overheadNs'
  | 'windowNs'
  | 'startedAt'
  | 'serverPort'
  | 'stolen';

export function recordOf(
  planned: PlannedTrial,
  {
    specification,
    startedAt,
    clock,
    agents,
    wallNs,
    overheadNs,
    serverPort,
    host,
  }: Pick<Measured, Used>,
): PlannedTrial & Pick<FinishedTrial, Common> & { kind: 'trial' } {
  return {
    kind: 'trial',
    ...planned,
    startedAt,
    clock,
    ...(agents !== undefined && { agents }),
    wallNs,
    overheadNs,
    windowNs: specification.windowNs,
    serverPort,
    ...(host.stealMean !== undefined && { stolen: host.stealMean }),
  };
}
