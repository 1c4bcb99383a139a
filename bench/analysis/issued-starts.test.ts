import { expect, it } from 'vitest';
import { seededDraw } from '../contract/random.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { judgeArrivals } from './issued-starts.ts';

const WINDOW_NS = 10 * NS_PER_S;

function poisson(perSecond: number, seed: number): Float64Array {
  const draw = seededDraw(seed);
  const starts: number[] = [];
  for (let atNs = 0; atNs < WINDOW_NS; atNs += (-Math.log1p(-draw()) * NS_PER_S) / perSecond)
    starts.push(atNs);
  return Float64Array.from(starts);
}

/** Issues all starts due within one turn of a timer together, 30 µs apart. */
function onTimer(dueNs: Float64Array, periodNs: number): Float64Array {
  let lastNs = Number.NEGATIVE_INFINITY;
  return dueNs.map(
    (due) => (lastNs = Math.max(Math.ceil(due / periodNs) * periodNs, lastNs + 30_000)),
  );
}

it.each([20, 50, 150, 400, 1000])(
  'Poisson starts that a timer of 1 ms issues pass, at %d a second',
  (perSecond) => {
    const missed = Array.from({ length: 200 }, (_, seed) =>
      judgeArrivals(onTimer(poisson(perSecond, seed), 1.1 * NS_PER_MS), seed),
    ).filter(({ statistic, limit }) => !((statistic ?? Number.NaN) <= limit));
    // Chance alone misses the limit once in some thousands; on a timer a little more often.
    expect(missed.length).toBeLessThanOrEqual(1);
  },
);

it.each([50, 400])('starts in batches of a tenth of a second fail, at %d a second', (perSecond) => {
  for (let seed = 0; seed < 20; seed++) {
    const { statistic, limit } = judgeArrivals(
      onTimer(poisson(perSecond, seed), 100 * NS_PER_MS),
      seed,
    );
    expect(statistic).toBeGreaterThan(limit);
  }
});

it('starts at equal distances fail', () => {
  const { statistic, limit } = judgeArrivals(
    Float64Array.from({ length: 400 }, (_, index) => (index * WINDOW_NS) / 400),
    1,
  );
  expect(statistic).toBeGreaterThan(limit);
});

it('few starts are not judged, and it says so', () => {
  expect(judgeArrivals(Float64Array.from([1, 2, 3]), 1)).toMatchObject({
    statistic: undefined,
    note: expect.stringContaining('not judged'),
  });
  expect(judgeArrivals(new Float64Array(), 1).statistic).toBeUndefined();
});
