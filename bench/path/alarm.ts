// One call at a moment of a clock, never before it: Node's timers cut fractions of a millisecond off and count from the
// start of the event loop's turn, so by themselves they come up to a millisecond too early.

import { NS_PER_MS } from '../contract/units.ts';

export interface Alarm {
  readonly stop: () => void;
}

/** Never calls back within this call; at the latest a millisecond or two after the moment, if the process has its CPU. */
export function setAlarm(atNs: number, now: () => number, callback: () => void): Alarm {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(check, Math.max(0, Math.ceil((atNs - now()) / NS_PER_MS)));
  };
  const check = (): void => (now() >= atNs ? callback() : wait());
  wait();
  return { stop: () => clearTimeout(timer) };
}
