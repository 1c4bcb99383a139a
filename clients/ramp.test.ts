import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { NS_PER_MS } from '../bench/contract/units.ts';
import { startRamp } from './ramp.ts';

const beginsAt = (): (() => number) => {
  const from = performance.now();
  return () => (performance.now() - from) * NS_PER_MS;
};

/** Runs a ramp to its last start. */
async function runRamp(startMs: readonly number[], isPrecise: boolean) {
  const now = beginsAt();
  const begun: { readonly index: number; readonly lateNs: number }[] = [];
  const startNs = Float64Array.from(startMs, (ms) => ms * NS_PER_MS);
  const stop = await new Promise<() => number>((resolve) => {
    const ramp = startRamp({
      startNs,
      now,
      isPrecise,
      start: (index) => {
        begun.push({ index, lateNs: now() - (startNs[index] as number) });
        if (begun.length === startNs.length) setImmediate(() => resolve(ramp.stop));
      },
    });
  });
  return { begun, left: stop() };
}

test.each([false, true])(
  'starts come in order, none early and none left out (precise: %s)',
  async (isPrecise) => {
    const { begun, left } = await runRamp([0, 0, 0.4, 3, 3, 3.1, 9.7], isPrecise);
    expect(begun.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(begun.every(({ lateNs }) => lateNs >= 0)).toBe(true);
    expect(left).toBe(0);
  },
);

test.each([false, true])(
  'a stopped ramp begins nothing more and says how many are left (precise: %s)',
  async (isPrecise) => {
    const begun: number[] = [];
    const ramp = startRamp({
      startNs: Float64Array.of(0, 1 * NS_PER_MS, 2 * NS_PER_MS),
      now: beginsAt(),
      isPrecise,
      start: (index) => begun.push(index),
    });
    expect(ramp.stop()).toBe(3 - begun.length);
    const atStop = begun.length;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(begun).toHaveLength(atStop);
  },
);

test('other work has its turns while the last ms before a precise start is waited out', async () => {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await runRamp([0.9, 1.8], true);
  isOver = true;
  expect(turns).toBeGreaterThan(1);
});
