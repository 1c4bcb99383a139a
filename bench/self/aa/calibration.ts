// Judges the harness by many A/A runs: between two equal arms every claim of a difference is false,
// p-values are uniformly distributed, and with an effect on the margin put in, every claim of
// equivalence is false.

import type { NoiseFloor } from '../../analysis/measured-trials.ts';
import { percent } from '../../analysis/amounts.ts';
import { isCopyOf } from '../../analysis/equal-arms.ts';
import { selectMeasured } from '../../analysis/measured-trials.ts';
import type { Metric } from '../../analysis/metrics/metric.ts';
import { endpointsAt } from '../../analysis/scenario-reading.ts';
import {
  fewestTooMany,
  judgeUniformity,
  type Uniformity,
} from '../../analysis/statistics/uniformity.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { LoadPoint, SavedRun } from '../../contract/run-file.ts';
import { analyseRun, readings } from '../../scenarios/readings.ts';
import { countFalseEquivalences, type FalseEquivalences } from './false-equivalence.ts';

/** As a share of all endpoints of all runs. */
export const MOST_CLAIMS = 0.05;

/** One endpoint at one load, over all runs. */
export interface CalibratedEndpoint {
  readonly loadPoint: LoadPoint;
  readonly metric: Metric;
  /** Noise floors of the runs in which it was measured. */
  readonly floors: readonly NoiseFloor[];
  readonly claims: number;
  readonly uniformity: Uniformity;
  readonly falseEquivalences: FalseEquivalences;
}

export interface Calibration {
  readonly runs: number;
  readonly endpoints: readonly CalibratedEndpoint[];
  readonly claims: number;
  readonly measured: number;
  /** Number of measurements if every endpoint had been measured in every run. */
  readonly planned: number;
  /** Blocks measured again because the machine disturbed them. */
  readonly repeats: number;
  /** Evidence against the harness, as sentences; empty if there is none. */
  readonly faults: readonly string[];
}

/** @param runs A/A runs of one plan, over any transports. */
export function calibrate(runs: readonly SavedRun[]): Calibration {
  const analyses = runs.map((run) => ({ analysis: analyseRun(run), points: selectMeasured(run) }));
  const loadPoints = runs[0]?.header.plan.loadPoints ?? [];
  const endpoints = loadPoints.flatMap((loadPoint, index) => {
    const [baseline] = analyses[0]?.points[index]?.arms ?? [];
    if (baseline === undefined) return [];
    return endpointsAt(readings.stream, { loadPoint, arms: [baseline.arm] }).map(
      (metric): CalibratedEndpoint => {
        const floors = analyses.flatMap(({ analysis }) =>
          (analysis.loadPoints[index]?.noiseFloors ?? []).filter(
            (floor) => floor.metric === metric.id && floor.adjustedP !== undefined,
          ),
        );
        return {
          loadPoint,
          metric,
          floors,
          claims: floors.filter(({ claims }) => claims).length,
          uniformity: judgeUniformity(floors.flatMap(({ signFlipP }) => signFlipP ?? [])),
          falseEquivalences: sum(
            analyses.flatMap(({ points }) =>
              falseEquivalencesAt(points[index]?.arms ?? [], metric),
            ),
          ),
        };
      },
    );
  });
  const claims = endpoints.reduce((total, one) => total + one.claims, 0);
  const measured = endpoints.reduce((total, one) => total + one.floors.length, 0);
  const planned = runs.length * endpoints.length;
  return {
    runs: runs.length,
    endpoints,
    claims,
    measured,
    planned,
    repeats: analyses.reduce((total, { analysis }) => total + analysis.repeats.length, 0),
    faults: [
      ...(runs.length === 0 ? ['there is no run'] : []),
      ...(measured < planned
        ? [
            `${planned - measured} of ${planned} endpoints were not measured, which is no sign of quiet`,
          ]
        : []),
      ...(claims > MOST_CLAIMS * planned
        ? [`${claims} of ${planned} endpoints claim a difference between equal arms`]
        : []),
      ...endpoints.flatMap(faultsOf),
    ],
  };
}

function falseEquivalencesAt(
  arms: ReturnType<typeof selectMeasured>[number]['arms'],
  metric: Metric,
): FalseEquivalences[] {
  const [baseline, ...others] = arms;
  const copy = baseline && others.find((other) => isCopyOf(baseline.arm, other.arm));
  return baseline === undefined || copy === undefined
    ? []
    : [countFalseEquivalences(metric, { baseline, copy })];
}

function sum(counts: readonly FalseEquivalences[]): FalseEquivalences {
  return counts.reduce(
    (total, { called, of }) => ({ called: total.called + called, of: total.of + of }),
    { called: 0, of: 0 },
  );
}

/** Each test raises a false alarm on a sound harness once in a hundred calibrations. */
function faultsOf({
  loadPoint,
  metric,
  uniformity,
  falseEquivalences: { called, of },
}: CalibratedEndpoint): string[] {
  const subject = `${metric.title} at ${loadPointTitle(loadPoint)}`;
  const { significant, count, tooManyFrom, hasTooMany, isDoubtful, uniformityP = 1 } = uniformity;
  return [
    ...(hasTooMany
      ? [
          `${subject}: ${significant} of ${count} p-values are below 0.05; chance brings ${tooManyFrom} or more once in 100`,
        ]
      : []),
    ...(isDoubtful
      ? [`${subject}: p-values are not spread evenly (KS p = ${uniformityP.toPrecision(2)})`]
      : []),
    ...(of > 0 && called >= fewestTooMany(of)
      ? [
          `${subject}: an effect on the margin is called equivalent in ${called} of ${of} (${percent(called / of)}, at most 5 %)`,
        ]
      : []),
  ];
}
