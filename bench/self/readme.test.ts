import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { quoteReadme } from './quote-readme.ts';

it('the README quotes the reference run as it renders, to the byte', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(quoteReadme(readme)).toBe(readme);
});
