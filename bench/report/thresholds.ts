// Renders the thresholds of a run and their outcomes: as text for a terminal of 100 columns, and as a section of the report.

import stringWidth from 'string-width';
import { isMissed, type ThresholdResult } from '../analysis/thresholds.ts';
import { formatCount, formatEstimate } from './format.ts';
import { code, left, renderTable, right, section } from './markdown.ts';
import { armTitleOf, loadCell, loadHeading, metricText, type MetricText, type ReportContext } from './report-context.ts';
import { joinedWidth, layOutRow, type TextColumn } from './text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from './verdict-table.ts';

/** Wide enough for every arm without a label. */
const MAX_ARM_COLUMNS = 20;
/** A load point of a fault, a load and a policy wraps to a second line. */
const MAX_LOAD_COLUMNS = 24;

export interface ThresholdTextOptions {
  readonly metrics: readonly MetricText[];
  readonly paint: Paint;
}

/** At most 100 columns wide, without a line break at its end; empty without thresholds. */
export function renderThresholdText(results: readonly ThresholdResult[], { metrics, paint }: ThresholdTextOptions): string {
  if (results.length === 0) return '';
  const titles = ['fails if', 'arm', loadHeading(results.map(({ loadPoint }) => loadPoint)), 'measured', 'outcome'];
  const rows = results.map((result) => ({
    result,
    cells: [result.threshold.text, result.arm, loadCell(result.loadPoint), measured(result, metrics), outcomeWords(result)],
  }));
  const widthOf = (column: number): number =>
    Math.max(...[titles, ...rows.map(({ cells }) => cells)].map((row) => stringWidth(row[column] ?? '')));
  const [arm, connections, estimate] = [Math.min(widthOf(1), MAX_ARM_COLUMNS), Math.min(widthOf(2), MAX_LOAD_COLUMNS), widthOf(3)];
  const rest = TERMINAL_COLUMNS - joinedWidth([0, arm, connections, estimate, 0]);
  const name = Math.min(widthOf(0), Math.floor(rest / 2));
  const columns: readonly TextColumn[] = [
    { width: name, align: 'left' },
    { width: arm, align: 'left' },
    { width: connections, align: 'right' },
    { width: estimate, align: 'right' },
    { width: rest - name, align: 'left' },
  ];
  return [
    ...layOutRow(columns, titles, (text) => text).map((line) => paint('bold', line)),
    ...rows.flatMap(({ result, cells }) => layOutRow(columns, cells, (text) => paint(styleOf(result), text))),
  ].join('\n');
}

/** A section of the report; empty without thresholds. */
export function renderThresholdSection(results: readonly ThresholdResult[], { analysis, metrics }: ReportContext): string {
  if (results.length === 0) return '';
  const missed = results.filter(isMissed).length;
  const columns = [
    left('fails if'),
    left('arm'),
    right(loadHeading(results.map(({ loadPoint }) => loadPoint))),
    right('measured [95 % CI]'),
    left('outcome'),
  ];
  return section('Thresholds', [
    `${formatCount(missed)} of ${formatCount(results.length)} were missed. A threshold is held against the mean over trials;` +
      ' what was not measured, or cannot be believed, counts as missed.',
    renderTable(
      columns,
      results.map((result) => [
        code(result.threshold.text),
        armTitleOf(analysis, result.arm),
        loadCell(result.loadPoint),
        measured(result, metrics),
        isMissed(result) ? `**${outcomeWords(result)}**` : outcomeWords(result),
      ]),
    ),
  ]);
}

function measured({ estimate, threshold }: ThresholdResult, metrics: readonly MetricText[]): string {
  return formatEstimate(estimate, metricText(metrics, threshold.metric).unit);
}

const words: Record<ThresholdResult['outcome'], string> = { passed: 'passed', failed: 'failed', 'not-measured': 'not measured' };

function outcomeWords(result: ThresholdResult): string {
  const { outcome, reason, isShown } = result;
  if (reason !== undefined) return `${words[outcome]}: ${shortened(reason)}`;
  return isShown ? words[outcome] : `${words[outcome]}, ${doubt(result)}`;
}

function doubt({ estimate }: ThresholdResult): string {
  return estimate?.low === undefined ? 'on a single trial' : 'interval reaches across the limit';
}

/** Most characters of a reason inside a table; the full text is in the banners and beside the metric. */
const MAX_REASON = 80;

function shortened(reason: string): string {
  return reason.length <= MAX_REASON ? reason : `${reason.slice(0, MAX_REASON - 1).trimEnd()}…`;
}

function styleOf(result: ThresholdResult): 'green' | 'yellow' | 'red' {
  if (isMissed(result)) return 'red';
  return result.isShown ? 'green' : 'yellow';
}
