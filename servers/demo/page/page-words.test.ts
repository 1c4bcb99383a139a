// Texts of the page that can be tested without a browser.

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { countCodeLines } from './code-lines.js';
import { renderBytes, renderMs, renderRate } from './figures.js';
import { describeGaps } from './gap-plot.js';
import { compareHashes, hashText } from './text-hash.js';

it('the hash of a text is that of its UTF-8', async () => {
  expect(await hashText('größer 💡')).toBe(createHash('sha256').update('größer 💡').digest('hex'));
});

it('a text is the announced one, another one, or cannot be checked where the browser has no SHA-256', async () => {
  expect(compareHashes('aa', 'aa').state).toBe('equal');
  expect(compareHashes('aa', 'ab').state).toBe('different');
  // The empty object stands for the `crypto` of a page that is not secure.
  expect(await hashText('text', {})).toBeUndefined();
  expect(compareHashes(undefined, 'aa').state).toBe('unchecked');
});

it('times, rates and bytes are as long as they need be, and a dash where unknown', () => {
  expect([0, 0.31, 4.26, 48.4, 999, 1234].map(renderMs)).toEqual([
    '< 0.1 ms',
    '0.3 ms',
    '4.3 ms',
    '48 ms',
    '999 ms',
    '1.23 s',
  ]);
  expect([0.95, 44.83, 1512.4].map(renderRate)).toEqual(['0.9', '44.8', '1,512']);
  expect([renderMs(undefined), renderRate(undefined), renderBytes(12_345)]).toEqual([
    '–',
    '–',
    '12,345 B',
  ]);
});

it('the plot says in words what it shows', () => {
  expect(describeGaps([])).toBe('Gaps between tokens: none yet.');
  expect(describeGaps([12])).toBe('The only gap between tokens: median 12 ms, largest 12 ms.');
  expect(describeGaps([20, 22, 1060])).toBe(
    'Last 3 gaps between tokens: median 22 ms, largest 1.06 s.',
  );
});

it('lines of code are those that are neither blank nor comment', () => {
  expect(
    countCodeLines(
      '// A file.\n\n/**\n * @param {string} a\n */\nfunction f(a) {\n  // Why.\n  return a; // here\n}\n',
    ),
  ).toBe(3);
});
