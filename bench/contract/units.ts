// Inside the project time is nanoseconds and size is bytes; only flags and the report's formatter
// know other scales.

declare const instant: unique symbol;

/**
 * A point on the monotonic clock, in ns since the trial's epoch T0; a duration is a plain number of
 * ns.
 */
export type Instant = number & { readonly [instant]: true };

export const NS_PER_US = 1e3;
export const NS_PER_MS = 1e6;
export const NS_PER_S = 1e9;

export const KIB = 1024;
export const MIB = 1024 * 1024;

export const asInstant = (ns: number): Instant => ns as Instant;
