import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FrameHold } from './frame-hold.ts';

const injection = { kind: 'hold-frame', direction: 'down', every: 4, holdNs: 5e6 } as const;

it('holds one frame in so many, and what is behind it waits', async () => {
  const hold = new FrameHold(injection, 'down');
  const passed: number[] = [];
  for (const index of [0, 1, 2]) hold.pass(index, () => passed.push(index));
  expect([passed, hold.held, hold.isWaiting]).toEqual([[], 1, true]);
  await expect.poll(() => passed).toEqual([0, 1, 2]);
  expect(hold.isWaiting).toBe(false);
});

it('holds nothing of the other direction, nor without an injection', () => {
  const passed: number[] = [];
  for (const hold of [new FrameHold(injection, 'up'), new FrameHold(undefined, 'down')])
    hold.pass(0, () => passed.push(hold.held));
  expect(passed).toEqual([0, 0]);
});

it('drops what it holds when it is stopped', async () => {
  const hold = new FrameHold(injection, 'down');
  let isPassed = false;
  hold.pass(0, () => (isPassed = true));
  hold.stop();
  await sleep(10);
  expect([isPassed, hold.isWaiting]).toEqual([false, false]);
});
