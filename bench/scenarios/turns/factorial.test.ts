import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawNormal, seededDraw } from '../../contract/random.ts';
import { estimateEffect, factorialEffects, type Level, type Observation } from './factorial.ts';

/** All combinations of three factors, with this value each. */
function blockOf(
  block: number,
  valueOf: (levels: readonly [Level, Level, Level]) => number,
): readonly Observation[] {
  return Array.from({ length: 8 }, (_, cell) => {
    const levels = [cell & 1, (cell >> 1) & 1, (cell >> 2) & 1] as unknown as [Level, Level, Level];
    return { block, levels, value: valueOf(levels) };
  });
}

const effectsOf = (observations: readonly Observation[]): Record<string, readonly number[]> =>
  Object.fromEntries(
    factorialEffects(3, observations).map(({ factors, byBlock }) => [factors.join(''), byBlock]),
  );

it('what is put in is found, each effect by itself', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 5, maxLength: 5 }),
      ([base = 0, a = 0, b = 0, c = 0, ac = 0]) => {
        const found = effectsOf(
          blockOf(0, ([x, y, z]) => base + a * x + b * y + c * z + ac * x * z),
        );
        // Where two factors interact, the main effect of each is its mean over the other's levels.
        expect(found).toEqual({
          0: [a + ac / 2],
          1: [b],
          2: [c + ac / 2],
          '01': [0],
          '02': [ac],
          12: [0],
          '012': [0],
        });
      },
    ),
  );
});

it('the textbook example: a 2³ design with known contrasts', () => {
  // Montgomery, Design and Analysis of Experiments, fill height: sums of two runs, in the order
  // (1), a, b, ab, c, ac, bc, abc. Its effects are contrast / 8 of the sums: A 3.00, B 2.25, C 1.75,
  // AB 0.75, AC 0.25, BC 0.50, ABC 0.50; here an interaction is not halved (twice, or four times).
  const sums = [-4, 1, -1, 5, -1, 3, 2, 11];
  const found = effectsOf(blockOf(0, ([x, y, z]) => (sums[x + 2 * y + 4 * z] as number) / 2));
  expect(found).toEqual({
    0: [3],
    1: [2.25],
    2: [1.75],
    '01': [1.5],
    '02': [0.5],
    12: [1],
    '012': [2],
  });
});

it('noise that the cells of a block share cancels, and does not widen the interval', () => {
  const observations = [5, -300, 70, 1000].flatMap((shared, block) =>
    blockOf(block, ([x]) => shared + 10 * x),
  );
  const { interval95, mean } = estimateEffect(effectsOf(observations)['0']!, 1)!;
  expect([mean, interval95.low, interval95.high]).toEqual([10, 10, 10]);
});

it('a block that lacks a cell counts in no effect', () => {
  const whole = blockOf(3, ([x]) => x);
  const observations = [...blockOf(1, ([x]) => 9 * x).slice(1), ...whole];
  expect(effectsOf(observations)['0']).toEqual([1]);
  expect(estimateEffect([1], 1)).toBeUndefined();
});

const holds = ({ low, high }: { low: number; high: number }): boolean => low <= 0 && high >= 0;

it('the intervals of a family hold together in 95 of 100 runs, those of 95 % each do not', () => {
  const draw = seededDraw(11);
  const family = 6;
  const runs = 400;
  const covered = { together: 0, alone: 0 };
  for (let run = 0; run < runs; run++) {
    const effects = Array.from({ length: family }, () =>
      estimateEffect(
        Array.from({ length: 6 }, () => drawNormal(draw)),
        family,
      )!,
    );
    if (effects.every(({ simultaneous }) => holds(simultaneous))) covered.together++;
    if (effects.every(({ interval95 }) => holds(interval95))) covered.alone++;
  }
  // Four standard errors of a share near 0.95 of so many runs; independent effects make 0.951.
  expect(covered.together / runs).toBeGreaterThan(0.95 - 0.044);
  expect(covered.alone / runs).toBeLessThan(0.85);
});
