// Publishes the formats of run.ndjson and of recordings as JSON Schema, for other tools that read
// them. `npm run build:schema` writes them.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { streamRecordSchema } from '../contract/recording/stream-record.ts';
import { RUN_SCHEMA_VERSION, runHeaderSchema, trialRecordSchema } from '../contract/run-file.ts';

export const RUN_SCHEMA_PATH = fileURLToPath(
  new URL('../../reports/run.schema.json', import.meta.url),
);

export const RECORDING_SCHEMA_PATH = fileURLToPath(
  new URL('../recording/recording-schema.json', import.meta.url),
);

export function renderRecordingSchema(): string {
  const schema = {
    $comment:
      'One line of a recording: a stream. All times are ns, all sizes bytes; events are in base64.',
    ...z.toJSONSchema(streamRecordSchema),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

export function renderRunSchema(): string {
  const schema = {
    $comment: `One line of run.ndjson, schema version ${RUN_SCHEMA_VERSION}: the first is a header, every other a trial. All times are ns, all sizes bytes.`,
    ...z.toJSONSchema(z.union([runHeaderSchema, trialRecordSchema])),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) {
  writeFileSync(RUN_SCHEMA_PATH, renderRunSchema());
  writeFileSync(RECORDING_SCHEMA_PATH, renderRecordingSchema());
}
