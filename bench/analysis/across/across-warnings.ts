// Warns about a comparison of two runs: different conditions, parts that only one run has, and
// controls that moved though no transport can move them.

import { armName } from '../../contract/arms/arms.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { SavedRun, Warning } from '../../contract/run-file.ts';
import { ratioText } from '../amounts.ts';
import { selectMeasured } from '../measured-trials.ts';
import { warnOfRun } from '../run-warnings.ts';
import type { ScenarioReading } from '../scenario-reading.ts';
import { differencesOf, differencesOfConditions } from './differences.ts';
import { factText } from './fact-text.ts';
import type { ArmChanges, Change } from './run-comparison.ts';

export interface ComparedPair {
  readonly old: SavedRun;
  readonly new: SavedRun;
}

/** All warnings, the most severe first. */
export function warnOfComparison(
  pair: ComparedPair,
  arms: readonly ArmChanges[],
  reading: ScenarioReading,
): readonly Warning[] {
  return [
    ...warnOfSameRun(pair),
    ...warnOfArms(pair),
    ...warnOfLoadPoints(pair),
    ...warnOfConditions(pair),
    ...warnOfSeed(pair),
    ...warnOfControls(arms),
    ...warnOfSide('old', pair.old, reading),
    ...warnOfSide('new', pair.new, reading),
  ];
}

function warnOfSameRun({ old, new: recent }: ComparedPair): Warning[] {
  const isSame =
    old.header.startedAt === recent.header.startedAt &&
    old.header.planSha256 === recent.header.planSha256;
  return isSame
    ? [
        {
          code: 'same-run',
          message: 'both are one run: a comparison of a run with itself shows nothing',
        },
      ]
    : [];
}

function warnOfArms({ old, new: recent }: ComparedPair): Warning[] {
  const [before, after] = [old.header.plan.arms, recent.header.plan.arms];
  const changed = before.flatMap((arm): Warning[] => {
    const twin = after.find((candidate) => armName(candidate) === armName(arm));
    const differences = twin === undefined ? [] : differencesOf(arm, twin);
    const words = differences.map(
      ({ field, title, ...sides }) =>
        `${title} ${factText(field, sides.old)} and ${factText(field, sides.new)}`,
    );
    return words.length === 0
      ? []
      : [
          {
            code: 'arm',
            message: `${armName(arm)} is not the same arm in both runs: ${words.join(', ')}`,
          },
        ];
  });
  return [...changed, ...warnOfParts('arms', before.map(armName), after.map(armName))];
}

function warnOfLoadPoints({ old, new: recent }: ComparedPair): Warning[] {
  return warnOfParts('load-points', loadPointNames(old), loadPointNames(recent));
}

function loadPointNames({ header }: SavedRun): string[] {
  return header.plan.loadPoints.map(loadPointTitle);
}

/**
 * Arms that were interleaved with others, and load points that had other neighbours, were not
 * measured under the same conditions.
 */
function warnOfParts(code: string, old: readonly string[], recent: readonly string[]): Warning[] {
  const only = (side: string, own: readonly string[], other: readonly string[]): Warning[] => {
    const missing = own.filter((name) => !other.includes(name));
    return missing.length === 0
      ? []
      : [{ code, message: `only the ${side} run has ${missing.join(', ')}: left out` }];
  };
  return [...only('old', old, recent), ...only('new', recent, old)];
}

function warnOfConditions({ old, new: recent }: ComparedPair): Warning[] {
  return differencesOfConditions(old.header.plan, recent.header.plan).map(
    ({ field, title, ...sides }) => ({
      code: 'conditions',
      message: `${title} differs: ${factText(field, sides.old)} in the old run, ${factText(field, sides.new)} in the new one`,
    }),
  );
}

function warnOfSeed({ old, new: recent }: ComparedPair): Warning[] {
  const [before, after] = [old.header.plan.seed, recent.header.plan.seed];
  if (before === after) return [];
  return [
    {
      code: 'seed',
      message: `the seeds differ (${before}, ${after}): both runs drew other streams of the same workload, so counted bytes differ a little too`,
    },
  ];
}

/** A smaller movement is not worth a warning, even if it is shown. */
const NEGLIGIBLE_RATIO = 1.05;

/**
 * The kernel connects before any transport begins, and the null arm has none: a movement there
 * comes from the machine or the hour.
 */
function warnOfControls(arms: readonly ArmChanges[]): Warning[] {
  return arms.flatMap(({ arm, title, isContender, loadPoint, changes }) => {
    const control = isContender ? 'connect.p50' : 'delivery.p50';
    const moved = movement(changes.find(({ metric }) => metric === control));
    if (moved === undefined) return [];
    const what = isContender ? `TCP connect of ${arm}` : `delivery p50 of ${title}`;
    return [
      {
        code: 'control',
        message: `${what} at ${loadPointTitle(loadPoint)}, which no transport can move, moved by a factor of ${moved}: so did the machine or the hour`,
      },
    ];
  });
}

function movement(change: Change | undefined): string | undefined {
  const ratio = change?.ratio;
  if (ratio?.low === undefined || ratio.high === undefined || (ratio.low <= 1 && ratio.high >= 1))
    return undefined;
  if (Math.max(ratio.value, 1 / ratio.value) < NEGLIGIBLE_RATIO) return undefined;
  return `${ratioText(ratio.value)} (95 % interval ${ratioText(ratio.low)} to ${ratioText(ratio.high)})`;
}

/**
 * Warnings that belong in the report of the run itself and do not matter in a comparison with
 * another run.
 */
const OF_ONE_RUN_ONLY: ReadonlySet<string> = new Set(['burn-in', 'no-floor', 'at-floor']);

function warnOfSide(side: 'old' | 'new', run: SavedRun, reading: ScenarioReading): Warning[] {
  return warnOfRun(run, selectMeasured(run), { reading })
    .filter(({ code }) => !OF_ONE_RUN_ONLY.has(code))
    .map(({ code, message }) => ({ code, message: `${side} run: ${message}` }));
}
