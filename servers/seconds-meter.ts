// Samples CPU time and tokens of this process twice a second, from T0 on: shows afterwards whether
// a cost was even, and what it was at another load.

import type { Clock } from '../bench/contract/clock.ts';
import type { ServerTally } from '../bench/contract/tally.ts';
import { NS_PER_US } from '../bench/contract/units.ts';
import type { Streams } from './streams.ts';

const INTERVAL_MS = 500;
/** Two hours of samples; a longer trial keeps its first ones. */
const MOST_SAMPLES = 14_400;

export class SecondsMeter {
  readonly #streams: Streams;
  readonly #now: Clock;
  readonly #samples: NonNullable<ServerTally['seconds']> = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(streams: Streams, now: Clock) {
    this.#streams = streams;
    this.#now = now;
  }

  start(): void {
    const before = process.cpuUsage();
    this.#timer = setInterval(() => {
      const { user, system } = process.cpuUsage(before);
      const tokens = this.#streams.counts.tokensWritten;
      if (this.#samples.length < MOST_SAMPLES)
        this.#samples.push({ atNs: this.#now(), cpuNs: (user + system) * NS_PER_US, tokens });
    }, INTERVAL_MS);
  }

  stop(): NonNullable<ServerTally['seconds']> {
    clearInterval(this.#timer);
    return this.#samples;
  }
}
