import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText } from './made-events.ts';

it('a cut text spells itself, in no more pieces than asked for and none empty', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.integer({ min: 1, max: 50 }),
      (text, count) => {
        const pieces = cutText(text, count);
        expect(pieces.join('')).toBe(text);
        expect(pieces.length).toBe(Math.min(count, Array.from(text).length));
        expect(pieces).not.toContain('');
      },
    ),
    { numRuns: 200 },
  );
});
