// `streamduel report DIR`: renders a saved run again, without measuring anything.

import { join } from 'node:path';
import { isMissed } from '../analysis/thresholds.ts';
import { metricsOf } from '../analysis/metrics/registry.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { pickName } from '../plan/quantities.ts';
import { renderBencher } from '../report/exports/bencher.ts';
import { renderCsv } from '../report/exports/csv.ts';
import { renderGithubBenchmark } from '../report/exports/github-benchmark.ts';
import { renderHistograms } from '../report/exports/hgrm.ts';
import { untrackedLoadPoints } from '../report/exports/tracked-estimates.ts';
import { writeRunFile } from '../trial/run-folder.ts';
import { hasFailed, publish, summariseForTerminal, type Published } from './publish.ts';
import type { CommandOutput } from './run.ts';

interface RenderedRun extends Published {
  readonly folder: string;
}

/** What each format prints. */
const formats = {
  md: ({ markdown }) => markdown,
  json: ({ analysis, thresholds }) => `${JSON.stringify({ ...analysis, thresholds }, undefined, 2)}\n`,
  csv: ({ run }) => renderCsv(run, metricsOf(run.header.plan.scenario)),
  'github-benchmark': ({ analysis }) => renderGithubBenchmark({ analysis, metrics: metricsOf(analysis.plan.scenario) }),
  bencher: ({ analysis }) => renderBencher({ analysis, metrics: metricsOf(analysis.plan.scenario) }),
  hgrm: ({ folder, run }) => writeHistograms(folder, run),
} as const satisfies Record<string, (run: RenderedRun) => string>;

type ReportFormat = keyof typeof formats;

export const reportFormats = Object.keys(formats) as ReportFormat[];

const trackedFormats: ReadonlySet<ReportFormat | undefined> = new Set(['github-benchmark', 'bencher'] as const);

export interface ReportFlags {
  readonly format?: string;
}

/** Writes the files of the folder anew; with a format, also prints that one on stdout instead of the verdict table. */
export async function reportCommand(folder: string, flags: ReportFlags, output: CommandOutput): Promise<number> {
  const format = flags.format === undefined ? undefined : pickName('format', flags.format, reportFormats);
  const published = await publish(folder);
  const { analysis, thresholds } = published;
  output.stdout.write(
    format === undefined
      ? summariseForTerminal(published, join(folder, 'report.md'), output.stdout)
      : formats[format]({ folder, ...published }),
  );
  if (trackedFormats.has(format)) for (const sentence of untrackedLoadPoints(analysis)) output.stderr.write(`${sentence}\n`);
  return hasFailed(analysis) || thresholds.some(isMissed) ? 1 : 0;
}

/** The paths of the files, one a line: a distribution is a file, and a run has many. */
function writeHistograms(folder: string, run: SavedRun): string {
  return renderHistograms(run)
    .map(({ file, text }) => {
      writeRunFile(folder, file, text);
      return `${join(folder, file)}\n`;
    })
    .join('');
}
