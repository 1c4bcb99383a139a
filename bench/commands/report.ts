// `streamduel report DIR`: renders a saved run again, without measuring anything.

import { join } from 'node:path';
import { pickName } from '../plan/quantities.ts';
import { hasFailed, publish, summariseForTerminal } from './publish.ts';
import type { CommandOutput } from './run.ts';

export const reportFormats = ['md', 'json'] as const;

export interface ReportFlags {
  readonly format?: string;
}

/** Writes the files of the folder anew; with a format, also prints that one on stdout instead of the verdict table. */
export async function reportCommand(folder: string, flags: ReportFlags, output: CommandOutput): Promise<number> {
  const format = flags.format === undefined ? undefined : pickName('format', flags.format, reportFormats);
  const { analysis, markdown } = await publish(folder);
  if (format === 'json') output.stdout.write(`${JSON.stringify(analysis, undefined, 2)}\n`);
  else if (format === 'md') output.stdout.write(markdown);
  else output.stdout.write(summariseForTerminal(analysis, join(folder, 'report.md'), output.stdout));
  return hasFailed(analysis) ? 1 : 0;
}
