// One clock for all processes on a host: CLOCK_MONOTONIC through process.hrtime.bigint(). It is the
// same clock in every process unless they sit in different Linux time namespaces; the clock proof
// of each trial (clock-proof.ts) checks that.

import { asInstant, type Instant } from './units.ts';

/** Nanoseconds since the epoch T0 as a Number: exact for 104 days (2^53 ns). Negative before T0. */
export type Clock = () => Instant;

/** Counts from its construction until the processes of a trial have agreed on T0. */
export class TrialClock {
  #epochNs = process.hrtime.bigint();
  readonly now: Clock = () => asInstant(Number(process.hrtime.bigint() - this.#epochNs));

  /** T0 on the monotonic clock. */
  get epochNs(): bigint {
    return this.#epochNs;
  }

  agree(epochNs: bigint): void {
    this.#epochNs = epochNs;
  }
}
