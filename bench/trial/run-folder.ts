// Writes a run as it grows: the header, then one line per finished trial, each on disk before the
// next trial begins.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, messageOf } from '../contract/errors.ts';
import type { RunHeader, TrialRecord } from '../contract/run-file.ts';

export const RUN_FILE = 'run.ndjson';

/** `2026-11-22T07-31-05Z-name`: sorts by time, needs no quoting. */
export function runFolderName(startedAt: Date, name: string): string {
  return `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${name}`;
}

/** @throws BenchError FILE for a full disk, a missing permission or an existing folder. */
export function createRunFolder(folder: string, header: RunHeader): void {
  attempt(folder, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, RUN_FILE), `${JSON.stringify(header)}\n`, { flag: 'wx' });
  });
}

/** Drops a last line that was truncated by a crash, so that the next trial begins on a new line. */
export function mendTornLine(folder: string): void {
  const path = join(folder, RUN_FILE);
  const bytes = readFileSync(path);
  if (bytes.length > 0 && bytes.at(-1) !== 0x0a)
    attempt(path, () => truncateSync(path, bytes.lastIndexOf(0x0a) + 1));
}

/** Writes and syncs the record: a trial announced as finished survives a crash of the machine. */
export function appendTrial(folder: string, record: TrialRecord): void {
  const path = join(folder, RUN_FILE);
  attempt(path, () => {
    const file = openSync(path, 'a');
    try {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      for (let written = 0; written < line.length;) written += writeSync(file, line, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/** @throws BenchError FILE */
export function writeRunFile(folder: string, name: string, content: string): void {
  attempt(join(folder, name), () => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  });
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new BenchError('FILE', `cannot write ${path}: ${messageOf(cause)}`, {
      cause,
      hint: 'is the disk full, or the folder not yours? Choose another with --out',
    });
  }
}
