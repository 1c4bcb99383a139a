import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { quoteDocument, quotingDocuments } from './quote-readme.ts';
import {
  RECORDING_SCHEMA_PATH,
  RUN_SCHEMA_PATH,
  renderRecordingSchema,
  renderRunSchema,
} from './run-schema.ts';

it.each(quotingDocuments)(
  '%s quotes the reference runs as they render, to the byte',
  (document) => {
    const text = readFileSync(new URL(`../../${document}`, import.meta.url), 'utf8');
    expect(quoteDocument(document, text)).toBe(text);
  },
);

it('the published schema of recordings is the one that they are read with', () => {
  expect(readFileSync(RECORDING_SCHEMA_PATH, 'utf8')).toBe(renderRecordingSchema());
});

it('the published schema of run.ndjson is the one that runs are checked with', () => {
  expect(readFileSync(RUN_SCHEMA_PATH, 'utf8')).toBe(renderRunSchema());
});
