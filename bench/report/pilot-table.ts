// Renders the result of a pilot as a table: the spread of each endpoint and how many blocks it
// needs. No column tells how the arms compare.

import type { LoadPointAnalysis, PilotAnalysis, PilotEndpoint } from '../analysis/analysis.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import { loadPointKey, loadPointTitle } from '../contract/load-point.ts';
import {
  formatCount,
  formatPercent,
  formatSetting,
  formatValue,
  formatWallTime,
  UNKNOWN,
} from './format.ts';
import { left, right, table, type Table } from './blocks.ts';
import { armTitleOf, metricText, type ReportContext } from './report-context.ts';
import type { RunReport } from './scenario-parts.ts';

export interface PilotTableOptions {
  readonly context: ReportContext;
  /** One load point with all its endpoints, or several with one row for each. */
  readonly points: readonly LoadPointAnalysis[];
  readonly otherArm: string;
}

/**
 * One table for each load point and arm or, where load points are many, one for each arm. Empty for
 * a run that is no pilot.
 */
export function pilotTables(context: RunReport): readonly PilotTableOptions[] {
  const { pilot, loadPoints } = context.analysis;
  const arms = new Set(pilot?.endpoints.map(({ otherArm }) => otherArm));
  const tables =
    context.parts.hasManyPoints === true ? [loadPoints] : loadPoints.map((point) => [point]);
  return tables.flatMap((points) => [...arms].map((otherArm) => ({ context, points, otherArm })));
}

export function pilotTitle({ context: { analysis }, points, otherArm }: PilotTableOptions): string {
  const load =
    points.length === 1
      ? points.map(({ loadPoint }) => `, ${loadPointTitle(loadPoint)}`).join('')
      : '';
  return `${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}${load}`;
}

/** Sentences on what to do next; the command stands beside them. */
export function pilotSentences({
  blocks,
  isCapped,
  estimatedNs,
  endpoints,
}: PilotAnalysis): readonly string[] {
  const pace =
    estimatedNs === undefined
      ? ''
      : `, about ${formatWallTime(estimatedNs)} at the pace of this pilot`;
  const measured = Math.max(0, ...endpoints.map((endpoint) => endpoint.blocks));
  return [
    `Measure ${formatCount(blocks)} blocks${pace}${isCapped ? '; that is the most a run may have, and some endpoint needs more' : ''}.`,
    `The spread is that of ${formatCount(measured)} blocks, so these counts are estimates. Only the spread was used, not the effect.`,
  ];
}

const NO_BREAK_SPACE = '\u00A0';

export function pilotTable({
  context: { analysis, metrics },
  points,
  otherArm,
}: PilotTableOptions): Table {
  const { stop } = analysis.plan;
  const keys = new Set(points.map(({ loadPoint }) => loadPointKey(loadPoint)));
  const endpoints = (analysis.pilot?.endpoints ?? []).filter(
    (endpoint) => endpoint.otherArm === otherArm && keys.has(loadPointKey(endpoint.loadPoint)),
  );
  const precision =
    stop === undefined
      ? []
      : [`blocks for ±${formatSetting(stop.ratio, 'ratio').replace(' ', NO_BREAK_SPACE)}`];
  return table(
    [
      left(points.length > 1 ? 'load point' : 'endpoint'),
      right('spread between blocks'),
      right('blocks to find a difference'),
      right('blocks to show equivalence'),
      ...precision.map((title) => right(title)),
      left('negligible within'),
    ],
    endpoints.map((endpoint) => {
      const { title, unit } = metricText(metrics, endpoint.metric);
      const { needed, neededForPrecision } = endpoint;
      const label = points.length > 1 ? loadPointTitle(endpoint.loadPoint) : title;
      return [
        label,
        spreadWords(endpoint, unit),
        formatCount(needed?.difference),
        formatCount(needed?.equivalence),
      ].concat(
        precision.map(() => formatCount(neededForPrecision)),
        marginWords(endpoint, unit),
      );
    }),
  );
}

/** While it is small, the standard deviation of the logarithm is that of the ratio. */
function spreadWords({ spreadRatio, spread }: PilotEndpoint, unit: MetricUnit): string {
  if (spread === undefined) return UNKNOWN;
  return spreadRatio === undefined
    ? formatValue(spread, unit)
    : `${formatPercent(spreadRatio, 2)} or ${formatValue(spread, unit)}`;
}

function marginWords({ margin }: PilotEndpoint, unit: MetricUnit): string {
  const words = [
    ...(margin.ratio === undefined ? [] : [formatSetting(margin.ratio, 'ratio')]),
    ...(margin.absolute === undefined ? [] : [formatSetting(margin.absolute, unit)]),
  ];
  return words.length === 0 ? UNKNOWN : words.join(' or ');
}
