import { expect, it } from 'vitest';
import { setAlarm } from './alarm.ts';

const now = (): number => Number(process.hrtime.bigint());

it('a timer that comes too early by the clock waits on', async () => {
  // A clock at a tenth of the real speed: every timer fires early by it.
  const startedNs = now();
  const slow = (): number => (now() - startedNs) / 10;
  const calledNs = await new Promise<number>((resolve) => {
    setAlarm(3e6, slow, () => resolve(slow()));
  });
  expect(calledNs).toBeGreaterThanOrEqual(3e6);
});

it('the clock is not asked all the time', async () => {
  let readings = 0;
  await new Promise<void>((resolve) => {
    const counted = (): number => {
      readings++;
      return now();
    };
    setAlarm(now() + 30e6, counted, resolve);
  });
  // One reading before the wait, one after it, and spare ones for a timer that fires early.
  expect(readings).toBeLessThanOrEqual(4);
});

it('a moment that has passed comes after the call, never within it', async () => {
  const events: string[] = [];
  await new Promise<void>((resolve) => {
    setAlarm(
      Number.NEGATIVE_INFINITY,
      () => 0,
      () => {
        events.push('called');
        resolve();
      },
    );
    events.push('set');
  });
  expect(events).toEqual(['set', 'called']);
});

it('a stopped alarm does not come', async () => {
  const events: string[] = [];
  const moment = Number(process.hrtime.bigint()) + 1e6;
  setAlarm(moment, now, () => events.push('stopped')).stop();
  await new Promise((resolve) => {
    setAlarm(moment + 3e6, now, () => resolve(events.push('later')));
  });
  expect(events).toEqual(['later']);
});
