// Calls back once at a moment of a clock, never before it: Node's timers truncate fractions of a
// millisecond and count from the start of the event loop's turn, so by themselves they fire up to a
// millisecond too early.

import { NS_PER_MS } from '../contract/units.ts';

export interface Alarm {
  readonly stop: () => void;
}

/**
 * Never calls back synchronously; at the latest a millisecond or two after the moment, if the
 * process has its CPU.
 */
export function setAlarm(atNs: number, now: () => number, callback: () => void): Alarm {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(check, Math.max(0, Math.ceil((atNs - now()) / NS_PER_MS)));
  };
  const check = (): void => (now() >= atNs ? callback() : wait());
  wait();
  return { stop: () => clearTimeout(timer) };
}
