// The thread of an exact timer: sleeps until the moment that it is told, or until it is told another.

import { workerData } from 'node:worker_threads';
import { NS_PER_MS } from '../bench/contract/units.ts';
import { FIRED, ORDER, type TimerMemory } from './exact-timer.ts';

const { wakeNs, numbers } = workerData as TimerMemory;

/** Negative or 0 once the moment has come. */
function leftMs(): number {
  return Number(Atomics.load(wakeNs, 0) - process.hrtime.bigint()) / NS_PER_MS;
}

let order = 0;
for (;;) {
  Atomics.wait(numbers, ORDER, order);
  order = Atomics.load(numbers, ORDER);
  for (let left = leftMs(); left > 0; left = leftMs())
    if (Atomics.wait(numbers, ORDER, order, left) !== 'timed-out')
      order = Atomics.load(numbers, ORDER);
  Atomics.store(numbers, FIRED, order);
  Atomics.notify(numbers, FIRED);
}
