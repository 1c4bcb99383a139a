// Starts every stream at its planned time, with one timer. A late start is issued at once and never skipped: the load
// must not bend to the server (open loop).

import { callAt } from '../bench/contract/child-link.ts';

export interface RampOptions {
  /** Planned starts in ns since T0, rising. */
  readonly startNs: Float64Array;
  readonly now: () => number;
  /** Told the place of the start among them. */
  readonly start: (index: number) => void;
}

/** Returns how to stop and how many starts were not issued. */
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
