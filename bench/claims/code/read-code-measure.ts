// Reads the saved counts of the minimal clients and servers, which `npm run bench:code` writes.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { codeMeasureSchema, type CodeMeasure } from '../../contract/code-measure.ts';

export const CODE_MEASURE_PATH = fileURLToPath(new URL('code-measure.json', import.meta.url));

export function readCodeMeasure(): CodeMeasure {
  return codeMeasureSchema.parse(JSON.parse(readFileSync(CODE_MEASURE_PATH, 'utf8')));
}
