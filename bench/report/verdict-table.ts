// Renders the table of verdicts of one load point: as Markdown, and as text for a terminal of 100 columns.

import type { LoadPointAnalysis, MetricUnit, NoiseFloor } from '../analysis/analysis.ts';
import { formatDifference, formatPercent, formatRatio, formatValue, UNKNOWN } from './format.ts';
import { left, renderTable, right } from './markdown.ts';
import { armTitleOf, metricText, verdictComparisons, type ArmComparison, type ReportContext } from './report-context.ts';
import { layOutTable } from './text-layout.ts';
import { shortVerdictWords, verdictWords, type VerdictSubject } from './verdict-words.ts';

/** Styles a text: `styleText` of node:util, or `plainPaint` for no colour at all. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red', text: string) => string;

export const plainPaint: Paint = (_style, text) => text;

export interface VerdictTableOptions {
  readonly context: ReportContext;
  readonly point: LoadPointAnalysis;
  readonly otherArm: string;
}

export const TERMINAL_COLUMNS = 100;

/** Empty when nothing was compared. An A/A pair adds a column: the half-width of the interval between equal arms. */
export function renderVerdictMarkdown(options: VerdictTableOptions): string {
  const arms = armTitles(options);
  const columns = [
    left('endpoint'),
    ...arms.map(right),
    right('ratio [95 % CI]'),
    right('difference'),
    ...(hasFloor(options) ? [right('A/A floor')] : []),
    left('verdict'),
  ];
  return renderTable(
    columns,
    rowsOf(options, verdictWords, arms).map(({ cells, floor, words, comparison }) =>
      cells.concat(
        floor.map((half) => (half === UNKNOWN ? half : `±${half}`)),
        comparison.verdict.kind === 'better' ? `**${words}**` : words,
      ),
    ),
  );
}

/** Comparisons that need a verdict. At most 100 columns wide: long endpoints and verdicts wrap. Empty when nothing was compared. */
export function renderVerdictText(options: VerdictTableOptions, paint: Paint): string {
  const arms = shortTitles(armTitles(options));
  const titles = ['endpoint', ...arms, 'ratio', 'difference', ...(hasFloor(options) ? ['A/A ±'] : []), 'verdict'];
  const rows = rowsOf(options, shortVerdictWords, arms)
    .filter((row) => !isExact(row))
    .map(({ cells, floor, words, comparison }) => ({
      cells: cells.concat(floor, words),
      paint: (text: string): string => paintVerdict(paint, comparison, text),
    }));
  return layOutTable({ titles, rows }, TERMINAL_COLUMNS, (text) => paint('bold', text));
}

/** Metrics counted exactly, whose numbers are the verdict: as wide as `renderVerdictText`. Empty when there are none. */
export function renderExactText(options: VerdictTableOptions, paint: Paint): string {
  const arms = shortTitles(armTitles(options));
  const rows = rowsOf(options, shortVerdictWords, arms)
    .filter(isExact)
    .map(({ cells }) => ({ cells: cells.concat(''), paint: (text: string): string => text }));
  return layOutTable({ titles: ['counted exactly', ...arms, 'ratio', 'difference', ''], rows }, TERMINAL_COLUMNS, (text) =>
    paint('bold', text),
  );
}

function isExact({ comparison }: VerdictRow): boolean {
  return comparison.verdict.kind === 'exact';
}

/** A longer title would take up the width of the table; the line above the table has both in full. */
const MAX_ARM_TITLE = 26;

export function shortTitles(titles: ArmTitles): ArmTitles {
  return titles.some((title) => title.length > MAX_ARM_TITLE) ? ['baseline', 'other'] : titles;
}

/** Half-width of the interval between two equal arms: of the ratio if there is one, else of the difference; without a sign. */
export function formatHalfWidth(floor: NoiseFloor | undefined, unit: MetricUnit): string {
  return floor?.halfWidthRatio === undefined ? formatValue(floor?.halfWidth, unit) : formatPercent(floor.halfWidthRatio, 2);
}

type ArmTitles = readonly [baseline: string, other: string];

function armTitles({ context, otherArm }: VerdictTableOptions): ArmTitles {
  return [armTitleOf(context.analysis, context.analysis.baseline), armTitleOf(context.analysis, otherArm)];
}

function hasFloor({ context }: VerdictTableOptions): boolean {
  return context.analysis.copy !== undefined;
}

interface VerdictRow {
  /** Endpoint, baseline, other, ratio, difference. */
  readonly cells: readonly string[];
  /** One cell in a run with an A/A pair, else none. */
  readonly floor: readonly string[];
  readonly words: string;
  readonly comparison: ArmComparison;
}

function rowsOf(
  options: VerdictTableOptions,
  wordsOf: (subject: VerdictSubject) => string,
  [baselineTitle, otherTitle]: ArmTitles,
): readonly VerdictRow[] {
  const { context, point, otherArm } = options;
  const { analysis, metrics } = context;
  const titles = new Map([
    [analysis.baseline, baselineTitle],
    [otherArm, otherTitle],
  ]);
  const titleOf = (arm: string): string => titles.get(arm) ?? arm;
  return verdictComparisons(point, otherArm).map((comparison) => {
    const { title, unit } = metricText(metrics, comparison.metric);
    const floor = point.noiseFloors.find(({ metric }) => metric === comparison.metric);
    return {
      comparison,
      cells: [
        title,
        formatValue(comparison.baseline.value, unit),
        formatValue(comparison.other.value, unit),
        formatRatio(comparison.ratio),
        formatDifference(comparison.difference?.value, unit),
      ],
      floor: hasFloor(options) ? [formatHalfWidth(floor, unit)] : [],
      words: wordsOf({ comparison, unit, baselineTitle, otherTitle, titleOf }),
    };
  });
}

export function paintVerdict(paint: Paint, { verdict }: ArmComparison, text: string): string {
  switch (verdict.kind) {
    case 'better':
      return paint('green', text);
    case 'invalid':
    case 'harness-limited':
      return paint('red', text);
    case 'size-uncertain':
      return paint('yellow', text);
    case 'equivalent':
    case 'exact':
      return text;
    default:
      return paint('dim', text);
  }
}
