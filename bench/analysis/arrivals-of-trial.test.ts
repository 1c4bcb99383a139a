import { describe, expect, test } from 'vitest';
import type { ArrivingStream } from '../contract/arrivals.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { arrivalsOfTrial } from './arrivals-of-trial.ts';

interface Lived {
  readonly plannedMs: number;
  /** How late it began; absent for one that did not. */
  readonly lateMs?: number;
  readonly endMs?: number;
  readonly cutTokens?: number;
}

/** In a window from 1 s to 3 s. */
function arrived(lived: readonly Lived[]) {
  const streams = lived.map(({ plannedMs, cutTokens = 0 }, slot): ArrivingStream => ({
    slot,
    startNs: plannedMs * NS_PER_MS,
    tokens: 1,
    cutTokens,
    seed: slot,
  }));
  return arrivalsOfTrial({
    streams,
    client: {
      startNs: Float64Array.from(
        lived,
        ({ plannedMs, lateMs = Number.NaN }) => (plannedMs + lateMs) * NS_PER_MS,
      ),
      endNs: Float64Array.from(lived, ({ endMs = Number.NaN }) => endMs * NS_PER_MS),
    },
    windowStartNs: NS_PER_S,
    windowEndNs: 3 * NS_PER_S,
  });
}

test('starts of the window are counted, and those before and after it are not', () => {
  const record = arrived(
    [500, 1000, 1500, 2999, 3000].map((plannedMs) => ({ plannedMs, lateMs: 0 })),
  );
  expect(record).toMatchObject({ windowStarts: 3, startsPerSecond: 1.5 });
});

test('a stream that did not begin is no start', () => {
  expect(arrived([{ plannedMs: 1200 }])).toEqual({
    windowStarts: 0,
    startsPerSecond: 0,
    mostAtOnce: 0,
    cutStreams: 0,
    cutTokens: 0,
  });
});

describe('the lag', () => {
  test('is that of 99 of 100 starts', () => {
    const late = Array.from({ length: 100 }, (_, index) => ({
      plannedMs: 1000 + index,
      lateMs: index / 100,
    }));
    expect(arrived(late).startLagP99Ns).toBeCloseTo(0.98 * NS_PER_MS, 0);
  });

  test('is the largest of fewer', () => {
    const late = [
      { plannedMs: 1000, lateMs: 3 },
      { plannedMs: 1100, lateMs: 0.1 },
    ];
    expect(arrived(late).startLagP99Ns).toBeCloseTo(3 * NS_PER_MS, 0);
  });
});

describe('the variation of gaps', () => {
  test('is 0 for even ones', () => {
    const even = Array.from({ length: 30 }, (_, index) => ({
      plannedMs: 1000 + 10 * index,
      lateMs: 0,
    }));
    expect(arrived(even).gapVariation).toBeCloseTo(0, 6);
  });

  test('is that of the gaps as issued: a load process that bunches starts is seen', () => {
    const bunched = Array.from({ length: 40 }, (_, index) => ({
      plannedMs: 1000 + 10 * index,
      lateMs: index % 2 === 0 ? 10 : 0,
    }));
    expect(arrived(bunched).gapVariation).toBeGreaterThan(0.9);
  });

  test('is unknown for fewer than 20 gaps', () => {
    const few = Array.from({ length: 20 }, (_, index) => ({
      plannedMs: 1000 + 10 * index,
      lateMs: 0,
    }));
    expect(arrived(few)).not.toHaveProperty('gapVariation');
  });
});

test('most at once: streams from before the window and ones that do not end count while they are open', () => {
  const record = arrived([
    { plannedMs: 100, lateMs: 0, endMs: 900 },
    { plannedMs: 500, lateMs: 0, endMs: 1500 },
    { plannedMs: 1100, lateMs: 0, endMs: 1200 },
    { plannedMs: 1300, lateMs: 0 },
    { plannedMs: 1400, lateMs: 0, endMs: 2000 },
    { plannedMs: 3500, lateMs: 0, endMs: 3600 },
  ]);
  expect(record.mostAtOnce).toBe(3);
});

test('cut streams are counted with their tokens', () => {
  expect(
    arrived([
      { plannedMs: 1000, lateMs: 0, cutTokens: 5 },
      { plannedMs: 2000, lateMs: 0 },
      { plannedMs: 3100, lateMs: 0, cutTokens: 7 },
    ]),
  ).toMatchObject({ cutStreams: 2, cutTokens: 12 });
});
