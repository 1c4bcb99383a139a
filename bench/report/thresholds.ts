// Renders the thresholds of a run and their outcomes: as text for a terminal of 100 columns, and as
// a section of the report.

import { isMissed, type ThresholdResult } from '../analysis/thresholds.ts';
import { formatCount, formatEstimate } from './format.ts';
import { renderTableText } from './formats/terminal.ts';
import { left, right, section, table, type Block, type Table, type Tone } from './blocks.ts';
import { code } from './inline.ts';
import {
  armTitleOf,
  loadCell,
  loadHeading,
  metricText,
  type MetricText,
  type ReportContext,
} from './report-context.ts';
import type { Paint } from './paint.ts';

/** Wide enough for every arm without a label. */
const MAX_ARM_COLUMNS = 20;
/** A load point of a fault, a load and a policy wraps to a second line. */
const MAX_LOAD_COLUMNS = 24;

/** At most 100 columns wide, without a line break at its end; empty without thresholds. */
export function renderThresholdText(
  results: readonly ThresholdResult[],
  context: ReportContext,
  paint: Paint,
): string {
  return renderTableText(thresholdTable(results, context), paint, 'half');
}

/** A section of the report; empty without thresholds. */
export function renderThresholdSection(
  results: readonly ThresholdResult[],
  context: ReportContext,
): readonly Block[] {
  if (results.length === 0) return [];
  const missed = results.filter(isMissed).length;
  return section('Thresholds', [
    `${formatCount(missed)} of ${formatCount(results.length)} were missed. A threshold is held against the mean over trials;` +
      ' what was not measured, or cannot be believed, counts as missed.',
    thresholdTable(results, context),
  ]);
}

function thresholdTable(
  results: readonly ThresholdResult[],
  { analysis, metrics }: ReportContext,
): Table {
  return table(
    [
      left('fails if'),
      left('arm', { mostWidth: MAX_ARM_COLUMNS }),
      right(loadHeading(results.map(({ loadPoint }) => loadPoint)), {
        mostWidth: MAX_LOAD_COLUMNS,
      }),
      right('measured [95 % CI]', { narrow: 'measured' }),
      left('outcome'),
    ],
    results.map((result) => [
      { text: code(result.threshold.text), narrow: result.threshold.text },
      { text: armTitleOf(analysis, result.arm), narrow: result.arm },
      loadCell(result.loadPoint),
      measured(result, metrics),
      { text: outcomeWords(result), isStrong: isMissed(result), tone: toneOf(result) },
    ]),
  );
}

function measured(
  { estimate, threshold }: ThresholdResult,
  metrics: readonly MetricText[],
): string {
  return formatEstimate(estimate, metricText(metrics, threshold.metric).unit);
}

const words: Record<ThresholdResult['outcome'], string> = {
  passed: 'passed',
  failed: 'failed',
  'not-measured': 'not measured',
};

function outcomeWords(result: ThresholdResult): string {
  const { outcome, reason, isShown } = result;
  if (reason !== undefined) return `${words[outcome]}: ${shortened(reason)}`;
  return isShown ? words[outcome] : `${words[outcome]}, ${doubt(result)}`;
}

function doubt({ estimate }: ThresholdResult): string {
  return estimate?.low === undefined ? 'on a single trial' : 'interval reaches across the limit';
}

/**
 * Most characters of a reason inside a table; the full text is in the banners and beside the
 * metric.
 */
const MAX_REASON = 80;

function shortened(reason: string): string {
  return reason.length <= MAX_REASON ? reason : `${reason.slice(0, MAX_REASON - 1).trimEnd()}…`;
}

function toneOf(result: ThresholdResult): Tone {
  if (isMissed(result)) return 'bad';
  return result.isShown ? 'good' : 'doubt';
}
