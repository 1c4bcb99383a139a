// `streamduel report DIR`: renders a saved run or suite again, without measuring anything.

import { join } from 'node:path';
import { isMissed } from '../analysis/thresholds.ts';
import { pickName } from '../plan/quantities.ts';
import { untrackedLoadPoints } from '../report/exports/tracked-estimates.ts';
import { isSuiteFolder } from '../trial/suite-folder.ts';
import { hasFailed, publish, summariseForTerminal } from './publish.ts';
import { formats, reportFormats, trackedFormats } from './report-formats.ts';
import { reportSuite } from './report-suite.ts';
import type { CommandOutput } from './command-output.ts';

export interface ReportFlags {
  readonly format?: string;
}

/**
 * Writes the files of the folder anew; with a format, also prints that one on stdout instead of the
 * verdict table.
 */
export async function reportCommand(
  folder: string,
  flags: ReportFlags,
  output: CommandOutput,
): Promise<number> {
  const format =
    flags.format === undefined ? undefined : pickName('format', flags.format, reportFormats);
  if (isSuiteFolder(folder)) return await reportSuite(folder, format, output);
  const published = await publish(folder);
  const { analysis, thresholds } = published;
  output.stdout.write(
    format === undefined
      ? summariseForTerminal(published, join(folder, 'report.md'), output.stdout)
      : formats[format]({ folder, ...published }),
  );
  if (trackedFormats.has(format))
    for (const sentence of untrackedLoadPoints(analysis)) output.stderr.write(`${sentence}\n`);
  return hasFailed(analysis) || thresholds.some(isMissed) ? 1 : 0;
}
