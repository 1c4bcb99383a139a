// `streamduel export`: writes a recording, or the streams of a run that kept its stamps, in the format
// of another tool. A report says what a run means; an export hands on its streams, as they came.

import { existsSync, statSync } from 'node:fs';
import { BenchError } from '../contract/errors.ts';
import type { StreamRecord } from '../contract/recording/stream-record.ts';
import { parseName } from '../plan/quantities.ts';
import { exportFormatNames } from '../recording/export/export-formats.ts';
import { exporters } from '../recording/export/export-streams.ts';
import { placeInTime } from '../recording/export/exported-stream.ts';
import { readRecording } from '../recording/read-recording.ts';
import { formatCount } from '../report/format.ts';
import { recordsOfRun } from '../scenarios/steady/records-of-run.ts';
import type { CommandOutput } from './command-output.ts';
import { writeWholeFile } from './whole-file.ts';

export interface ExportFlags {
  readonly format: string;
  readonly out?: string;
}

/** @throws BenchError USAGE, WORKLOAD or RUN_FOLDER; a file is written whole or not at all. */
export async function exportCommand(
  path: string,
  { format: name, out }: ExportFlags,
  { stdout, stderr }: CommandOutput,
): Promise<void> {
  const format = parseName('--format', name, { what: 'format', names: exportFormatNames });
  if (!existsSync(path)) throw new BenchError('USAGE', `there is no file or folder ${path}`);
  const remarks = new Map<string, number>();
  const remark = (what: string): void => void remarks.set(what, (remarks.get(what) ?? 0) + 1);
  let streams = 0;
  const counted = async function* (): AsyncGenerator<StreamRecord> {
    for await (const record of recordsOf(path)) {
      streams++;
      if (record.withheld !== undefined)
        remark('were recorded without their events, which spell a secret');
      yield record;
    }
    if (streams === 0) throw new BenchError('WORKLOAD', `${path} is empty: it holds no stream`);
  };
  const pieces = exporters[format](placeInTime(counted(), remark), remark);
  if (out === undefined) for await (const piece of pieces) stdout.write(piece);
  else {
    await writeWholeFile(out, pieces);
    stdout.write(`${out}: ${formatCount(streams)} streams as ${format}\n`);
  }
  for (const [what, count] of remarks)
    stderr.write(`${formatCount(count)} of ${formatCount(streams)} streams ${what}\n`);
}

async function* recordsOf(path: string): AsyncGenerator<StreamRecord> {
  if (statSync(path).isDirectory()) yield* recordsOfRun(path);
  else for await (const { record } of readRecording(path)) yield record;
}
