// Starts every stream at its planned time, with one timer. A late start is issued at once and never
// skipped: the load must not adapt to the server (open loop).

import { callAt } from '../bench/contract/child-link.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';

export interface RampOptions {
  /** Planned starts in ns since T0, rising. */
  readonly startNs: Float64Array;
  readonly now: () => number;
  /** Whether starts may not be as late as a timer is, whose resolution is 1 ms. */
  readonly isPrecise?: boolean;
  /** Called with the index of the start in `startNs`. */
  readonly start: (index: number) => void;
}

/** `stop` ends the ramp and returns how many starts were not issued. */
export function startRamp(options: RampOptions): { stop: () => number } {
  const { startNs, now } = options;
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  const issueDue = (): void => {
    while (next < startNs.length && (startNs[next] as number) <= now()) options.start(next++);
    wait();
  };
  const wait = (): void => {
    if (next === startNs.length) return;
    const dueNs = startNs[next] as number;
    if (options.isPrecise !== true) timer = callAt(dueNs, now, issueDue);
    // The loop turns without sleeping for the last ms, and reads what has arrived meanwhile.
    else if (dueNs - now() < TURNING_NS) turn = setImmediate(issueDue);
    else timer = callAt(dueNs - TURNING_NS, now, issueDue);
  };
  issueDue();
  return {
    stop: () => {
      clearTimeout(timer);
      clearImmediate(turn);
      return startNs.length - next;
    },
  };
}

/** A timer is up to 1 ms late, and a little more until the process has a CPU. */
const TURNING_NS = 1.2 * NS_PER_MS;
