// Renders a comparison of runs as text: what differs besides the numbers, then old against new for
// each arm, then the gates.

import type { GateResult } from '../../analysis/across/regression-gates.ts';
import type {
  ArmChanges,
  RunAgainstOld,
  RunComparison,
} from '../../analysis/across/run-comparison.ts';
import { renderTableText } from '../formats/terminal.ts';
import type { MetricText } from '../report-context.ts';
import { wrap } from '../text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../paint.ts';
import { NOT_SHOWN, shortChangeWords } from './change-words.ts';
import {
  armHeading,
  banners,
  changeTable,
  differenceTable,
  newLabel,
  runTitle,
  verdictChanges,
  withheldReasons,
} from './comparison-parts.ts';
import { renderGatesText } from './gates.ts';

const MAX_WARNINGS = 10;

export interface ComparisonTextOptions {
  readonly metrics: readonly MetricText[];
  readonly gates: readonly GateResult[];
  /** `styleText` of node:util, or `plainPaint`. */
  readonly paint: Paint;
}

/** Text of at most 100 columns; ends with a line break. */
export function renderComparisonText(
  comparison: RunComparison,
  { metrics, gates, paint }: ComparisonTextOptions,
): string {
  const blocks = [
    ...comparison.comparisons.flatMap((one) => renderRun(comparison, one, { metrics, paint })),
    legend(comparison),
    wrap(comparison.caveat, TERMINAL_COLUMNS).join('\n'),
    renderGatesText(gates, metrics, paint),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

type Look = Pick<ComparisonTextOptions, 'metrics' | 'paint'>;

function renderRun(
  comparison: RunComparison,
  against: RunAgainstOld,
  { metrics, paint }: Look,
): readonly string[] {
  const contenders = against.arms.filter(({ isContender }) => isContender);
  return [
    [
      `old: ${runTitle(comparison.old)}`,
      `${newLabel(comparison, against)}: ${runTitle(against.new)}`,
    ]
      .flatMap((title) => wrap(title, TERMINAL_COLUMNS))
      .map((line) => paint('bold', line))
      .join('\n'),
    renderDifferences(against, paint),
    renderWarnings(against, contenders, paint),
    ...contenders.map(
      (arm) => `${armHeading(arm)}\n${renderTableText(changeTable(arm, metrics), paint, 'half')}`,
    ),
  ];
}

function renderDifferences(against: RunAgainstOld, paint: Paint): string {
  const rendered = renderTableText(differenceTable(against), paint, 'half');
  return rendered === ''
    ? 'what differs: nothing that was recorded of machine and software'
    : rendered;
}

function renderWarnings(
  { warnings }: RunAgainstOld,
  arms: readonly ArmChanges[],
  paint: Paint,
): string {
  const concerns = [
    ...arms.flatMap(banners).map((text) => ({ style: 'red' as const, text })),
    ...warnings.map(({ message }) => ({ style: 'yellow' as const, text: message })),
    ...withheldReasons(arms).map((reason) => ({
      style: 'yellow' as const,
      text: `no verdict: ${reason}`,
    })),
  ];
  const lines = concerns
    .slice(0, MAX_WARNINGS)
    .flatMap(({ style, text }) =>
      wrap(text, TERMINAL_COLUMNS - 2).map((line, index) =>
        index === 0 ? `${paint(style, '!')} ${line}` : `  ${line}`,
      ),
    );
  const hidden = concerns.length - MAX_WARNINGS;
  return [...lines, ...(hidden > 0 ? [paint('dim', `+${hidden} more with --format md`)] : [])].join(
    '\n',
  );
}

function legend({ comparisons }: RunComparison): string {
  const shown = comparisons.flatMap(({ arms }) =>
    arms.flatMap((arm) => (arm.isContender ? verdictChanges(arm).map(shortChangeWords) : [])),
  );
  return shown.some((words) => words.startsWith(NOT_SHOWN))
    ? `${NOT_SHOWN}: nothing is shown, in particular not that nothing changed`
    : '';
}
