import { expect, it } from 'vitest';
import { code, plainText } from './inline.ts';

it('code with a backtick is fenced by two', () => {
  expect([code('a'), code('a`b')]).toEqual(['`a`', '``a`b``']);
});

it.each([
  [code('delivery.p99 > 5ms'), 'delivery.p99 > 5ms'],
  [code('a`b'), 'a`b'],
  ['**WebSocket better**, by much', 'WebSocket better, by much'],
  ['see [the run](folder/report.md).', 'see the run.'],
  ['marked \\* and \\[so on\\]', 'marked * and [so on]'],
  ['0.898 [0.857, 0.941] (12 blocks)', '0.898 [0.857, 0.941] (12 blocks)'],
])('%j without its marks is %j', (inline, plain) => {
  expect(plainText(inline)).toBe(plain);
});
