import { expect, it } from 'vitest';
import { alignRows, wrapText } from './text-columns.ts';

const long = 'word '.repeat(40).trim();

it('cells are aligned, and the last one is wrapped below itself', () => {
  const lines = alignRows([
    ['a', 'short'],
    ['longer', long],
  ]).split('\n');
  expect(lines[0]).toBe('  a       short');
  expect(lines[1]).toMatch(/^ {2}longer {2}word word/);
  expect(lines[2]).toMatch(/^ {10}word/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('a first cell that is too long stands on a line of its own', () => {
  const head = 'x'.repeat(40);
  const lines = alignRows([
    [head, 'text'],
    ['y', 'other'],
  ]).split('\n');
  expect(lines).toEqual([`  ${head}`, `${' '.repeat(34)}text`, `  y${' '.repeat(31)}other`, '']);
});

it('a paragraph keeps its indent in every line', () => {
  expect(
    wrapText(long, '# ')
      .trimEnd()
      .split('\n')
      .every((line) => line.startsWith('# word') && line.length <= 100),
  ).toBe(true);
});
