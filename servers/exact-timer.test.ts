import { expect, it } from 'vitest';
import { ExactTimer } from './exact-timer.ts';

const nowNs = (): number => Number(process.hrtime.bigint());

it('calls back after fractions of a millisecond, once and never early', async () => {
  using timer = new ExactTimer();
  for (const delayMs of [0, 0.1, 0.35, 1.25, 7.7, 20.4]) {
    const startNs = nowNs();
    let calls = 0;
    const atNs = await new Promise<number>((resolve) => {
      timer.setTimer(() => {
        calls++;
        resolve(nowNs());
      }, delayMs);
    });
    expect(atNs - startNs).toBeGreaterThanOrEqual(delayMs * 1e6);
    expect(calls).toBe(1);
  }
});

it('a timer that was cancelled, or replaced by an earlier one, does not call back', async () => {
  using timer = new ExactTimer();
  const called: string[] = [];
  timer.setTimer(() => called.push('cancelled'), 5).cancel();
  timer.setTimer(() => called.push('replaced'), 50).cancel();
  await new Promise<void>((resolve) => {
    timer.setTimer(() => {
      called.push('earlier');
      resolve();
    }, 1);
  });
  await new Promise<void>((resolve) => {
    timer.setTimer(() => {
      called.push('later');
      resolve();
    }, 60);
  });
  expect(called).toEqual(['earlier', 'later']);
});

it('an order that is given in the callback is carried out', async () => {
  using timer = new ExactTimer();
  let turns = 0;
  await new Promise<void>((resolve) => {
    const turn = (): void => {
      turns++;
      if (turns === 500) resolve();
      else timer.setTimer(turn, 0.05);
    };
    timer.setTimer(turn, 0);
  });
  expect(turns).toBe(500);
});
