import { expect, it } from 'vitest';
import { NS_PER_MS } from '../contract/units.ts';
import { CoarseHold } from './coarse-hold.ts';

const now = (): number => Number(process.hrtime.bigint());

it('items leave in their order, each held for its time to half a millisecond at the least', async () => {
  const forNs = 5 * NS_PER_MS;
  const heldNs: number[] = [];
  const left: number[] = [];
  const hold = new CoarseHold({ now, forNs, onRelease: (ns) => void heldNs.push(ns) });
  for (let item = 0; item < 20; item++) {
    hold.add(now(), () => void left.push(item));
    // Several a turn, and turns of any length.
    if (item % 3 === 0) await new Promise((resolve) => setTimeout(resolve, item % 4));
  }
  await expect.poll(() => left.length).toBe(20);
  expect(left).toEqual(left.toSorted((a, b) => a - b));
  expect(Math.min(...heldNs)).toBeGreaterThanOrEqual(forNs - NS_PER_MS / 2);
});

it('what is held when it stops is dropped', async () => {
  const left: string[] = [];
  const hold = new CoarseHold({ now, forNs: 2 * NS_PER_MS, onRelease: () => undefined });
  hold.add(now(), () => void left.push('one'));
  hold.stop();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(left).toEqual([]);
});
