// Values of a plan without the flag that sets them. The command that repeats a run leaves out a
// flag whose value is the default.

import { MIB, NS_PER_S } from '../contract/units.ts';

export const DEFAULT_BACKPRESSURE_BYTES = MIB;
export const DEFAULT_HEARTBEAT_NS = NS_PER_S;
/**
 * Repeating more than this share of the blocks would select the data: the machine is too noisy, and
 * the report says so.
 */
export const EXTRA_SHARE = 0.25;
