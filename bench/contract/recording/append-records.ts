// Appends records to a file: each line with one write, so that no reader sees half of one.

import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BenchError, messageOf } from '../errors.ts';
import type { StreamRecord } from './stream-record.ts';

/**
 * The file that records of a target go to: the path itself, or where that is a folder, one file for
 * each target.
 */
export function recordPath(path: string, target: string): string {
  return existsSync(path) && statSync(path).isDirectory() ? join(path, `${target}.ndjson`) : path;
}

/** So that nothing is streamed in vain. @throws BenchError USAGE */
export function checkRecordFile(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw recordError('USAGE', path, error);
  }
}

/**
 * One write at the end of the file, and nothing of it when that fails.
 * @throws BenchError FILE
 */
export function appendRecord(path: string, record: StreamRecord): void {
  const line = Buffer.from(`${JSON.stringify(record)}\n`);
  try {
    const file = openSync(path, 'a');
    try {
      const before = fstatSync(file).size;
      const written = writeSync(file, line);
      if (written === line.length) return;
      ftruncateSync(file, before);
      throw new BenchError('FILE', `${written} of ${line.length} bytes were written`);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw recordError('FILE', path, error);
  }
}

function recordError(code: 'USAGE' | 'FILE', path: string, cause: unknown): BenchError {
  return new BenchError(code, `--record ${path}: ${messageOf(cause)}`, {
    cause,
    hint: 'name a file in a folder that exists and can be written to',
  });
}
