// Values of a plan without the flag that sets them. The command that repeats a run leaves out a
// flag whose value is the default.

import { messageBytes, type PayloadName } from '../contract/payload.ts';
import { MIB, NS_PER_S } from '../contract/units.ts';

const BACKPRESSURE_BYTES = MIB;
/** Large messages that may wait for a receiver which reads as fast as it can. */
const WAITING_MESSAGES = 8;

/** The cap on what waits for a receiver. */
export function usualBackpressureBytes(payload: PayloadName): number {
  return Math.max(BACKPRESSURE_BYTES, WAITING_MESSAGES * messageBytes(payload));
}

export const DEFAULT_HEARTBEAT_NS = NS_PER_S;
/**
 * Repeating more than this share of the blocks would select the data: the machine is too noisy, and
 * the report says so.
 */
export const EXTRA_SHARE = 0.25;
