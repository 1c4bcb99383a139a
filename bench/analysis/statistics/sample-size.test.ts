import { expect, test } from 'vitest';
import { blocksNeeded } from './sample-size.ts';

test.each([
  { deviation: 0.05, margin: 0.05, difference: 11, equivalence: 11 },
  { deviation: 0.1, margin: 0.05, difference: 35, equivalence: 38 },
  { deviation: 0.17, margin: 0.1, difference: 27, equivalence: 29 },
  { deviation: 0.25, margin: 0.25, difference: 12, equivalence: 13 },
  { deviation: 0.8, margin: 0.2, difference: 154, equivalence: 167 },
])(
  'a spread of $deviation and a margin of $margin need $difference blocks, $equivalence for equivalence',
  (row) => {
    expect(blocksNeeded(row.deviation, Math.log(1 + row.margin))).toEqual({
      difference: row.difference,
      equivalence: row.equivalence,
    });
  },
);

test('a hopeless margin has no number of blocks', () => {
  expect(blocksNeeded(10, 1e-4)).toBeUndefined();
});
