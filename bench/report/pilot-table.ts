// Renders the result of a pilot as a table: the spread of each endpoint and how many blocks it needs. No column tells how the
// arms compare.

import type { LoadPointAnalysis, MetricUnit, PilotAnalysis, PilotEndpoint } from '../analysis/analysis.ts';
import { loadPointKey, loadPointTitle } from '../contract/load-point.ts';
import { formatCount, formatPercent, formatSetting, formatValue, formatWallTime, UNKNOWN } from './format.ts';
import { left, renderTable, right } from './markdown.ts';
import { armTitleOf, metricText, type ReportContext } from './report-context.ts';
import type { RunReport } from './scenario-parts.ts';
import { layOutTable } from './text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from './verdict-table.ts';

export interface PilotTableOptions {
  readonly context: ReportContext;
  /** One load point with all its endpoints, or several with one row for each. */
  readonly points: readonly LoadPointAnalysis[];
  readonly otherArm: string;
}

/** One table for each load point and arm or, where load points are many, one for each arm. Empty for a run that is no pilot. */
export function pilotTables(context: RunReport): readonly PilotTableOptions[] {
  const { pilot, loadPoints } = context.analysis;
  const arms = new Set(pilot?.endpoints.map(({ otherArm }) => otherArm));
  const tables = context.parts.hasManyPoints === true ? [loadPoints] : loadPoints.map((point) => [point]);
  return tables.flatMap((points) => [...arms].map((otherArm) => ({ context, points, otherArm })));
}

export function pilotTitle({ context: { analysis }, points, otherArm }: PilotTableOptions): string {
  const load = points.length === 1 ? points.map(({ loadPoint }) => `, ${loadPointTitle(loadPoint)}`).join('') : '';
  return `${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}${load}`;
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

/** Sentences on what to do next; the command stands beside them. */
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

function tableOf({ context: { analysis, metrics }, points, otherArm }: PilotTableOptions): PilotTable {
  const { stop } = analysis.plan;
  const keys = new Set(points.map(({ loadPoint }) => loadPointKey(loadPoint)));
  const endpoints = (analysis.pilot?.endpoints ?? []).filter(
    (endpoint) => endpoint.otherArm === otherArm && keys.has(loadPointKey(endpoint.loadPoint)),
  );
  const precision = stop === undefined ? [] : [`blocks for ±${formatSetting(stop.ratio, 'ratio').replace(' ', NO_BREAK_SPACE)}`];
  return {
    titles: [
      points.length > 1 ? 'load point' : 'endpoint',
      'spread between blocks',
      'blocks to find a difference',
      'blocks to show equivalence',
      ...precision,
      'negligible within',
    ],
    rows: endpoints.map((endpoint) => {
      const { title, unit } = metricText(metrics, endpoint.metric);
      const { needed, neededForPrecision } = endpoint;
      const label = points.length > 1 ? loadPointTitle(endpoint.loadPoint) : title;
      return [label, spreadWords(endpoint, unit), formatCount(needed?.difference), formatCount(needed?.equivalence)].concat(
        precision.map(() => formatCount(neededForPrecision)),
        marginWords(endpoint, unit),
      );
    }),
  };
}

/** While it is small, the standard deviation of the logarithm is that of the ratio. */
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
