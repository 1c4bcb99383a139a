// `streamduel report DIR` for a suite: renders every part again, then the report of all.

import { join } from 'node:path';
import { BenchError } from '../contract/errors.ts';
import { untrackedLoadPoints } from '../report/exports/tracked-estimates.ts';
import { loadSuite } from '../trial/suite-folder.ts';
import { publish, type Published } from './publish.ts';
import {
  hasSuiteFailed,
  publishSuite,
  suiteJson,
  summariseSuite,
  type PublishedSuite,
} from './publish-suite.ts';
import { formats, joins, trackedFormats, type ReportFormat } from './report-formats.ts';
import type { CommandOutput } from './command-output.ts';

/**
 * @throws BenchError RUN_FOLDER for a suite or a part that cannot be read, USAGE for a format that
 * several runs cannot share.
 */
export async function reportSuite(
  folder: string,
  format: ReportFormat | undefined,
  output: CommandOutput,
): Promise<number> {
  const suite = loadSuite(folder);
  if (format === 'csv') {
    throw new BenchError(
      'USAGE',
      `--format csv: ${folder} holds several scenarios, each with columns of its own`,
      {
        hint: `name one: ${suite.parts.map((part) => join(folder, part.folder)).join(', ')}`,
      },
    );
  }
  const published: Published[] = [];
  for (const part of suite.parts) published.push(await publish(join(folder, part.folder)));
  const whole = publishSuite(folder, suite, published);
  output.stdout.write(
    format === undefined
      ? summariseSuite(whole, join(folder, 'report.md'), output.stdout)
      : printAs(format, whole, published),
  );
  if (trackedFormats.has(format))
    for (const { analysis } of published)
      for (const sentence of untrackedLoadPoints(analysis)) output.stderr.write(`${sentence}\n`);
  return hasSuiteFailed(whole) ? 1 : 0;
}

function printAs(
  format: Exclude<ReportFormat, 'csv'>,
  whole: PublishedSuite,
  published: readonly Published[],
): string {
  if (format === 'md') return whole.markdown;
  if (format === 'html') return whole.html;
  if (format === 'json') return suiteJson(whole);
  return joins[format](
    published.map((part) => formats[format]({ ...part, folder: part.run.folder })),
  );
}
