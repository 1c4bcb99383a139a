import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planTimetable } from '../../contract/timetable.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { planBroadcast, planLongStreams, planStall } from './timetables.ts';

const arbitraryMoments = fc.record({
  warmupNs: fc.integer({ min: 500, max: 5000 }).map((ms) => ms * NS_PER_MS),
  windowNs: fc.integer({ min: 500, max: 5000 }).map((ms) => ms * NS_PER_MS),
});

const arbitraryLoad = fc.record({
  connections: fc.integer({ min: 1, max: 50 }),
  messagesPerSecond: fc.constantFrom(1, 2, 10, 50),
});

test('every subscriber of a broadcast gets the same text at the same moments, and is there before the first', () => {
  fc.assert(
    fc.property(arbitraryMoments, arbitraryLoad, fc.nat(), (moments, load, seed) => {
      const timetable = planBroadcast(moments, load);
      const streams = planTimetable(timetable, { seed, tokensPerSecond: load.messagesPerSecond });
      expect(streams).toHaveLength(load.connections);
      for (const stream of streams) {
        expect(stream.seed).toBe(streams[0]!.seed);
        expect(stream.dueNs).toEqual(streams[0]!.dueNs);
        expect(stream.startNs).toBeLessThan(stream.dueNs[0]!);
      }
      expect(streams[0]!.dueNs).toEqual(streams[0]!.dueNs.toSorted());
    }),
  );
});

test('a broadcast has its rate in the window, and none of its messages on an end of it', () => {
  for (const messagesPerSecond of [1, 10, 50]) {
    const moments = { warmupNs: 800 * NS_PER_MS, windowNs: 4 * NS_PER_S };
    const [stream] = planTimetable(planBroadcast(moments, { connections: 3, messagesPerSecond }), {
      seed: 1,
      tokensPerSecond: messagesPerSecond,
    });
    const [fromNs, toNs] = [moments.warmupNs, moments.warmupNs + moments.windowNs];
    const inWindow = [...stream!.dueNs].filter((due) => due >= fromNs && due < toNs);
    expect(inWindow).toHaveLength(4 * messagesPerSecond);
    const gapNs = NS_PER_S / messagesPerSecond;
    for (const due of inWindow)
      expect(Math.min(due - fromNs, toNs - due)).toBeGreaterThanOrEqual(gapNs / 4);
  }
});

test('long streams begin when they open, go on to one end, and have phases of their own', () => {
  const moments = { warmupNs: 800 * NS_PER_MS, windowNs: NS_PER_S };
  const streams = planTimetable(planLongStreams(moments, 10), { seed: 1, tokensPerSecond: 100 });
  expect(new Set(streams.map(({ dueNs }) => dueNs.at(-1)))).toEqual(new Set([2050 * NS_PER_MS]));
  for (const { startNs, dueNs } of streams)
    expect(dueNs[0]! - startNs).toBeLessThanOrEqual(10 * NS_PER_MS);
  expect(new Set(streams.map(({ dueNs }) => dueNs[0]! % (10 * NS_PER_MS))).size).toBe(10);
});

test('readers stop in the first tenth of the window, or before it', () => {
  const moments = { warmupNs: 800 * NS_PER_MS, windowNs: NS_PER_S };
  expect(planStall(moments, { connections: 2, isInWindow: true })).toEqual({
    connections: 2,
    atNs: 900 * NS_PER_MS,
  });
  expect(planStall(moments, { connections: 2, isInWindow: false })).toEqual({
    connections: 2,
    atNs: 600 * NS_PER_MS,
  });
  expect(planStall(moments, { connections: 0, isInWindow: true })).toBeUndefined();
});
