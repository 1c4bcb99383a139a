// Limits that the socket engines share.

import { KIB } from '../../bench/contract/units.ts';

export const READ_BUFFER_BYTES = 64 * KIB;

/**
 * Limit on answers that a peer provokes but does not read, such as pongs; far beyond what any honest
 * peer lets pile up.
 */
export const MAX_UNSENT_BYTES = 64 * KIB;
