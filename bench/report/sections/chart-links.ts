// Links the charts that lie beside the report.

import { joinBlocks, section } from '../markdown.ts';

/** A chart as the report needs it: its file, and its text alternative for those who cannot see it. */
export interface ChartLink {
  /** Name within `charts/`. */
  readonly file: string;
  readonly title: string;
  readonly alt: string;
}

export function renderChartLinks(charts: readonly ChartLink[]): string {
  return section(
    'Charts',
    charts.map((chart) => joinBlocks([`### ${chart.title}`, ...renderChartImages([chart])])),
  );
}

/** The images alone, for a section on their content. `folder` is where the run is, seen from the text: `memory/`. */
export function renderChartImages(charts: readonly ChartLink[], folder = ''): readonly string[] {
  return charts.map(({ file, alt }) => `![${escapeAlt(alt)}](${folder}charts/${encodeURI(file)})`);
}

function escapeAlt(text: string): string {
  return text.replaceAll(/[[\]]/g, String.raw`\$&`).replaceAll(/\s*\n\s*/g, ' ');
}
