// Renders the outcome of each gate of --fail-if-worse: as text for a terminal of 100 columns, and
// as a section of Markdown.

import type { GateResult } from '../../analysis/across/regression-gates.ts';
import type { MetricUnit } from '../../analysis/metrics/metric.ts';
import { formatDifference, formatP, formatPercent, formatSetting } from '../format.ts';
import { left, right, section, table, type Block, type Table, type Tone } from '../blocks.ts';
import { loadCell, loadHeading, metricText, type MetricText } from '../report-context.ts';
import type { Paint } from '../paint.ts';
import { renderTableText } from '../formats/terminal.ts';

/** Wide enough for `ws against sse` and `sse/library, new 2`. */
const MOST_ARM_COLUMNS = 20;

const stateWords: Record<GateResult['state'], string> = {
  passed: 'passed',
  failed: 'FAILED',
  'not-shown': 'not shown',
};
const stateTones = {
  passed: 'good',
  failed: 'bad',
  'not-shown': 'doubt',
} as const satisfies Record<GateResult['state'], Tone>;

/** Empty without gates. */
export function renderGatesText(
  results: readonly GateResult[],
  metrics: readonly MetricText[],
  paint: Paint,
): string {
  if (results.length === 0) return '';
  return `${renderTableText(gateTable(results, metrics), paint, 'half')}\n${paint('bold', countWords(results))}`;
}

/** A section; empty without gates. */
export function renderGates(
  results: readonly GateResult[],
  metrics: readonly MetricText[],
): readonly Block[] {
  if (results.length === 0) return [];
  return section('Gates', [
    `${countWords(results)}.`,
    gateTable(results, metrics),
    'A gate fails only where a worsening beyond its margin is shown: one-sided p below 0.05 after Holm’s correction over all gates. It is passed where it is shown' +
      ' that there is none. Counted metrics are compared value by value. What cannot be trusted counts as failed.',
  ]);
}

function gateTable(results: readonly GateResult[], metrics: readonly MetricText[]): Table {
  const subjectOf = subjectWords(results);
  return table(
    [
      left('metric', { narrow: 'fails if worse' }),
      left('arm', { mostWidth: MOST_ARM_COLUMNS }),
      right(loadHeading(results.map(({ loadPoint }) => loadPoint))),
      right('fails if worse by more than', { narrow: 'margin' }),
      right('worse by', { narrow: 'worsening' }),
      right('p (it is)', { narrow: 'p' }),
      right('p (it is not)', { only: 'wide' }),
      left('result'),
    ],
    results.map((result) => [
      result.metric,
      subjectOf(result),
      loadCell(result.loadPoint),
      ...numbers(result, unitOf(result, metrics)),
      formatP(result.worseP),
      formatP(result.notWorseP),
      {
        text: resultWords(result),
        isStrong: result.state === 'failed',
        tone: stateTones[result.state],
      },
    ]),
  );
}

/** The arm and, among several runs, the number that the run has beside its changes. */
function subjectWords(results: readonly GateResult[]): (result: GateResult) => string {
  const runs = [...new Set(results.map(({ run }) => run))];
  return ({ subject, run }) =>
    runs.length === 1 ? subject : `${subject}, new ${runs.indexOf(run) + 1}`;
}

function unitOf({ metric }: GateResult, metrics: readonly MetricText[]): MetricUnit {
  return metricText(metrics, metric).unit;
}

/** A change of less than 0.01 % is irrelevant, and its digits are noise. */
const FINEST_SHARE = 1e-4;

/** The margin, and the measured change on the same scale. */
function numbers({ margin, seen }: GateResult, unit: MetricUnit): readonly [string, string] {
  if (margin.kind === 'amount')
    return [formatSetting(margin.amount, unit), formatDifference(seen, unit)];
  const rounded = seen === undefined ? undefined : Math.round(seen / FINEST_SHARE) * FINEST_SHARE;
  return [
    formatSetting(margin.share, 'ratio'),
    (rounded !== undefined && rounded > 0 ? '+' : '') + formatPercent(rounded, 2),
  ];
}

function resultWords({ state, reason }: GateResult): string {
  return reason === undefined ? stateWords[state] : `${stateWords[state]}: ${reason}`;
}

function countWords(results: readonly GateResult[]): string {
  const count = (state: GateResult['state']): number =>
    results.filter((result) => result.state === state).length;
  return `${count('failed')} failed, ${count('passed')} passed, ${count('not-shown')} not shown`;
}
