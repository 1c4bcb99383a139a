// Self-measurement of a server on a rung of a ladder: its CPU time, tokens and heap. Its memory by
// the kernel's accounting is read from outside, so that it does not include the reading.

import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../bench/contract/clock.ts';
import type { LadderReading } from '../bench/contract/ladder.ts';
import { collectGarbage } from '../bench/contract/process-use.ts';
import { NS_PER_US } from '../bench/contract/units.ts';
import type { Streams } from './streams.ts';

/** Objects with finalisers need a second collection; the pauses let V8 sweep in the background. */
const COLLECTIONS = 4;
const PAUSE_MS = 100;

type Counted = Pick<Streams, 'counts' | 'openStreams'>;

export class LadderReader {
  readonly #streams: Counted;
  readonly #now: Clock;
  #last: EventLoopUtilization | undefined;

  constructor(streams: Counted, now: Clock) {
    this.#streams = streams;
    this.#now = now;
  }

  /** @param collect Run full collections first, with pauses between them. */
  async read({ collect }: { readonly collect: boolean }): Promise<LadderReading> {
    if (collect) await collectFully();
    const { user, system } = process.cpuUsage();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const utilisation = this.#utilisation();
    return {
      atNs: this.#now(),
      cpuNs: (user + system) * NS_PER_US,
      tokensWritten: this.#streams.counts.tokensWritten,
      openStreams: this.#streams.openStreams,
      ...(utilisation !== undefined && { utilisation }),
      heapUsedBytes: heapUsed,
      externalBytes: external,
      arrayBuffersBytes: arrayBuffers,
    };
  }

  #utilisation(): number | undefined {
    const last = this.#last;
    this.#last = performance.eventLoopUtilization();
    return last && performance.eventLoopUtilization(this.#last, last).utilization;
  }
}

/**
 * The last collection makes V8 return all empty pages: the rest is what connections need, not what
 * V8 reserves for later.
 */
async function collectFully(): Promise<void> {
  for (let collection = 1; collection < COLLECTIONS; collection++) {
    collectGarbage();
    await setTimeout(PAUSE_MS);
  }
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
