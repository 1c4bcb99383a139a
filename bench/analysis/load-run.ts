// Reads a run folder. The only file of the analysis that does input or output.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BenchError, messageOf } from '../contract/errors.ts';
import {
  RUN_SCHEMA_VERSION,
  runHeaderSchema,
  trialRecordSchema,
  type RunHeader,
  type SavedRun,
  type TrialRecord,
  type Warning,
} from '../contract/run-file.ts';
import { hashPlan } from './hash-plan.ts';

const FILE_NAME = 'run.ndjson';

/**
 * A last line without its newline that is not JSON is a truncated trial: it is dropped, with a
 * warning.
 * @throws BenchError RUN_FOLDER when the file is missing, of another version, or damaged anywhere
 * else, with file and line.
 */
export function loadRun(folder: string): SavedRun {
  const path = join(folder, FILE_NAME);
  const warnings: Warning[] = [];
  const lines = readLines(path, warnings);
  const [first, ...rest] = lines;
  if (first === undefined)
    throw damaged(path, 1, 'the run has no header', 'measure again: nothing was saved');
  const header = parseHeader(path, first);
  const trials = rest.map((line, index) => parseRecord(path, index + 2, line));
  refuseDuplicates(path, trials);
  return { folder, header, trials, warnings };
}

function readLines(path: string, warnings: Warning[]): unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BenchError('RUN_FOLDER', `${path} cannot be read: ${messageOf(cause)}`, {
      hint: `name a folder that streamduel run has written; it holds ${FILE_NAME}`,
      cause,
    });
  }
  const lines = text.split('\n');
  // The text after the last newline: empty in a complete file.
  const tail = lines.pop() ?? '';
  const values = lines.map((line, index) => parseJson(path, index + 1, line));
  if (tail === '') return values;
  try {
    values.push(JSON.parse(tail));
  } catch {
    warnings.push({
      code: 'torn-line',
      message: `${path}:${lines.length + 1} was cut off while it was written; that trial is left out`,
    });
  }
  return values;
}

function parseJson(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(
      path,
      line,
      messageOf(cause),
      'restore the file, or delete that line to go on without its trial',
      cause,
    );
  }
}

function parseHeader(path: string, value: unknown): RunHeader {
  const version = z
    .object({ kind: z.literal('run'), schema: z.unknown(), plan: z.unknown() })
    .safeParse(value);
  if (!version.success)
    throw damaged(
      path,
      1,
      'not the header of a run',
      'name a folder that streamduel run has written',
    );
  if (version.data.schema !== RUN_SCHEMA_VERSION) {
    throw damaged(
      path,
      1,
      `schema version ${JSON.stringify(version.data.schema)}; this streamduel reads version ${RUN_SCHEMA_VERSION}`,
      'use the version of streamduel that wrote it',
    );
  }
  const header = parseWith(runHeaderSchema, path, 1, value);
  // Hashes the plan as written: members that this version does not know are part of it.
  if (hashPlan(version.data.plan) !== header.planSha256) {
    throw damaged(
      path,
      1,
      'the plan is not the one that planSha256 names',
      'restore the file: the plan was changed after the run began',
    );
  }
  return header;
}

function parseRecord(path: string, line: number, value: unknown): TrialRecord {
  return parseWith(trialRecordSchema, path, line, value);
}

function parseWith<T>(schema: z.ZodType<T>, path: string, line: number, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(
    path,
    line,
    z.prettifyError(parsed.error),
    'restore the file, or delete that line to go on without its trial',
  );
}

/** Refuses two records of one trial, because it cannot be known which is the true one. */
function refuseDuplicates(path: string, trials: readonly TrialRecord[]): void {
  const lines = new Map<number, number>();
  for (const [index, { trial }] of trials.entries()) {
    const line = index + 2;
    const earlier = lines.get(trial);
    if (earlier !== undefined)
      throw damaged(
        path,
        line,
        `trial ${trial} is already on line ${earlier}`,
        'delete the line that does not belong',
      );
    lines.set(trial, line);
  }
}

function damaged(
  path: string,
  line: number,
  what: string,
  hint: string,
  cause?: unknown,
): BenchError {
  return new BenchError('RUN_FOLDER', `${path}:${line}: ${what}`, { hint, cause });
}
