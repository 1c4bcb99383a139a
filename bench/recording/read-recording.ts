// Reads a recording line by line, so that its size is bounded by one stream and not by memory.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { BenchError, messageOf } from '../contract/errors.ts';
import { streamRecordSchema, type StreamRecord } from '../contract/recording/stream-record.ts';

export interface RecordedLine {
  readonly line: number;
  readonly record: StreamRecord;
}

/** @throws BenchError WORKLOAD that names the file and the line. */
export async function* readRecording(path: string): AsyncGenerator<RecordedLine> {
  for await (const { line, json } of readJsonLines(path)) {
    const { success, data, error } = streamRecordSchema.safeParse(json);
    if (!success)
      throw new BenchError('WORKLOAD', `${path}, line ${line}: ${problemOf(error)}`, {
        hint: NOT_A_RECORDING,
      });
    yield { line, record: data };
  }
}

const NOT_A_RECORDING =
  'recordings are made by streamduel probe --record and run --target … --record; streamduel import turns traces of other tools into one';

/** Blank lines are skipped. @throws BenchError WORKLOAD that names the file and the line. */
export async function* readJsonLines(
  path: string,
): AsyncGenerator<{ readonly line: number; readonly json: unknown }> {
  const input = createReadStream(path, 'utf8');
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() === '') continue;
      yield { line, json: parseLine(text, `${path}, line ${line}`) };
    }
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('WORKLOAD', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  } finally {
    input.destroy();
  }
}

function parseLine(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BenchError('WORKLOAD', `${place} is no JSON: ${messageOf(cause)}`, {
      cause,
      hint: NOT_A_RECORDING,
    });
  }
}

/** The first of the problems: a line of another format has dozens. */
export function problemOf(error: z.ZodError): string {
  const [first] = error.issues;
  const path = first?.path.join('.') ?? '';
  return `${path === '' ? '' : `${path}: `}${first?.message ?? 'another form than expected'}`;
}
