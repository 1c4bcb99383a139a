// Provides the parts shared by every format of a comparison of runs: names, titles, and which
// changes belong where, and tables.

import type {
  ArmChanges,
  Change,
  RunAgainstOld,
  RunComparison,
  RunIdentity,
} from '../../analysis/across/run-comparison.ts';
import { factText } from '../../analysis/across/fact-text.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { left, right, table, type Cell, type Table } from '../blocks.ts';
import { formatValue } from '../format.ts';
import { loadWords, metricText, type MetricText } from '../report-context.ts';
import { changeTone, formatChange, shortChangeWords } from './change-words.ts';

/** `reports/before (standard, 2026-11-22 09:22 UTC, seed 7)`. */
export function runTitle({ folder, name, startedAt, seed }: RunIdentity): string {
  return `${folder} (${name}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, seed ${seed})`;
}

/** `new`, or `new 2` among several. */
export function newLabel({ comparisons }: RunComparison, against: RunAgainstOld): string {
  return comparisons.length === 1 ? 'new' : `new ${comparisons.indexOf(against) + 1}`;
}

/** `SSE, 200 connections, 12 and 12 trials`. */
export function armHeading({ title, loadPoint, trials }: ArmChanges): string {
  const load = loadPoint.connections === 1 ? loadPointTitle(loadPoint) : loadWords(loadPoint);
  return `${title}, ${load}, ${trials.old} and ${trials.new} trials`;
}

/**
 * Most characters of a fact where width is scarce: two of these and a title fit in the columns of a
 * terminal.
 */
const MAX_FACT = 36;

function factCell(fact: string): Cell {
  return {
    text: fact,
    narrow: fact.length <= MAX_FACT ? fact : `${fact.slice(0, MAX_FACT - 1).trimEnd()}…`,
  };
}

/** Empty when nothing differs. */
export function differenceTable({ differences }: RunAgainstOld): Table {
  return table(
    [left('what differs'), left('old'), left('new')],
    differences.map(({ field, title, old, new: recent }) =>
      [title, factText(field, old), factText(field, recent)].map(factCell),
    ),
  );
}

/** The changes of an arm that get a verdict. */
export function changeTable(arm: ArmChanges, metrics: readonly MetricText[]): Table {
  return table(
    [left('endpoint'), right('old'), right('new'), right('new/old [95 % CI]'), left('verdict')],
    verdictChanges(arm).map((change) => [
      metricText(metrics, change.metric).title,
      formatValue(change.old?.value, change.unit),
      formatValue(change.new?.value, change.unit),
      formatChange(change),
      {
        text: shortChangeWords(change),
        isStrong: change.verdict.kind === 'better' || change.verdict.kind === 'worse',
        tone: changeTone(change),
      },
    ]),
  );
}

/** Changes that get a verdict: endpoints, then counted bytes of which less is better. */
export function verdictChanges({ changes }: ArmChanges): readonly Change[] {
  return changes.filter(
    ({ endpoint, isExact, better }) => endpoint !== undefined || (isExact && better !== 'neither'),
  );
}

/** Everything that was measured and not declared beforehand. */
export function exploratoryChanges({ changes }: ArmChanges): readonly Change[] {
  return changes.filter(
    ({ endpoint, isExact, p }) => endpoint === undefined && !isExact && p !== undefined,
  );
}

/** Reasons why the numbers of an arm cannot be trusted. */
export function banners({
  title,
  loadPoint,
  invalid,
  harnessLimited,
}: ArmChanges): readonly string[] {
  return [
    ...invalid.map((reason) => `INVALID (${title}, ${loadPointTitle(loadPoint)}): ${reason}`),
    ...harnessLimited.map(
      (reason) => `HARNESS-LIMITED (${title}, ${loadPointTitle(loadPoint)}): ${reason}`,
    ),
  ];
}

/** Reasons for missing verdicts where there could be one, each once. */
export function withheldReasons(arms: readonly ArmChanges[]): readonly string[] {
  const reasons = arms.flatMap((arm) =>
    verdictChanges(arm).flatMap(({ verdict: { kind, reason } }) =>
      kind === 'withheld' && reason !== undefined ? [reason] : [],
    ),
  );
  return [...new Set(reasons)];
}
