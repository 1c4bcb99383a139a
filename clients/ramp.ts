// Starts every stream at its planned time, with one timer. A late start is issued at once and never
// skipped: the load must not adapt to the server (open loop).

import { callAt } from '../bench/contract/child-link.ts';

export interface RampOptions {
  /** Planned starts in ns since T0, rising. */
  readonly startNs: Float64Array;
  readonly now: () => number;
  /** Called with the index of the start in `startNs`. */
  readonly start: (index: number) => void;
}

/** `stop` ends the ramp and returns how many starts were not issued. */
export function startRamp(options: RampOptions): { stop: () => number } {
  const { startNs, now } = options;
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const issueDue = (): void => {
    while (next < startNs.length && (startNs[next] as number) <= now()) options.start(next++);
    timer = next < startNs.length ? callAt(startNs[next] as number, now, issueDue) : undefined;
  };
  issueDue();
  return {
    stop: () => {
      clearTimeout(timer);
      return startNs.length - next;
    },
  };
}
