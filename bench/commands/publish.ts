// Renders a run folder into analysis.json, report.md, report.html and charts, all from the saved
// file alone.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import type { Analysis } from '../analysis/analysis.ts';
import { loadRun } from '../analysis/load-run.ts';
import { judgeThresholds, type ThresholdResult } from '../analysis/thresholds.ts';
import { armName } from '../contract/arms/arms.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { parseThreshold } from '../plan/thresholds.ts';
import type { Chart } from '../report/charts/chart.ts';
import { renderCharts } from '../report/charts/render-charts.ts';
import { allCharts, renderPageViews, type PageViews } from '../report/page/page-views.ts';
import { renderReport, renderReportPage } from '../report/report.ts';
import { renderTerminal } from '../report/terminal.ts';
import { reportOf } from '../scenarios/parts.ts';
import { analyseRun } from '../scenarios/readings.ts';
import { writeRunFile } from '../trial/run-folder.ts';
import { claimsOfRuns } from './read-claims.ts';
import { trialViewsOf } from './trial-views.ts';

export interface Published {
  readonly run: SavedRun;
  readonly analysis: Analysis;
  /** Judged thresholds of --fail-if. */
  readonly thresholds: readonly ThresholdResult[];
  /** Charts that were written. */
  readonly charts: readonly Chart[];
  /** What the page shows besides. */
  readonly views: PageViews;
  readonly markdown: string;
  /** The same as one file, charts within. */
  readonly html: string;
}

/** @throws BenchError RUN_FOLDER for a folder that cannot be read as a run. */
export async function publish(folder: string): Promise<Published> {
  const run = loadRun(folder);
  const analysis = analyseRun(run);
  const { plan } = run.header;
  const arms = plan.arms.map(armName);
  const thresholds = judgeThresholds(
    analysis,
    (run.header.thresholds ?? []).map((text) => parseThreshold(text, arms, plan.scenario)),
  );
  const report = reportOf(analysis);
  const charts = await renderCharts(report);
  const claims = claimsOfRuns([{ folder, analysis }]);
  const markdown = renderReport(report, { charts, thresholds, claims });
  // Charts of an earlier rendering may have other names.
  rmSync(join(folder, 'charts'), { recursive: true, force: true });
  for (const chart of charts) writeRunFile(folder, `charts/${chart.file}`, chart.svg);
  writeRunFile(
    folder,
    'analysis.json',
    `${JSON.stringify({ ...analysis, thresholds }, undefined, 2)}\n`,
  );
  const views = await renderPageViews(report, trialViewsOf(run));
  const drawn = [...charts, ...allCharts(views)];
  const html = renderReportPage(report, {
    charts,
    thresholds,
    claims,
    views,
    svgOf: (file) => drawn.find((chart) => `charts/${chart.file}` === file)?.pageSvg,
  });
  writeRunFile(folder, 'report.md', markdown);
  writeRunFile(folder, 'report.html', html);
  return { run, analysis, thresholds, charts, views, markdown, html };
}

/** Summary that a run prints on stdout at its end. */
export function summariseForTerminal(
  { analysis, thresholds }: Pick<Published, 'analysis' | 'thresholds'>,
  reportPath: string,
  stream: NodeJS.WriteStream,
): string {
  return renderTerminal(reportOf(analysis), {
    thresholds,
    reportPath,
    paint: (style, text) => styleText(style, text, { stream }),
  });
}

/** Whether a gate or a trial failed, so that the command must not exit with 0. */
export function hasFailed(analysis: Analysis): boolean {
  return (
    analysis.trials.failed > 0 ||
    analysis.loadPoints.some(
      ({ invalid, harnessLimited, missedControls }) =>
        invalid.length > 0 || harnessLimited.length > 0 || missedControls !== undefined,
    )
  );
}
