import { expect, test } from 'vitest';
import { isUntested, whyNoProc } from '../missing-fixture.ts';
import { ResidentWatch } from './resident-watch.ts';

const noProc = isUntested('readings of memory', whyNoProc());

test.skipIf(noProc)('readings belong to the side of the moment on which they are taken', () => {
  let isBefore = true;
  using watch = new ResidentWatch([process.pid], () => isBefore);
  expect(watch.read()).toMatchObject({ peakBytes: undefined });
  isBefore = false;
  const { beforeBytes, peakBytes, endBytes } = watch.read();
  expect(beforeBytes).toBeGreaterThan(0);
  expect(endBytes).toBeGreaterThan(0);
  expect(peakBytes).toBe(endBytes);
});

function highestOf(pids: readonly number[]): number {
  using watch = new ResidentWatch(pids, () => true);
  return watch.read().beforeBytes ?? 0;
}

test.skipIf(noProc)('several processes add up, and one that cannot be read leaves nothing', () => {
  // The same process twice: the second reading comes a moment after the first.
  expect(highestOf([process.pid, process.pid]) / highestOf([process.pid])).toBeCloseTo(2, 1);
  using watch = new ResidentWatch([process.pid, 2 ** 30], () => true);
  expect(watch.read()).toEqual({
    beforeBytes: undefined,
    peakBytes: undefined,
    endBytes: undefined,
  });
});
