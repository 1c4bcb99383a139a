// Provides the parts shared by every format of a comparison of runs: names, titles, and which changes belong where.

import type { ArmChanges, Change, Difference, RunAgainstOld, RunComparison, RunIdentity } from '../../analysis/across/run-comparison.ts';
import { factText } from '../../analysis/across/fact-text.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { loadWords } from '../report-context.ts';

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

/** Cells: field, old, new. */
export function differenceCells({ field, title, old, new: recent }: Difference): readonly [string, string, string] {
  return [title, factText(field, old), factText(field, recent)];
}

/** Changes that get a verdict: endpoints, then counted bytes of which less is better. */
export function verdictChanges({ changes }: ArmChanges): readonly Change[] {
  return changes.filter(({ endpoint, isExact, better }) => endpoint !== undefined || (isExact && better !== 'neither'));
}

/** Everything that was measured and not declared beforehand. */
export function exploratoryChanges({ changes }: ArmChanges): readonly Change[] {
  return changes.filter(({ endpoint, isExact, p }) => endpoint === undefined && !isExact && p !== undefined);
}

/** Reasons why the numbers of an arm cannot be trusted. */
export function banners({ title, loadPoint, invalid, harnessLimited }: ArmChanges): readonly string[] {
  return [
    ...invalid.map((reason) => `INVALID (${title}, ${loadPointTitle(loadPoint)}): ${reason}`),
    ...harnessLimited.map((reason) => `HARNESS-LIMITED (${title}, ${loadPointTitle(loadPoint)}): ${reason}`),
  ];
}

/** Reasons for missing verdicts where there could be one, each once. */
export function withheldReasons(arms: readonly ArmChanges[]): readonly string[] {
  const reasons = arms.flatMap((arm) =>
    verdictChanges(arm).flatMap(({ verdict: { kind, reason } }) => (kind === 'withheld' && reason !== undefined ? [reason] : [])),
  );
  return [...new Set(reasons)];
}
