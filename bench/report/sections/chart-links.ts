// Links the charts that lie beside the report.

import { heading, section, type Block, type Figure, type Table } from '../blocks.ts';

/**
 * A chart as the report needs it: its file, and its text alternative for those who cannot see it.
 */
export interface ChartLink {
  /** Name within `charts/`. */
  readonly file: string;
  readonly title: string;
  readonly alt: string;
  /** What it draws, as numbers. */
  readonly values?: Table | undefined;
}

export function renderChartLinks(charts: readonly ChartLink[]): readonly Block[] {
  return section(
    'Charts',
    charts.map((chart) => [heading(3, chart.title), ...chartFigures([chart])]),
  );
}

/**
 * The images alone, for a section on their content. `folder` is where the run is, seen from the
 * text: `memory/`.
 */
export function chartFigures(charts: readonly ChartLink[], folder = ''): readonly Figure[] {
  return charts.map(({ file, alt, values }) => ({
    kind: 'figure',
    file: `${folder}charts/${file}`,
    alt,
    ...(values !== undefined && { values }),
  }));
}
