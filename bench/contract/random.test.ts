import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deriveSeed, drawNormal, seededDraw, shuffled } from './random.ts';

it('a seed repeats its draws', () => {
  const [a, b] = [seededDraw(42), seededDraw(42)];
  expect(Array.from({ length: 5 }, a)).toEqual(Array.from({ length: 5 }, b));
});

it('derived seeds of neighbouring parts differ and stay within 32 bits', () => {
  const seeds = Array.from({ length: 10_000 }, (_, part) => deriveSeed(1, part));
  // Among 10,000 draws from 2^32 a few collisions are expected (about 0.01): more would mean that
  // parts share streams.
  expect(new Set(seeds).size).toBeGreaterThan(9_995);
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
});

it('normal draws have mean 0 and variance 1', () => {
  const draw = seededDraw(3);
  const values = Array.from({ length: 20_000 }, () => drawNormal(draw));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Four standard errors: 4/√20,000 and 4·√(2/20,000).
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.04);
});

it('a shuffle keeps every entry', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.nat(), (values, seed) => {
      expect(shuffled(seededDraw(seed), values).sort((a, b) => a - b)).toEqual(
        [...values].sort((a, b) => a - b),
      );
    }),
    { seed: 1 },
  );
});

it('every order of two arms comes up about as often', () => {
  const draw = seededDraw(5);
  const firsts = Array.from({ length: 10_000 }, () => shuffled(draw, ['sse', 'ws'])[0]);
  // Binomial(10,000, ½): five standard deviations are 250.
  expect(Math.abs(firsts.filter((arm) => arm === 'sse').length - 5000)).toBeLessThan(250);
});
