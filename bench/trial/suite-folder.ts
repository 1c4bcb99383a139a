// Reads and writes the one file that makes a folder a suite. It is written last, once the runs
// inside exist, so a folder that has it has all its parts.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BenchError, messageOf } from '../contract/errors.ts';
import { SUITE_SCHEMA_VERSION, suiteSchema, type Suite } from '../contract/suite.ts';
import { writeRunFile } from './run-folder.ts';

const SUITE_FILE = 'suite.json';

export function isSuiteFolder(folder: string): boolean {
  return existsSync(join(folder, SUITE_FILE));
}

/** @throws BenchError FILE */
export function writeSuite(folder: string, suite: Suite): void {
  writeRunFile(folder, SUITE_FILE, `${JSON.stringify(suite, undefined, 2)}\n`);
}

/**
 * @throws BenchError RUN_FOLDER when the file is missing, damaged or of another version; it names
 * the file.
 */
export function loadSuite(folder: string): Suite {
  const path = join(folder, SUITE_FILE);
  const value = readJson(path);
  const versioned = z.object({ kind: z.literal('suite'), schema: z.unknown() }).safeParse(value);
  if (versioned.success && versioned.data.schema !== SUITE_SCHEMA_VERSION) {
    throw new BenchError(
      'RUN_FOLDER',
      `${path}: schema version ${JSON.stringify(versioned.data.schema)}; this streamduel reads version ${SUITE_SCHEMA_VERSION}`,
      { hint: 'use the version of streamduel that wrote it' },
    );
  }
  const parsed = suiteSchema.safeParse(value);
  if (!parsed.success) throw damaged(path, z.prettifyError(parsed.error));
  return parsed.data;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw damaged(path, messageOf(cause), cause);
  }
}

function damaged(path: string, what: string, cause?: unknown): BenchError {
  return new BenchError('RUN_FOLDER', `${path}: ${what}`, {
    hint: 'restore the file, or name a folder inside: each part of a suite is a run of its own',
    cause,
  });
}
