// The formats in which `report` prints a run, and the functions that join the texts of a suite's
// parts.

import { join } from 'node:path';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { renderBencher } from '../report/exports/bencher.ts';
import { renderCsv } from '../report/exports/csv.ts';
import { renderGithubBenchmark } from '../report/exports/github-benchmark.ts';
import { renderHistograms } from '../report/exports/hgrm.ts';
import { joinJunit, renderJunit } from '../report/exports/junit.ts';
import { joinOpenMetrics, renderOpenMetrics } from '../report/exports/openmetrics.ts';
import { reportOf } from '../scenarios/parts.ts';
import { readings } from '../scenarios/readings.ts';
import { writeRunFile } from '../trial/run-folder.ts';
import type { Published } from './publish.ts';

export interface RenderedRun extends Published {
  readonly folder: string;
}

/** Renderer of each format. */
export const formats = {
  md: ({ markdown }) => markdown,
  html: ({ html }) => html,
  json: ({ analysis, thresholds }) =>
    `${JSON.stringify({ ...analysis, thresholds }, undefined, 2)}\n`,
  csv: ({ run, analysis: { plan } }) =>
    renderCsv(run, metricsOfPlan(readings[plan.scenario], plan)),
  'github-benchmark': ({ analysis }) => renderGithubBenchmark(reportOf(analysis)),
  bencher: ({ analysis }) => renderBencher(reportOf(analysis)),
  openmetrics: ({ analysis }) => renderOpenMetrics(reportOf(analysis)),
  junit: ({ analysis, thresholds }) => renderJunit({ ...reportOf(analysis), thresholds }),
  hgrm: ({ folder, run }) => writeHistograms(folder, run),
} as const satisfies Record<string, (run: RenderedRun) => string>;

export type ReportFormat = keyof typeof formats;

export const reportFormats = Object.keys(formats) as ReportFormat[];

/** Formats that leave out an invalid load point, which must be reported on stderr. */
export const trackedFormats: ReadonlySet<ReportFormat | undefined> = new Set([
  'github-benchmark',
  'bencher',
  'openmetrics',
] as const);

/**
 * Formats whose texts of several runs can be joined. Names in them begin with the scenario, so they
 * cannot collide.
 */
export const joins = {
  'github-benchmark': (texts) =>
    `${JSON.stringify(
      texts.flatMap((text) => JSON.parse(text) as unknown[]),
      undefined,
      2,
    )}\n`,
  bencher: (texts) =>
    `${JSON.stringify(Object.assign({}, ...texts.map((text) => JSON.parse(text) as object)), undefined, 2)}\n`,
  openmetrics: joinOpenMetrics,
  junit: joinJunit,
  hgrm: (texts) => texts.join(''),
} as const satisfies { readonly [Format in ReportFormat]?: (texts: readonly string[]) => string };

/**
 * Returns the paths of the written files, one a line: a distribution is a file, and a run has many.
 */
function writeHistograms(folder: string, run: SavedRun): string {
  return renderHistograms(run)
    .map(({ file, text }) => {
      writeRunFile(folder, file, text);
      return `${join(folder, file)}\n`;
    })
    .join('');
}
