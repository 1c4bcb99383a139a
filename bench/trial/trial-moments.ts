// Waits for moments on a trial's clock, and checks that the clock can be trusted.

import { setTimeout } from 'node:timers/promises';
import type { ClockBound } from '../contract/clock-proof.ts';
import { BenchError } from '../contract/errors.ts';
import { NS_PER_MS } from '../contract/units.ts';

/** Time from the `start` message until T0: all processes must have read it by then. */
export const START_LEAD_NS = 20 * NS_PER_MS;

/** @throws BenchError CLOCK */
export function checkClock(bound: ClockBound): void {
  if (bound.violations === 0) return;
  throw new BenchError(
    'CLOCK',
    `server and client do not read one clock: ${bound.violations} of ${bound.exchanges} answers came before their question`,
    {
      hint: 'run both in one time namespace',
    },
  );
}

/** Resolves at once when the moment has passed. @throws the reason of an aborted signal */
export async function sleepUntil(
  epochNs: bigint,
  atNs: number,
  signal: AbortSignal,
): Promise<void> {
  const waitMs = (Number(epochNs - process.hrtime.bigint()) + atNs) / NS_PER_MS;
  try {
    await setTimeout(Math.max(0, waitMs), undefined, { signal });
  } catch {
    throw signal.reason as Error;
  }
}
