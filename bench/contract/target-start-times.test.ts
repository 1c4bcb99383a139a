import { expect, it } from 'vitest';
import { planStarts } from './target-start-times.ts';
import { NS_PER_S } from './units.ts';

const arrivals = { seed: 7, startsPerSecond: 50, untilNs: 200 * NS_PER_S, prompts: 3 };

it('starts come at the rate that was asked for, with gaps as a Poisson process has them', () => {
  const times = planStarts(arrivals).map(({ atNs }) => atNs);
  // 10,000 are expected, ±100 (one standard deviation).
  expect(Math.abs(times.length - 10_000)).toBeLessThan(400);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
});

it('one seed gives one plan, whatever the arm', () => {
  expect(planStarts(arrivals)).toEqual(planStarts(arrivals));
  expect(planStarts({ ...arrivals, seed: 8 })).not.toEqual(planStarts(arrivals));
});

it('every prompt is drawn', () => {
  expect(new Set(planStarts(arrivals).map(({ prompt }) => prompt))).toEqual(new Set([0, 1, 2]));
});
