// Publishes the format of run.ndjson as JSON Schema, for readers of run folders with other tools.
// `npm run build:schema` writes it.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RUN_SCHEMA_VERSION, runHeaderSchema, trialRecordSchema } from '../contract/run-file.ts';

export const RUN_SCHEMA_PATH = fileURLToPath(
  new URL('../../reports/run.schema.json', import.meta.url),
);

export function renderRunSchema(): string {
  const schema = {
    $comment: `One line of run.ndjson, schema version ${RUN_SCHEMA_VERSION}: the first is a header, every other a trial. All times are ns, all sizes bytes.`,
    ...z.toJSONSchema(z.union([runHeaderSchema, trialRecordSchema])),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync(RUN_SCHEMA_PATH, renderRunSchema());
