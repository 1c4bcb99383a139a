// The unit that the rungs of a run count: streams, which are as many connections unless those of
// some arm share them.

import { sharesConnections } from '../../contract/arms/arms.ts';
import type { Plan } from '../../contract/run-file.ts';

interface CountedUnit {
  readonly one: string;
  readonly many: string;
  /** Predicate of one, before its rate of tokens. */
  readonly sends: string;
}

export function countedUnit({ arms }: Pick<Plan, 'arms'>): CountedUnit {
  return arms.some(sharesConnections)
    ? { one: 'stream', many: 'streams', sends: 'carries' }
    : { one: 'connection', many: 'connections', sends: 'streams' };
}
