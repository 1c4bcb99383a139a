// Renders a comparison of runs as text: what differs besides the numbers, then old against new for each arm, then the gates.

import type { GateResult } from '../../analysis/across/regression-gates.ts';
import type { ArmChanges, RunAgainstOld, RunComparison } from '../../analysis/across/run-comparison.ts';
import { formatValue } from '../format.ts';
import { left, right } from '../markdown.ts';
import { metricText, type MetricText } from '../report-context.ts';
import { wrap } from '../text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../verdict-table.ts';
import { formatChange, NOT_SHOWN, paintChange, shortChangeWords } from './change-words.ts';
import { armHeading, banners, differenceCells, newLabel, runTitle, verdictChanges, withheldReasons } from './comparison-parts.ts';
import { renderGatesText } from './gates.ts';
import { renderTextTable, type TextRow } from './text-table.ts';

const MAX_WARNINGS = 10;

export interface ComparisonTextOptions {
  readonly metrics: readonly MetricText[];
  readonly gates: readonly GateResult[];
  /** `styleText` of node:util, or `plainPaint`. */
  readonly paint: Paint;
}

/** Text of at most 100 columns; ends with a line break. */
export function renderComparisonText(comparison: RunComparison, { metrics, gates, paint }: ComparisonTextOptions): string {
  const blocks = [
    ...comparison.comparisons.flatMap((one) => renderRun(comparison, one, { metrics, paint })),
    legend(comparison),
    wrap(comparison.caveat, TERMINAL_COLUMNS).join('\n'),
    renderGatesText(gates, metrics, paint),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

type Look = Pick<ComparisonTextOptions, 'metrics' | 'paint'>;

function renderRun(comparison: RunComparison, against: RunAgainstOld, { metrics, paint }: Look): readonly string[] {
  const contenders = against.arms.filter(({ isContender }) => isContender);
  return [
    [`old: ${runTitle(comparison.old)}`, `${newLabel(comparison, against)}: ${runTitle(against.new)}`]
      .flatMap((title) => wrap(title, TERMINAL_COLUMNS))
      .map((line) => paint('bold', line))
      .join('\n'),
    renderDifferences(against, paint),
    renderWarnings(against, contenders, paint),
    ...contenders.map((arm) => `${armHeading(arm)}\n${renderArm(arm, { metrics, paint })}`),
  ];
}

/** Most characters of a fact: two of these and a title fit in the columns of a terminal. */
const MAX_FACT = 36;

function renderDifferences({ differences }: RunAgainstOld, paint: Paint): string {
  if (differences.length === 0) return 'what differs: nothing that was recorded of machine and software';
  const rows = differences.map((difference): TextRow => ({ cells: differenceCells(difference).map(shorten), style: (text) => text }));
  return renderTextTable({ columns: [left('what differs'), left('old'), left('new')], rows }, paint);
}

function shorten(fact: string): string {
  return fact.length <= MAX_FACT ? fact : `${fact.slice(0, MAX_FACT - 1).trimEnd()}…`;
}

function renderWarnings({ warnings }: RunAgainstOld, arms: readonly ArmChanges[], paint: Paint): string {
  const concerns = [
    ...arms.flatMap(banners).map((text) => ({ style: 'red' as const, text })),
    ...warnings.map(({ message }) => ({ style: 'yellow' as const, text: message })),
    ...withheldReasons(arms).map((reason) => ({ style: 'yellow' as const, text: `no verdict: ${reason}` })),
  ];
  const lines = concerns
    .slice(0, MAX_WARNINGS)
    .flatMap(({ style, text }) =>
      wrap(text, TERMINAL_COLUMNS - 2).map((line, index) => (index === 0 ? `${paint(style, '!')} ${line}` : `  ${line}`)),
    );
  const hidden = concerns.length - MAX_WARNINGS;
  return [...lines, ...(hidden > 0 ? [paint('dim', `+${hidden} more with --format md`)] : [])].join('\n');
}

function renderArm(arm: ArmChanges, { metrics, paint }: Look): string {
  const rows = verdictChanges(arm).map((change) => ({
    cells: [
      metricText(metrics, change.metric).title,
      formatValue(change.old?.value, change.unit),
      formatValue(change.new?.value, change.unit),
      formatChange(change),
      shortChangeWords(change),
    ],
    style: (text: string): string => paintChange(paint, change, text),
  }));
  const columns = [left('endpoint'), right('old'), right('new'), right('new/old [95 % CI]'), left('verdict')];
  return renderTextTable({ columns, rows }, paint);
}

function legend({ comparisons }: RunComparison): string {
  const shown = comparisons.flatMap(({ arms }) =>
    arms.flatMap((arm) => (arm.isContender ? verdictChanges(arm).map(shortChangeWords) : [])),
  );
  return shown.some((words) => words.startsWith(NOT_SHOWN)) ? `${NOT_SHOWN}: nothing is shown, in particular not that nothing changed` : '';
}
