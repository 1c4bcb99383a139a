import { expect, it } from 'vitest';
import { renderRows } from './render-rows.ts';
import { interleave, stateOf, type Row } from './row.ts';

const row: Row = { what: 'cost', value: 2, unit: 'µs', note: 'made up' };

it('a limit is met on its edge, from either side', () => {
  expect(stateOf({ ...row, limit: { atMost: 2 } })).toBe('met');
  expect(stateOf({ ...row, limit: { atMost: 1.99 } })).toBe('MISSED');
  expect(stateOf({ ...row, limit: { atLeast: 2 } })).toBe('met');
  expect(stateOf({ ...row, limit: { atLeast: 2.01 } })).toBe('MISSED');
});

it('what cannot be measured here meets no limit and misses none', () => {
  expect(stateOf({ ...row, value: undefined, limit: { atMost: 2 } })).toBe('not measured');
  expect(stateOf({ ...row, value: undefined, isFailure: true })).toBe('FAILED');
  expect(stateOf(row)).toBe('');
});

it('is printed with its unit, its limit and what became of it', () => {
  const text = renderRows([
    { ...row, limit: { atMost: 1.5 } },
    { ...row, value: 12_345.6, unit: 'connections/s', limit: { atLeast: 4000 } },
    { ...row, value: undefined },
  ]);
  expect(
    text
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .split('|')
          .slice(2, 5)
          .map((cell) => cell.trim()),
      ),
  ).toEqual([
    ['2.00 µs', '≤ 1.5 µs', 'MISSED'],
    ['12\u202F346 connections/s', '≥ 4000 connections/s', 'met'],
    ['–', '–', 'not measured'],
  ]);
});

it('two things take turns in being first, and their ratio is the median of the rounds', async () => {
  const order: string[] = [];
  const as = (name: string, values: readonly number[]) => async (round: number) => {
    order.push(`${name}${round}`);
    return values[round - 1]!;
  };
  const { ratio, note } = await interleave(3, as('a', [2, 9, 8]), as('b', [1, 3, 2]));
  expect(order).toEqual(['a1', 'b1', 'b2', 'a2', 'a3', 'b3']);
  expect(ratio).toBe(3);
  expect(note).toBe('2.00 to 4.00 over 3 rounds');
});
