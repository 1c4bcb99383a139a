// Renders the published parts of a suite into one report: report.md and report.html in the suite's
// folder, and the summary on stdout.

import { styleText } from 'node:util';
import { isMissed } from '../analysis/thresholds.ts';
import type { Suite } from '../contract/suite.ts';
import type { Chart } from '../report/charts/chart.ts';
import { allCharts } from '../report/page/page-views.ts';
import { renderSuitePage, renderSuiteReport } from '../report/suite/suite-report.ts';
import { renderSuiteTerminal } from '../report/suite/suite-terminal.ts';
import type { SuiteContext } from '../report/suite/suite-context.ts';
import { reportOf } from '../scenarios/parts.ts';
import { writeRunFile } from '../trial/run-folder.ts';
import { claimValues } from './publish-claims.ts';
import { hasFailed, type Published } from './publish.ts';
import { claimsOfRuns } from './read-claims.ts';

export interface PublishedSuite extends SuiteContext {
  readonly markdown: string;
  readonly html: string;
}

/** `published` are the parts of the suite, in its order. */
export function publishSuite(
  folder: string,
  suite: Suite,
  published: readonly Published[],
): PublishedSuite {
  const parts = published.map(({ analysis, thresholds, charts, views }, index) => ({
    folder: suite.parts[index]?.folder ?? '',
    context: reportOf(analysis),
    thresholds,
    charts,
    views,
  }));
  const claims = claimsOfRuns(
    parts.map(({ folder: part, context: { analysis } }) => ({ folder: part, analysis })),
  );
  const markdown = renderSuiteReport({ suite, claims, parts });
  const svgs = new Map<string, string>(
    suite.parts.flatMap((part, index) =>
      chartsOf(published[index]).map(
        ({ file, pageSvg }) => [`${part.folder}/charts/${file}`, pageSvg] as const,
      ),
    ),
  );
  const html = renderSuitePage({ suite, claims, parts }, { svgOf: (file) => svgs.get(file) });
  writeRunFile(folder, 'report.md', markdown);
  writeRunFile(folder, 'report.html', html);
  return { suite, claims, parts, markdown, html };
}

function chartsOf(published: Published | undefined): readonly Chart[] {
  return published === undefined ? [] : [...published.charts, ...allCharts(published.views)];
}

export function suiteJson({ suite, parts, claims }: PublishedSuite): string {
  const analyses = parts.map(({ context, thresholds }) => ({ ...context.analysis, thresholds }));
  return `${JSON.stringify({ suite, claims: claimValues(claims), parts: analyses }, undefined, 2)}\n`;
}

export function summariseSuite(
  whole: PublishedSuite,
  reportPath: string,
  stream: NodeJS.WriteStream,
): string {
  return renderSuiteTerminal(whole, {
    reportPath,
    paint: (style, text) => styleText(style, text, { stream }),
  });
}

/** Whether any part failed, so that the command must not exit with 0. */
export function hasSuiteFailed({ parts }: PublishedSuite): boolean {
  return parts.some(
    ({ context, thresholds }) => hasFailed(context.analysis) || thresholds.some(isMissed),
  );
}
