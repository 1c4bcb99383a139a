// Measures the receipt of the tokens of a window: the plan decides which belong to it, and each
// counts until the drain after the window has ended. A count of arrivals between two moments would
// instead measure how latency differs at those moments. RFC 2544 §26.1 waits for residual frames
// likewise before it counts a loss.

import type { JoinInput } from '../../analysis/join.ts';
import { findWindowMembers } from '../../analysis/window-members.ts';

export interface WindowReceipt {
  /**
   * Delivery of each token planned in the window, from when it was due to its receipt, ns; NaN if
   * never received.
   */
  readonly deliveryNs: Float64Array;
}

/** Both columns are in order of planned time. */
export function receiptOfWindow(
  input: JoinInput,
): WindowReceipt & { readonly plannedNs: Float64Array } {
  const { population, offsetsNs, server, client, isOnTimetable } = input;
  const receivedNs = client['receivedNs'] ?? new Float64Array();
  const originNs =
    isOnTimetable === true ? population.startNs : (server['handlerNs'] ?? new Float64Array());
  const { position, stream, plannedNs } = findWindowMembers(input).tokens;
  const deliveryNs = Float64Array.from(position, (at, member) => {
    const own = stream[member] as number;
    const offsetNs = offsetsNs[own]?.[at - (population.base[own] as number)] as number;
    return (receivedNs[at] ?? Number.NaN) - ((originNs[own] ?? Number.NaN) + offsetNs);
  });
  return { deliveryNs, plannedNs };
}

export function countReceived({ deliveryNs }: WindowReceipt): number {
  return deliveryNs.reduce((count, ns) => (Number.isNaN(ns) ? count : count + 1), 0);
}

/**
 * Share of the planned tokens that were received within the time; a token that never arrived does
 * not count. Undefined without tokens.
 */
export function attainmentOf({ deliveryNs }: WindowReceipt, withinNs: number): number | undefined {
  if (deliveryNs.length === 0) return undefined;
  // A comparison with NaN is false.
  return (
    deliveryNs.reduce((count, ns) => (ns <= withinNs ? count + 1 : count), 0) / deliveryNs.length
  );
}
