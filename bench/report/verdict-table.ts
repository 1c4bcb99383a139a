// The table of verdicts of one load point: as Markdown, and as text for a terminal of 100 columns.

import stringWidth from 'string-width';
import type { LoadPointAnalysis } from '../analysis/analysis.ts';
import { formatDifference, formatRatio, formatValue } from './format.ts';
import { left, renderTable, right } from './markdown.ts';
import { armTitleOf, metricText, verdictComparisons, type ArmComparison, type ReportContext } from './report-context.ts';
import { joinedWidth, layOutRow, longestWord, type TextColumn } from './text-layout.ts';
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

/** Empty when nothing was compared. */
export function renderVerdictMarkdown(options: VerdictTableOptions): string {
  const [endpoint, baseline, other, ratio, difference, verdict] = headings(options);
  const columns = [left(endpoint), right(baseline), right(other), right(`${ratio} [95 % CI]`), right(difference), left(verdict)];
  return renderTable(
    columns,
    rowsOf(options, verdictWords).map(({ cells, words, comparison }) =>
      cells.concat(comparison.verdict.kind === 'better' ? `**${words}**` : words),
    ),
  );
}

/** At most 100 columns wide: long endpoints and verdicts go on in a second line. Empty when nothing was compared. */
export function renderVerdictText(options: VerdictTableOptions, paint: Paint): string {
  const rows = rowsOf(options, shortVerdictWords);
  if (rows.length === 0) return '';
  const titles = headings(options);
  const numbers = [1, 2, 3, 4].map((column) => ({
    width: Math.max(longestWord(titles[column] ?? ''), ...rows.map((row) => stringWidth(row.cells[column] ?? ''))),
    align: 'right' as const,
  }));
  const rest = TERMINAL_COLUMNS - joinedWidth([0, ...numbers.map((column) => column.width), 0]);
  const name = Math.min(Math.max(...rows.map((row) => stringWidth(row.cells[0] ?? ''))), Math.floor(rest / 2));
  const columns: readonly TextColumn[] = [{ width: name, align: 'left' }, ...numbers, { width: rest - name, align: 'left' }];
  return [
    ...layOutRow(columns, titles, (text) => text).map((line) => paint('bold', line)),
    ...rows.flatMap((row) => layOutRow(columns, [...row.cells, row.words], (text) => paintVerdict(paint, row.comparison, text))),
  ].join('\n');
}

type Headings = readonly [endpoint: string, baseline: string, other: string, ratio: string, difference: string, verdict: string];

function headings({ context, otherArm }: VerdictTableOptions): Headings {
  const baseline = armTitleOf(context.analysis, context.analysis.baseline);
  const other = armTitleOf(context.analysis, otherArm);
  return ['endpoint', baseline, other, 'ratio', 'difference', 'verdict'];
}

interface VerdictRow {
  /** Endpoint, baseline, other, ratio, difference. */
  readonly cells: readonly string[];
  readonly words: string;
  readonly comparison: ArmComparison;
}

function rowsOf({ context, point, otherArm }: VerdictTableOptions, wordsOf: (subject: VerdictSubject) => string): readonly VerdictRow[] {
  const { analysis, metrics } = context;
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  return verdictComparisons(point, otherArm).map((comparison) => {
    const { title, unit } = metricText(metrics, comparison.metric);
    return {
      comparison,
      cells: [
        title,
        formatValue(comparison.baseline.value, unit),
        formatValue(comparison.other.value, unit),
        formatRatio(comparison.ratio),
        formatDifference(comparison.difference?.value, unit),
      ],
      words: wordsOf({ comparison, unit, baselineTitle: titleOf(analysis.baseline), otherTitle: titleOf(otherArm), titleOf }),
    };
  });
}

function paintVerdict(paint: Paint, { verdict }: ArmComparison, text: string): string {
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
