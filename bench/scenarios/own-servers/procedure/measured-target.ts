// One trial on a target measures these, before it is recorded and judged.

import type { Target, TargetServerUse, TargetTally } from '../../../contract/target.ts';
import type { HostReadings } from '../../../trial/host-watch.ts';

export interface MeasuredTarget {
  readonly startedAt: string;
  readonly target: Target;
  readonly tally: TargetTally;
  readonly host: HostReadings;
  readonly tracers: readonly string[];
  readonly server: TargetServerUse | undefined;
  readonly port: number | undefined;
  readonly wallNs: number;
  /** Time that was not warm-up, window or the end of its streams. */
  readonly overheadNs: number;
}
