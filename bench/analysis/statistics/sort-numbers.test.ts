import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededDraw } from '../../contract/random.ts';
import { sortNumbers } from './sort-numbers.ts';

/** Longer than the columns that the native sort handles. */
const LONG = 20_000;

test('a long column comes back in the order of the native sort', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(1, 1e3, 1e9, 1e15),
      fc.boolean(),
      (seed, scale, hasNegatives) => {
        const draw = seededDraw(seed);
        const values = Float64Array.from(
          { length: LONG },
          () => (draw() - (hasNegatives ? 0.5 : 0)) * scale,
        );
        expect(sortNumbers(values)).toEqual(values.toSorted());
      },
    ),
    { seed: 7, numRuns: 20 },
  );
});

test('whole numbers with many ties and negatives are sorted', () => {
  const draw = seededDraw(1);
  const values = Float64Array.from({ length: LONG }, () => Math.floor(draw() * 7) - 3);
  expect(sortNumbers(values)).toEqual(values.toSorted());
});

test('a column of one value is left as it is', () => {
  expect(sortNumbers(new Float64Array(LONG).fill(5))).toEqual(new Float64Array(LONG).fill(5));
});

test('the column given is not changed', () => {
  const values = Float64Array.of(3, 1, 2);
  expect(sortNumbers(values)).toEqual(Float64Array.of(1, 2, 3));
  expect(values).toEqual(Float64Array.of(3, 1, 2));
});
