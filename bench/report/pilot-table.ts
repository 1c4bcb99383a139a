// What a pilot says, as a table: the spread of each endpoint and how many blocks it asks for. No column tells how the arms
// compare.

import type { LoadPointAnalysis, MetricUnit, PilotAnalysis, PilotEndpoint } from '../analysis/analysis.ts';
import { formatCount, formatPercent, formatSetting, formatValue, formatWallTime, UNKNOWN } from './format.ts';
import { left, renderTable, right } from './markdown.ts';
import { metricText, type ReportContext } from './report-context.ts';
import { layOutTable } from './text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from './verdict-table.ts';

export interface PilotTableOptions {
  readonly context: ReportContext;
  readonly point: LoadPointAnalysis;
  readonly otherArm: string;
}

/** The arms that the pilot looked at beside the baseline. */
export function pilotArms({ endpoints }: PilotAnalysis): readonly string[] {
  return [...new Set(endpoints.map(({ otherArm }) => otherArm))];
}

export function renderPilotMarkdown(options: PilotTableOptions): string {
  const { titles, rows } = tableOf(options);
  const isText = (index: number): boolean => index === 0 || index === titles.length - 1;
  return renderTable(
    titles.map((title, index) => (isText(index) ? left(title) : right(title))),
    rows,
  );
}

/** At most 100 columns wide. */
export function renderPilotText(options: PilotTableOptions, paint: Paint): string {
  const { titles, rows } = tableOf(options);
  return layOutTable({ titles, rows: rows.map((cells) => ({ cells, paint: (text: string): string => text })) }, TERMINAL_COLUMNS, (text) =>
    paint('bold', text),
  );
}

/** What to do next, in sentences; the command stands beside them. */
export function pilotSentences({ blocks, isCapped, estimatedNs, endpoints }: PilotAnalysis): readonly string[] {
  const pace = estimatedNs === undefined ? '' : `, about ${formatWallTime(estimatedNs)} at the pace of this pilot`;
  const measured = Math.max(0, ...endpoints.map((endpoint) => endpoint.blocks));
  return [
    `Measure ${formatCount(blocks)} blocks${pace}${isCapped ? '; that is the most a run may have, and some endpoint needs more' : ''}.`,
    `The spread is that of ${formatCount(measured)} blocks, so these counts are estimates. Only the spread was used, not the effect.`,
  ];
}

const NO_BREAK_SPACE = '\u00A0';

interface PilotTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function tableOf({ context: { analysis, metrics }, point, otherArm }: PilotTableOptions): PilotTable {
  const { stop } = analysis.plan;
  const endpoints = (analysis.pilot?.endpoints ?? []).filter(
    (endpoint) => endpoint.otherArm === otherArm && endpoint.connections === point.loadPoint.connections,
  );
  const precision = stop === undefined ? [] : [`blocks for ±${formatSetting(stop.ratio, 'ratio').replace(' ', NO_BREAK_SPACE)}`];
  return {
    titles: [
      'endpoint',
      'spread between blocks',
      'blocks to find a difference',
      'blocks to show equivalence',
      ...precision,
      'negligible within',
    ],
    rows: endpoints.map((endpoint) => {
      const { title, unit } = metricText(metrics, endpoint.metric);
      const { needed, neededForPrecision } = endpoint;
      return [title, spreadWords(endpoint, unit), formatCount(needed?.difference), formatCount(needed?.equivalence)].concat(
        precision.map(() => formatCount(neededForPrecision)),
        marginWords(endpoint, unit),
      );
    }),
  };
}

/** The standard deviation of the logarithm is, while it is small, that of the ratio. */
function spreadWords({ spreadRatio, spread }: PilotEndpoint, unit: MetricUnit): string {
  if (spread === undefined) return UNKNOWN;
  return spreadRatio === undefined ? formatValue(spread, unit) : `${formatPercent(spreadRatio, 2)} or ${formatValue(spread, unit)}`;
}

function marginWords({ margin }: PilotEndpoint, unit: MetricUnit): string {
  const words = [
    ...(margin.ratio === undefined ? [] : [formatSetting(margin.ratio, 'ratio')]),
    ...(margin.absolute === undefined ? [] : [formatSetting(margin.absolute, unit)]),
  ];
  return words.length === 0 ? UNKNOWN : words.join(' or ');
}
