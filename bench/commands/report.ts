// `streamduel report DIR`: renders a saved run or suite again, without measuring anything.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMissed } from '../analysis/thresholds.ts';
import { pickName } from '../plan/quantities.ts';
import { untrackedLoadPoints } from '../report/exports/tracked-estimates.ts';
import { isSuiteFolder } from '../trial/suite-folder.ts';
import { openPage } from './open-page.ts';
import { hasFailed, publish, summariseForTerminal } from './publish.ts';
import { formats, reportFormats, trackedFormats } from './report-formats.ts';
import { reportSuite } from './report-suite.ts';
import type { CommandOutput } from './command-output.ts';

export interface ReportFlags {
  readonly format?: string;
  readonly open?: boolean;
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
  const openIfAsked = (): void => {
    if (flags.open !== true) return;
    const page = pathToFileURL(join(folder, 'report.html')).href;
    openPage(page, { platform: process.platform, environment: process.env, stderr: output.stderr });
  };
  if (isSuiteFolder(folder)) {
    const code = await reportSuite(folder, format, output);
    openIfAsked();
    return code;
  }
  const published = await publish(folder);
  openIfAsked();
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
