// Gathers the arms that two or more saved runs have in common, with the evidence on each metric:
// the input of one comparison, before anything is corrected for the number of tests.

import { loadPointKey } from '../../contract/load-point.ts';
import type { LoadPoint, SavedRun } from '../../contract/run-file.ts';
import { amount } from '../amounts.ts';
import { summariseGates } from '../gates-summary.ts';
import { selectMeasured, type MeasuredArm } from '../measured-trials.ts';
import { isMeasured, metricsAt, type ScenarioReading } from '../scenario-reading.ts';
import { isUnderComparison } from '../thresholds.ts';
import { gatherChange, type ArmOfTwoRuns, type ChangeEvidence } from './change-evidence.ts';
import { refuseUnlike } from './comparability.ts';

/** One arm at one load point that both runs planned. */
export interface GatheredArm {
  readonly old: SavedRun;
  readonly new: SavedRun;
  readonly measured: ArmOfTwoRuns & { readonly loadPoint: LoadPoint };
  readonly isContender: boolean;
  readonly invalid: readonly string[];
  readonly harnessLimited: readonly string[];
  readonly evidence: readonly ChangeEvidence[];
}

export interface GatheredRuns {
  readonly reading: ScenarioReading;
  readonly old: SavedRun;
  readonly arms: readonly GatheredArm[];
}

/**
 * @param reading That of the scenario of all these runs. @throws BenchError USAGE for runs that
 * cannot be compared.
 */
export function gatherRuns(
  old: SavedRun,
  others: readonly SavedRun[],
  reading: ScenarioReading,
): GatheredRuns {
  for (const other of others) refuseUnlike(old, other);
  return { reading, old, arms: others.flatMap((other) => gatherArms(old, other, reading)) };
}

/** The arms that both runs planned, in the order of the old one. */
function gatherArms(old: SavedRun, recent: SavedRun, reading: ScenarioReading): GatheredArm[] {
  const others = selectMeasured(recent);
  return selectMeasured(old).flatMap(({ loadPoint, arms }) =>
    arms.flatMap((arm) => {
      const twin = others
        .find((other) => loadPointKey(other.loadPoint) === loadPointKey(loadPoint))
        ?.arms.find((candidate) => candidate.name === arm.name);
      return twin === undefined
        ? []
        : [gatherArm({ old, new: recent, measured: { old: arm, new: twin, loadPoint } }, reading)];
    }),
  );
}

function gatherArm(
  { old, new: recent, measured }: Pick<GatheredArm, 'old' | 'new' | 'measured'>,
  reading: ScenarioReading,
): GatheredArm {
  return {
    old,
    new: recent,
    measured,
    isContender: isUnderComparison(measured.old.arm),
    invalid: failedGates(measured, 'correctness'),
    harnessLimited: failedGates(measured, 'harness'),
    evidence: metricsAt(reading, { loadPoint: measured.loadPoint, arms: [measured.old.arm] })
      .filter((metric) => [old, recent].every(({ header }) => isMeasured(metric, header.plan)))
      .map((metric) => gatherChange(metric, measured)),
  };
}

function failedGates(
  { old, new: recent }: ArmOfTwoRuns,
  kind: 'correctness' | 'harness',
): readonly string[] {
  const failed = (side: string, arm: MeasuredArm): string[] =>
    // No baseline: how late a server was in one arm against another arm of its run is not compared
    // here.
    summariseGates([arm], undefined)
      .filter((gate) => gate.kind === kind && gate.state === 'failed')
      .map(({ id, title, missed, trials, worst, limit, unit }) => {
        const extremes =
          worst === undefined ? '' : `, worst ${amount(worst, unit)}, limit ${amount(limit, unit)}`;
        return `${side} run: ${id} ${title}, missed in ${missed} of ${trials} trials${extremes}`;
      });
  return [...failed('old', old), ...failed('new', recent)];
}
