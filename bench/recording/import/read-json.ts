// Reads a file that is one JSON value, or one a line.

import { readFileSync, statSync } from 'node:fs';
import { BenchError, messageOf } from '../../contract/errors.ts';
import { MIB } from '../../contract/units.ts';
import { readJsonLines } from '../read-recording.ts';

/** A JSON value cannot be read in parts. */
const MOST_BYTES = 256 * MIB;

export interface JsonValue {
  readonly json: unknown;
  /** Begins an error: the file, and the line where there are several. */
  readonly place: string;
}

export async function* readJsonValues(path: string): AsyncGenerator<JsonValue> {
  if (isOneALine(path)) {
    for await (const { line, json } of readJsonLines(path))
      yield { json, place: `${path}, line ${line}` };
    return;
  }
  yield { json: readJson(path), place: path };
}

/** @throws BenchError WORKLOAD */
export function readJson(path: string): unknown {
  const { size } = statSync(path);
  if (size > MOST_BYTES)
    throw new BenchError(
      'WORKLOAD',
      `${path} is one JSON value of ${Math.round(size / MIB)} MiB, and at most ${MOST_BYTES / MIB} MiB are read at once`,
      { hint: 'split its streams into several files' },
    );
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new BenchError('WORKLOAD', `${path} is no JSON: ${messageOf(cause)}`, { cause });
  }
}

function isOneALine(path: string): boolean {
  return /\.(jsonl|ndjson)$/i.test(path);
}
