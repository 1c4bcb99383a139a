// Splits delivery to the clients that read on into before and after others stop: the same streams,
// so that all their other differences are on both sides.

import assert from 'node:assert/strict';
import type { Distribution } from '../../contract/distribution.ts';
import type { DistributionName } from '../../contract/run-file.ts';
import type { StampColumns } from '../../contract/stamps.ts';
import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import { findWindowMembers, type WindowPlan } from '../../analysis/window-members.ts';

/** Stamps on a timetable: a token is due at its planned time, whenever its handler began. */
export interface NeighbourStamps extends WindowPlan {
  /** `receivedNs` by token; ns since T0, NaN when never taken. */
  readonly client: StampColumns;
}

type Parts = Partial<
  Record<Extract<DistributionName, 'beforeFaultDeliveryNs' | 'neighbourDeliveryNs'>, Distribution>
>;

/**
 * @param atNs A token belongs to the side on which it is due; one that is due at that moment, to
 * the later.
 */
export function partDelivery(stamps: NeighbourStamps, atNs: number): Parts {
  const receivedNs = stamps.client['receivedNs'];
  assert(
    receivedNs?.length === stamps.population.totalTokens,
    'stamps receivedNs have one entry for each token',
  );
  const { position, plannedNs } = findWindowMembers(stamps).tokens;
  const before: number[] = [];
  const after: number[] = [];
  for (const [member, due] of plannedNs.entries()) {
    const received = receivedNs[position[member] as number] as number;
    if (!Number.isNaN(received)) (due < atNs ? before : after).push(received - due);
  }
  const beforeFaultDeliveryNs = summariseDistribution(Float64Array.from(before));
  const neighbourDeliveryNs = summariseDistribution(Float64Array.from(after));
  return {
    ...(beforeFaultDeliveryNs !== undefined && { beforeFaultDeliveryNs }),
    ...(neighbourDeliveryNs !== undefined && { neighbourDeliveryNs }),
  };
}
