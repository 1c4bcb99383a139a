import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { quoteReadme } from './quote-readme.ts';
import { RUN_SCHEMA_PATH, renderRunSchema } from './run-schema.ts';

it('the README quotes the reference run as it renders, to the byte', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(quoteReadme(readme)).toBe(readme);
});

it('the published schema of run.ndjson is the one that runs are checked with', () => {
  expect(readFileSync(RUN_SCHEMA_PATH, 'utf8')).toBe(renderRunSchema());
});
