// The charts that lie beside the report.

import { joinBlocks, section } from '../markdown.ts';

/** A chart as the report needs it: where it is, and what it shows to those who cannot see it. */
export interface ChartLink {
  /** Name within `charts/`. */
  readonly file: string;
  readonly title: string;
  readonly alt: string;
}

export function renderChartLinks(charts: readonly ChartLink[]): string {
  return section(
    'Charts',
    charts.map(({ file, title, alt }) => joinBlocks([`### ${title}`, `![${escapeAlt(alt)}](charts/${encodeURI(file)})`])),
  );
}

function escapeAlt(text: string): string {
  return text.replaceAll(/[[\]]/g, String.raw`\$&`).replaceAll(/\s*\n\s*/g, ' ');
}
