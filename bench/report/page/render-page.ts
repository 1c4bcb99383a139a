// A page made of blocks and of charts that are drawn for it: comparisons and joined runs, whose
// metrics have no table of definitions.

import type { Block } from '../blocks.ts';
import type { Chart } from '../charts/chart.ts';
import { renderHtmlPage } from '../formats/html-page.ts';
import type { MetricText } from '../report-context.ts';
import { explainedWords } from './terms.ts';

/** A chart of a page in which several runs may have charts of one name. */
export interface PageChart extends Chart {
  readonly folder?: string;
}

interface PageOptions {
  /** Drawn within; the blocks name them as `charts/<file>`, below the folder if there is one. */
  readonly charts: readonly PageChart[];
  readonly metrics: readonly MetricText[];
}

export function renderBlocksPage(
  blocks: readonly Block[],
  { charts, metrics }: PageOptions,
): string {
  return renderHtmlPage({
    blocks,
    terms: explainedWords(metrics),
    svgOf: (file) =>
      charts.find(
        (chart) =>
          `${chart.folder === undefined ? '' : `${chart.folder}/`}charts/${chart.file}` === file,
      )?.pageSvg,
  });
}
