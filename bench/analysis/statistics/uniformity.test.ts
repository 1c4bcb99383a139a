import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveSeed, seededDraw } from '../../contract/random.ts';
import { distanceFromUniform, judgeUniformity } from './uniformity.ts';

const even = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => (index + 0.5) / count);

test('too many are so many that chance brings them in less than one case in a hundred', () => {
  // SciPy: the smallest x with binom.sf(x − 1, K, 0.05) < 0.01.
  expect(
    [1, 10, 20, 60, 100, 300, 1000, 10_000].map(
      (count) => judgeUniformity(even(count)).tooManyFrom,
    ),
  ).toEqual([2, 4, 5, 8, 12, 25, 68, 552]);
});

/** 100 p-values, of which so many are below 0.05. */
const withSmall = (small: number): number[] =>
  even(100).map((p, index) => (index < small ? 0.01 : 0.05 + 0.95 * p));

test('as many p-values below 0.05 as chance brings are no alarm, one more than it brings is', () => {
  expect(judgeUniformity(withSmall(11))).toMatchObject({ significant: 11, hasTooMany: false });
  expect(judgeUniformity(withSmall(12))).toMatchObject({ significant: 12, hasTooMany: true });
});

test('p-values that are spread evenly are beyond doubt, those that crowd anywhere are not', () => {
  expect(judgeUniformity(even(200))).toMatchObject({ uniformityP: 1, isDoubtful: false });
  expect(judgeUniformity(even(200).map((p) => p ** 2)).isDoubtful).toBe(true);
  expect(judgeUniformity(even(200).map((p) => 0.5 + 0.3 * (p - 0.5)))).toMatchObject({
    isDoubtful: true,
    hasTooMany: false,
  });
});

test('fewer than 20 p-values say nothing about their spread', () => {
  expect(judgeUniformity(even(19).map(() => 0.5))).toMatchObject({
    uniformityP: undefined,
    isDoubtful: false,
  });
  expect(judgeUniformity(even(20).map(() => 0.5)).isDoubtful).toBe(true);
});

test('no p-values are no reason for doubt', () => {
  expect(judgeUniformity([])).toMatchObject({
    count: 0,
    significant: 0,
    hasTooMany: false,
    uniformityP: undefined,
    isDoubtful: false,
  });
});

test('the distance is that of the empirical distribution function on both sides of its steps', () => {
  // F steps from 0 to 1 at 0.3: |0 − 0.3| below, |1 − 0.3| above.
  expect(distanceFromUniform([0.3])).toBe(0.7);
  expect(distanceFromUniform([0.8])).toBe(0.8);
});

test('the order of the p-values does not matter and none is changed', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 }), (ps) => {
      const before = [...ps];
      const judged = judgeUniformity(ps);
      expect(judgeUniformity(ps.toReversed())).toEqual(judged);
      expect(ps).toEqual(before);
    }),
    { seed: 22 },
  );
});

test('uniform p-values raise either alarm about once in a hundred times', () => {
  const seed = 20_260_701;
  let tooMany = 0;
  let doubtful = 0;
  for (let experiment = 0; experiment < 2000; experiment++) {
    const draw = seededDraw(deriveSeed(seed, experiment));
    const judged = judgeUniformity(Array.from({ length: 100 }, draw));
    if (judged.hasTooMany) tooMany++;
    if (judged.isDoubtful) doubtful++;
  }
  // P(12 or more of 100) is 0.0043. Binomial(2000, 0.0043) and (2000, 0.01): all but one in a
  // thousand lie within.
  expect(tooMany, `seed ${seed}`).toBeGreaterThanOrEqual(1);
  expect(tooMany, `seed ${seed}`).toBeLessThanOrEqual(19);
  expect(doubtful, `seed ${seed}`).toBeGreaterThanOrEqual(8);
  expect(doubtful, `seed ${seed}`).toBeLessThanOrEqual(35);
});
