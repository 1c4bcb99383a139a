import { expect, it } from 'vitest';
import { deriveSeed, drawNormal, seededDraw } from '../../contract/random.ts';
import { fewestByChance, mostByChance } from '../simulation/chance.ts';
import { pairedEffect } from '../statistics/paired-t.ts';
import { effectOverOccasions } from './random-effect.ts';

it('of known values, mean, interval and both deviations are known', () => {
  // Means 2, 4 and 9: mean 5, deviation √13, standard error √(13/3), t(0.975; 2) = 4.302653.
  const { effect, between, within } = effectOverOccasions([
    [1, 3],
    [3, 4, 5],
    [9, 9, 9, 9],
  ]);
  expect(effect).toMatchObject({ count: 3, mean: 5 });
  expect(effect.interval95.high - 5).toBeCloseTo(4.302653 * Math.sqrt(13 / 3), 5);
  // Squares 2, 2 and 0 over 1 + 2 + 3 degrees of freedom.
  expect(within).toBeCloseTo(Math.sqrt(4 / 6), 12);
  expect(between).toBeCloseTo(Math.sqrt(13 - (4 / 6) * ((1 / 2 + 1 / 3 + 1 / 4) / 3)), 12);
});

it('where the means differ no more than blocks make them, nothing is left between the occasions', () => {
  expect(
    effectOverOccasions([
      [0, 10],
      [1, 9],
    ]).between,
  ).toBe(0);
});

it('occasions of one block each say nothing of the spread within', () => {
  expect(effectOverOccasions([[1], [2], [4]])).toMatchObject({
    within: undefined,
    effect: { count: 3 },
  });
});

const simulations = { experiments: 5000, seed: 20_261_129 };

interface Simulated {
  /** Blocks of each occasion. */
  readonly blocks: readonly number[];
  /** Deviation between occasions; that of a block is 1. */
  readonly between: number;
}

function simulate(
  { blocks, between }: Simulated,
  experiment: number,
): readonly (readonly number[])[] {
  const draw = seededDraw(deriveSeed(simulations.seed, experiment));
  return blocks.map((count) => {
    const shift = between * drawNormal(draw);
    return Array.from({ length: count }, () => shift + drawNormal(draw));
  });
}

function countCovered(
  options: Simulated,
  intervalOf: (occasions: readonly (readonly number[])[]) => { low: number; high: number },
): number {
  let covered = 0;
  for (let experiment = 0; experiment < simulations.experiments; experiment++) {
    const { low, high } = intervalOf(simulate(options, experiment));
    if (low <= 0 && 0 <= high) covered++;
  }
  return covered;
}

const threes = [12, 12, 12];
const fives = [12, 12, 12, 12, 12];

it.each<Simulated>(
  [0, 0.3, 1, 3].flatMap((between) => [
    { blocks: threes, between },
    { blocks: fives, between },
  ]),
)(
  'with $blocks blocks and a deviation of $between between occasions, 95 % of intervals cover the truth',
  (options) => {
    const covered = countCovered(
      options,
      (occasions) => effectOverOccasions(occasions).effect.interval95,
    );
    expect(covered, `seed ${simulations.seed}`).toBeGreaterThanOrEqual(
      fewestByChance(0.95, simulations.experiments),
    );
    expect(covered, `seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.95, simulations.experiments),
    );
  },
);

it.each([{ blocks: [4, 12, 40] }, { blocks: [4, 4, 12, 40, 40] }])(
  'with $blocks blocks at least 95 % cover it',
  ({ blocks }) => {
    for (const between of [0, 0.3, 1]) {
      const covered = countCovered(
        { blocks, between },
        (occasions) => effectOverOccasions(occasions).effect.interval95,
      );
      expect(covered, `${between} between, seed ${simulations.seed}`).toBeGreaterThanOrEqual(
        fewestByChance(0.95, simulations.experiments),
      );
    }
  },
);

it('blocks of all occasions taken as one sample cover it far too rarely: 7 in 10 already where the deviation between is 0.5', () => {
  const covered = countCovered(
    { blocks: threes, between: 0.5 },
    (occasions) => pairedEffect(occasions.flat()).interval95,
  );
  expect(covered / simulations.experiments).toBeLessThan(0.75);
});

it('a single occasion covers it more rarely still, however many blocks it has', () => {
  const covered = countCovered(
    { blocks: [40], between: 0.5 },
    ([only = []]) => pairedEffect(only).interval95,
  );
  expect(covered / simulations.experiments).toBeLessThan(0.55);
});
