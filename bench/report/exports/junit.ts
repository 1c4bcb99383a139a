// JUnit XML of a run, in which a CI system shows what it would otherwise learn from the exit code
// alone: a test case for each threshold of --fail-if, one for the gates of each load point, and one
// for the trials. There is a failure exactly where `report` exits with 1.
// The form is that of Ant, which CI systems read.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { isMissed, whyNotBelieved, type ThresholdResult } from '../../analysis/thresholds.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { formatEstimate } from '../format.ts';
import { metricText, type MetricText } from '../report-context.ts';
import { untrackedLoadPoints } from './tracked-estimates.ts';

export interface JunitContext {
  readonly analysis: Analysis;
  readonly metrics: readonly MetricText[];
  readonly thresholds: readonly ThresholdResult[];
}

interface TestCase {
  readonly name: string;
  /** What the case is of, after the scenario: `thresholds`. */
  readonly group: string;
  readonly failure?: { readonly type: string; readonly message: string };
  /** Shown beside a case that passed. */
  readonly note?: string;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
const END = '</testsuites>\n';

export function renderJunit(context: JunitContext): string {
  return `${HEAD}${suiteText(context, 0)}${END}`;
}

/** The suites of several runs in one file, numbered anew. */
export function joinJunit(texts: readonly string[]): string {
  const suites = texts.map((text, index) =>
    text.slice(HEAD.length, -END.length).replace(' id="0"', ` id="${index}"`),
  );
  return `${HEAD}${suites.join('')}${END}`;
}

function suiteText({ analysis, ...rest }: JunitContext, id: number): string {
  const { plan, startedAt, costNs } = analysis;
  const cases = casesOf({ analysis, ...rest });
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const attributes = attributesText({
    name: plan.scenario,
    package: 'streamduel',
    id: String(id),
    timestamp: startedAt.slice(0, 19),
    hostname: 'localhost',
    tests: String(cases.length),
    failures: String(failures),
    errors: '0',
    time: secondsText(costNs.wall),
  });
  const properties = Object.entries({
    run: analysis.name,
    plan: analysis.planSha256,
    seed: String(plan.seed),
    command: analysis.command,
  }).map(([name, value]) => `      <property ${attributesText({ name, value })}/>`);
  const notes = cases.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return [
    `  <testsuite ${attributes}>`,
    '    <properties>',
    ...properties,
    '    </properties>',
    ...cases.map((one) => caseText(plan.scenario, one)),
    `    <system-out>${escaped(notes.join('\n'))}</system-out>`,
    '    <system-err/>',
    '  </testsuite>\n',
  ].join('\n');
}

function casesOf({ analysis, metrics, thresholds }: JunitContext): readonly TestCase[] {
  return [
    ...thresholds.map((result) => thresholdCase(result, metrics)),
    ...analysis.loadPoints.map((point) => gateCase(analysis, point)),
    trialsCase(analysis),
  ];
}

function thresholdCase(result: ThresholdResult, metrics: readonly MetricText[]): TestCase {
  const { threshold, arm, loadPoint, outcome, estimate, reason, isShown } = result;
  const measured = formatEstimate(estimate, metricText(metrics, threshold.metric).unit);
  const doubt = isShown || reason !== undefined ? '' : '; the interval does not settle it';
  const words = `measured ${measured}${doubt}`;
  return {
    group: 'fail-if',
    name: `${threshold.text}, ${arm}, ${loadPointTitle(loadPoint)}`,
    ...(isMissed(result)
      ? { failure: { type: outcome, message: reason ?? words } }
      : { note: words }),
  };
}

function gateCase(analysis: Analysis, point: LoadPointAnalysis): TestCase {
  const name = `gates, ${loadPointTitle(point.loadPoint)}`;
  const why = whyNotBelieved(point);
  if (why !== undefined) {
    const type = point.invalid.length > 0 ? 'INVALID' : 'HARNESS-LIMITED';
    return { group: 'gates', name, failure: { type, message: why } };
  }
  if (point.missedControls === undefined) return { group: 'gates', name };
  const message = untrackedLoadPoints({ ...analysis, loadPoints: [point] }).join('; ');
  return { group: 'gates', name, failure: { type: 'HARNESS-LIMITED IN PART', message } };
}

function trialsCase({ trials }: Analysis): TestCase {
  const name = 'trials that were measured did not fail';
  if (trials.failed === 0) return { group: 'trials', name };
  const message = `${trials.failed} of ${trials.completed + trials.failed} trials failed`;
  return { group: 'trials', name, failure: { type: 'failed', message } };
}

/** A threshold is judged over all trials, so a case has no time of its own. */
function caseText(scenario: string, { name, group, failure }: TestCase): string {
  const attributes = attributesText({
    name,
    classname: `streamduel.${scenario}.${group}`,
    time: '0',
  });
  if (failure === undefined) return `    <testcase ${attributes}/>`;
  const { type, message } = failure;
  return [
    `    <testcase ${attributes}>`,
    `      <failure ${attributesText({ message, type })}>${escaped(message)}</failure>`,
    '    </testcase>',
  ].join('\n');
}

function secondsText(ns: number): string {
  return (ns / NS_PER_S).toFixed(3);
}

function attributesText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ');
}

/** Characters that XML 1.0 has no form for are replaced: names may come from a server. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function escaped(text: string): string {
  return text
    .replaceAll(FORBIDDEN, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
