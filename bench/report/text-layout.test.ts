import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { layOutRow, wrap } from './text-layout.ts';

describe('wrap', () => {
  it('breaks at spaces and cuts only words that fit no line', () => {
    expect(wrap('not resolvable (≈ 40 blocks)', 14)).toEqual(['not resolvable', '(≈ 40 blocks)']);
    expect(wrap('abcdefgh ij', 5)).toEqual(['abcde', 'fgh', 'ij']);
    expect(wrap('', 5)).toEqual(['']);
  });

  it('keeps every letter within the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', 'µ', '≈', '−', ' ') }),
        fc.integer({ min: 1, max: 20 }),
        (text, width) => {
          const lines = wrap(text, width);
          expect(lines.every((line) => stringWidth(line) <= width)).toBe(true);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
      { seed: 5 },
    );
  });
});

describe('layOutRow', () => {
  it('goes on below where a cell is too wide, and aligns what is above', () => {
    const columns = [
      { width: 5, align: 'left' as const },
      { width: 4, align: 'right' as const },
      { width: 9, align: 'left' as const },
    ];
    expect(layOutRow(columns, ['one two', '12', 'here'], (text) => text.toUpperCase())).toEqual([
      'one      12  HERE',
      'two',
    ]);
  });
});
