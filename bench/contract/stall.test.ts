import { expect, test } from 'vitest';
import { chooseStopped, stoppedStreams } from './stall.ts';

test('as many streams stop as were asked for, the same ones for one seed and others for another', () => {
  const chosen = chooseStopped(7, { streams: 100, count: 20 });
  expect(new Set(chosen).size).toBe(20);
  expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
  expect(chosen.every((stream) => stream >= 0 && stream < 100)).toBe(true);
  expect(chooseStopped(7, { streams: 100, count: 20 })).toEqual(chosen);
  expect(chooseStopped(8, { streams: 100, count: 20 })).not.toEqual(chosen);
});

test('no stream stops in a trial that has no stall', () => {
  expect(stoppedStreams({ workloadSeed: 7 }, 100)).toEqual([]);
  expect(stoppedStreams({ workloadSeed: 7, stall: { connections: 2, atNs: 5 } }, 100)).toHaveLength(
    2,
  );
});
