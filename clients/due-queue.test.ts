import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NS_PER_MS } from '../bench/contract/units.ts';
import { DueQueue } from './due-queue.ts';
import { VirtualTime } from './virtual-time.ts';

function queueIn(time: VirtualTime): DueQueue {
  return new DueQueue({ now: time.now, setTimer: time.setTimer });
}

it('calls back in order of time, never early, and within a timer of the moment, with one timer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50_000_000 }), { minLength: 1, maxLength: 90 }),
      (dueNs) => {
        const time = new VirtualTime();
        const queue = queueIn(time);
        const calls: { atNs: number; dueNs: number }[] = [];
        for (const one of dueNs)
          queue.schedule(one, () => calls.push({ atNs: time.now(), dueNs: one }));
        time.advanceTo(60_000_000);
        expect(calls.map((call) => call.dueNs)).toEqual([...dueNs].sort((a, b) => a - b));
        for (const call of calls) {
          expect(call.atNs).toBeGreaterThanOrEqual(call.dueNs);
          // Rounded up to a whole ms, and at least 1 ms after the call before.
          expect(call.atNs - call.dueNs).toBeLessThan(2 * NS_PER_MS);
        }
        expect(time.mostTimers).toBe(1);
      },
    ),
    { seed: 5, numRuns: 200 },
  );
});

it('what is due at one moment comes in the order it was scheduled, a hundred a turn', () => {
  const time = new VirtualTime();
  const queue = queueIn(time);
  const calls: { index: number; atNs: number }[] = [];
  for (let index = 0; index < 250; index++)
    queue.schedule(5 * NS_PER_MS, () => calls.push({ index, atNs: time.now() }));
  time.advanceTo(NS_PER_MS * 20);
  expect(calls.map(({ index }) => index)).toEqual(Array.from({ length: 250 }, (_, index) => index));
  expect([calls[99]?.atNs, calls[100]?.atNs, calls[200]?.atNs]).toEqual([
    5 * NS_PER_MS,
    6 * NS_PER_MS,
    7 * NS_PER_MS,
  ]);
});

it('what is scheduled from a callback is never called back within it', () => {
  const time = new VirtualTime();
  const queue = queueIn(time);
  const calls: string[] = [];
  queue.schedule(0, () => {
    queue.schedule(0, () => calls.push('second'));
    calls.push('first');
  });
  time.advanceTo(5 * NS_PER_MS);
  expect(calls).toEqual(['first', 'second']);
});

it('a stopped queue calls nobody back', () => {
  const time = new VirtualTime();
  const queue = queueIn(time);
  queue.schedule(1000, () => expect.unreachable());
  queue.stop();
  time.advanceTo(NS_PER_MS * 10);
});
