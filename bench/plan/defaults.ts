// Values of a plan without the flag that sets them. The command that repeats a run leaves out a
// flag whose value is the default.

import { messageBytes } from '../contract/payload.ts';
import type { Plan } from '../contract/run-file.ts';
import { MIB, NS_PER_S } from '../contract/units.ts';

const BACKPRESSURE_BYTES = MIB;
/** Large messages that may wait for a receiver which reads as fast as it can. */
const WAITING_MESSAGES = 8;

export interface Sized extends Pick<Plan, 'payload'> {
  readonly loadPoints: readonly Plan['loadPoints'][number][];
}

/** The longest message of a token, where some are large; 0 where all are small. */
export function largestMessageBytes({ payload, loadPoints }: Sized): number {
  return Math.max(messageBytes(payload), ...loadPoints.map(({ largeBytes = 0 }) => largeBytes));
}

/** The cap on what waits for a receiver. */
export function usualBackpressureBytes(plan: Sized): number {
  return Math.max(BACKPRESSURE_BYTES, WAITING_MESSAGES * largestMessageBytes(plan));
}

export const DEFAULT_HEARTBEAT_NS = NS_PER_S;
/**
 * Repeating more than this share of the blocks would select the data: the machine is too noisy, and
 * the report says so.
 */
export const EXTRA_SHARE = 0.25;
