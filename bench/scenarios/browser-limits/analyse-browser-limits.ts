// Summarises the streams that one browser opened, arm by arm: counts side by side, times by their
// medians. Nothing is tested.

import { strict as assert } from 'node:assert';
import {
  countStreams,
  streamsAsked,
  type BrowserLimitsPlan,
  type BrowserLimitsTally,
} from '../../contract/browser-limits.ts';
import type { BrowserLimitsTrial, LoadPoint, Plan } from '../../contract/run-file.ts';
import type { ArmBrowserLimits, BrowserLimitsAnalysis, NextStream } from './findings.ts';
import type { MeasuredArm, MeasuredLoadPoint } from '../../analysis/measured-trials.ts';
import { median } from '../../analysis/statistics/moments.ts';

/** One entry per load point. */
export function analyseBrowserLimits(
  { browserLimits }: Pick<Plan, 'browserLimits'>,
  points: readonly MeasuredLoadPoint[],
): readonly BrowserLimitsAnalysis[] {
  assert(browserLimits !== undefined, 'a plan of this scenario must have its settings');
  return points.map(({ loadPoint, arms }) => ({
    loadPoint,
    arms: arms.map((arm) => describeArm(arm, browserLimits, loadPoint)),
  }));
}

function describeArm(
  { name, arm, completed }: MeasuredArm,
  plan: BrowserLimitsPlan,
  { connections }: LoadPoint,
): ArmBrowserLimits {
  const tallies = completed
    .filter((trial): trial is BrowserLimitsTrial => trial.outcome === 'browser-limits')
    .map(({ browserLimits }) => browserLimits);
  const { inOneTab, inEachTab } = streamsAsked(plan, { ...arm, connections });
  const alone = tallies.map(({ oneByOne }) => countStreams(oneByOne));
  const requests = tallies.map((tally) => tally.requests);
  const atOnce = tallies.map((tally) => tally.atOnce);
  return {
    arm: name,
    browsers: [...new Set(tallies.map(({ browser }) => browser))],
    trials: tallies.length,
    asked: inOneTab,
    opened: alone.map(({ opened }) => opened),
    spanNs: medianOf(alone, ({ spanNs }) => spanNs),
    next: describeNext(tallies),
    requests: {
      beforeNs: medianOf(requests, ({ beforeNs }) => median(beforeNs)),
      whileOpenNs: medianOf(requests, ({ whileOpen }) => median(whileOpen.answeredNs)),
      waited: requests.filter(({ whileOpen }) => whileOpen.answeredNs.length === 0).length,
      afterClosingNs: medianOf(requests, ({ whileOpen }) => whileOpen.afterClosingNs),
      afterNs: medianOf(requests, ({ afterNs }) => median(afterNs)),
    },
    atOnce: {
      opened: atOnce.map(({ opened }) => opened),
      waiting: atOnce.map(({ waiting }) => waiting),
      failed: atOnce.map(({ failures }) => failures.reduce((sum, { count }) => sum + count, 0)),
      spanNs: medianOf(atOnce, ({ spanNs }) => spanNs),
    },
    tabs: {
      asked: inEachTab,
      opened: tallies.map(({ tabs }) => [tabs[0].opened, tabs[1].opened]),
      isShared: agreed(tallies.map((tally) => isShared(tally, inEachTab))),
      secondWaits: tallies.filter(({ tabs }) => tabs[1].waiting > 0).length,
      secondFails: tallies.filter(({ tabs }) => tabs[1].failures.length > 0).length,
    },
  };
}

function describeNext(tallies: readonly BrowserLimitsTally[]): NextStream {
  const all = tallies.flatMap(({ next }) => next ?? []);
  return {
    waits: all.filter(({ fate }) => fate === 'waits').length,
    fails: all.filter(({ fate }) => fate === 'fails').length,
    how: [...new Set(all.flatMap(({ how }) => how ?? []))],
    served: all.filter(({ servedAfterNs }) => servedAfterNs !== undefined).length,
    servedAfterNs: medianOf(all, ({ servedAfterNs }) => servedAfterNs),
  };
}

/**
 * undefined unless one tab alone met a limit and both tabs together requested more streams than
 * that.
 */
function isShared(
  { oneByOne, next, tabs }: BrowserLimitsTally,
  askedOfEach: number,
): boolean | undefined {
  const alone = countStreams(oneByOne).opened;
  if (next === undefined || 2 * askedOfEach <= alone) return undefined;
  return tabs[0].opened + tabs[1].opened <= alone;
}

function agreed<Answer>(answers: readonly (Answer | undefined)[]): Answer | undefined {
  const [first] = answers;
  return answers.every((answer) => answer === first) ? first : undefined;
}

function medianOf<One>(
  all: readonly One[],
  valueOf: (one: One) => number | undefined,
): number | undefined {
  return median(all.flatMap((one) => valueOf(one) ?? []));
}
