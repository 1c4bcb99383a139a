import { expect, it } from 'vitest';
import { turnPeriods } from './pacer-turns.ts';

it('tokens with one stamp are of one turn, whatever their order and however many stamps are missing', () => {
  expect([...turnPeriods(Float64Array.of(5, 1, 1, Number.NaN, 2, 5, 9, 1))]).toEqual([1, 3, 4]);
});

it('a single turn has no period, nor have no tokens', () => {
  expect(turnPeriods(Float64Array.of(4, 4))).toHaveLength(0);
  expect(turnPeriods(Float64Array.of())).toHaveLength(0);
});
