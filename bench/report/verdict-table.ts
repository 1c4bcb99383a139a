// The tables of verdicts of one load point.

import type { LoadPointAnalysis, PairNames } from '../analysis/analysis.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import type { NoiseFloor } from '../analysis/measured-trials.ts';
import { formatDifference, formatPercent, formatRatio, formatValue, UNKNOWN } from './format.ts';
import { left, right, table, type Cell, type Column, type Table, type Tone } from './blocks.ts';
import {
  metricText,
  pairTitles,
  verdictComparisons,
  type ArmComparison,
  type ReportContext,
} from './report-context.ts';
import { shortVerdictWords, verdictWords, type VerdictSubject } from './verdict-words.ts';

export interface VerdictTableOptions extends PairNames {
  readonly context: ReportContext;
  readonly point: LoadPointAnalysis;
}

/**
 * Empty when nothing was compared. An A/A pair adds a column: the half-width of the interval
 * between equal arms.
 */
export function verdictTable(options: VerdictTableOptions): Table {
  return toTable(options, rowsOf(options));
}

/** The same without metrics that were counted exactly: comparisons that need a verdict. */
export function testedTable(options: VerdictTableOptions): Table {
  return toTable(
    options,
    rowsOf(options).filter((row) => !isExact(row)),
  );
}

function toTable(options: VerdictTableOptions, rows: readonly VerdictRow[]): Table {
  const columns = [
    left('endpoint'),
    ...armColumns(options),
    right('ratio [95 % CI]', { narrow: 'ratio' }),
    right('difference'),
    ...(hasFloor(options) ? [right('A/A floor', { narrow: 'A/A ±' })] : []),
    left('verdict'),
  ];
  return table(
    columns,
    rows.map(({ cells, floor, verdict }) => [...cells, ...floor, verdict]),
  );
}

/** Metrics counted exactly, whose numbers are the verdict. Empty when there are none. */
export function exactTable(options: VerdictTableOptions): Table {
  const rows = rowsOf(options).filter(isExact);
  return table(
    [
      left('counted exactly'),
      ...armColumns(options),
      right('ratio'),
      right('difference'),
      left(''),
    ],
    rows.map(({ cells }) => cells.concat('')),
  );
}

function armColumns(options: VerdictTableOptions): readonly Column[] {
  const titles = armTitles(options);
  const narrow = shortTitles(titles);
  return titles.map((title, index) => right(title, { narrow: narrow[index] ?? title }));
}

function isExact({ comparison }: VerdictRow): boolean {
  return comparison.verdict.kind === 'exact';
}

/**
 * A longer title would take up the width of the table; the line above the table has both in full.
 */
const MAX_ARM_TITLE = 26;

export function shortTitles(titles: ArmTitles): ArmTitles {
  return titles.some((title) => title.length > MAX_ARM_TITLE) ? ['baseline', 'other'] : titles;
}

/**
 * Half-width of the interval between two equal arms: of the ratio if there is one, else of the
 * difference; without a sign.
 */
export function formatHalfWidth(floor: NoiseFloor | undefined, unit: MetricUnit): string {
  return floor?.halfWidthRatio === undefined
    ? formatValue(floor?.halfWidth, unit)
    : formatPercent(floor.halfWidthRatio, 2);
}

type ArmTitles = readonly [baseline: string, other: string];

function armTitles({ context, ...pair }: VerdictTableOptions): ArmTitles {
  return pairTitles(context.analysis, pair);
}

function hasFloor({ context }: VerdictTableOptions): boolean {
  return context.analysis.copy !== undefined;
}

interface VerdictRow {
  /** Endpoint, baseline, other, ratio, difference. */
  readonly cells: readonly string[];
  /** One cell in a run with an A/A pair, else none. */
  readonly floor: readonly Cell[];
  readonly verdict: Cell;
  readonly comparison: ArmComparison;
}

function rowsOf(options: VerdictTableOptions): readonly VerdictRow[] {
  const { context, point } = options;
  const { metrics } = context;
  const wide = namingOf(options, armTitles(options));
  const narrow = namingOf(options, shortTitles(armTitles(options)));
  return verdictComparisons(point, options).map((comparison) => {
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
      floor: hasFloor(options) ? [floorCell(formatHalfWidth(floor, unit))] : [],
      verdict: {
        text: verdictWords({ comparison, unit, ...wide }),
        narrow: shortVerdictWords({ comparison, unit, ...narrow }),
        isStrong: comparison.verdict.kind === 'better',
        tone: verdictTone(comparison),
      },
    };
  });
}

function namingOf(
  { context: { analysis }, otherArm, baselineArm = analysis.baseline }: VerdictTableOptions,
  [baselineTitle, otherTitle]: ArmTitles,
): Omit<VerdictSubject, 'comparison' | 'unit'> {
  const titles = new Map([
    [baselineArm, baselineTitle],
    [otherArm, otherTitle],
  ]);
  return { baselineTitle, otherTitle, titleOf: (arm) => titles.get(arm) ?? arm };
}

function floorCell(half: string): Cell {
  return { text: half === UNKNOWN ? half : `±${half}`, narrow: half };
}

export function verdictTone({ verdict }: ArmComparison): Tone | undefined {
  switch (verdict.kind) {
    case 'better':
      return 'good';
    case 'invalid':
    case 'harness-limited':
      return 'bad';
    case 'size-uncertain':
      return 'doubt';
    case 'equivalent':
    case 'exact':
      return undefined;
    default:
      return 'muted';
  }
}
