// Gates of the harness in trials that may run beside others.

import type { Gate } from '../contract/run-file.ts';
import type { ProcessUse } from '../contract/tally.ts';
import { atMost } from './gate.ts';

export interface Neighbours {
  /** Trials ran in parallel. */
  readonly hasNeighbours: boolean;
}

/** H5. Parallel trials wait for each other's CPUs by design. */
export function runDelayGate(
  { runDelayNs, wallNs }: Pick<ProcessUse, 'runDelayNs' | 'wallNs'>,
  { hasNeighbours }: Neighbours,
): Gate {
  return atMost(
    {
      id: 'H5',
      kind: 'harness',
      title: 'client runnable but not running',
      limit: 0.05,
      unit: 'ratio',
    },
    runDelayNs === undefined || hasNeighbours ? undefined : runDelayNs / wallNs,
    hasNeighbours ? 'not judged: trials ran side by side' : undefined,
  );
}

/** A gate that was missed beside other trials may not be missed without them. */
export function alone(gates: readonly Gate[], { hasNeighbours }: Neighbours): Gate[] {
  return gates.map((gate) => (hasNeighbours ? { ...gate, remedy: 'alone' } : gate));
}
