// Converts a saved run of searches into the parts of its report besides the metrics.

import { armName, isCopy } from '../../contract/arms/arms.ts';
import type { SavedRun, SearchedTrial } from '../../contract/run-file.ts';
import { constraints, searchEnds, type SearchEnd } from '../../contract/search.ts';
import type { MeasuredArm, MeasuredLoadPoint } from '../../analysis/measured-trials.ts';
import { estimateMean } from '../../analysis/statistics/estimate.ts';
import { mean } from '../../analysis/statistics/moments.ts';
import type {
  ArmCapacity,
  CapacityAnalysis,
  CapacityCurve,
  ClientProof,
  SearchPath,
} from './findings.ts';
import { stepsBeyond } from './carried-steps.ts';
import { heededSteps } from './disturbed-steps.ts';
import { isSearch } from './follow-up.ts';

/** @param loadPoints The trials that are compared. */
export function analyseCapacity(
  { header: { plan }, trials }: SavedRun,
  loadPoints: readonly MeasuredLoadPoint[],
): CapacityAnalysis {
  const searched = trials.filter((trial): trial is SearchedTrial => trial.outcome === 'searched');
  const arms = loadPoints.flatMap((point) => point.arms);
  const contenders = arms.filter(({ isNullArm }) => !isNullArm);
  return {
    arms: arms.map(describeArm),
    paths: searched.filter(isSearch).map(describePath),
    curves: plan.arms
      .filter((arm) => !isCopy(arm))
      .flatMap((arm) => curveOf(searched, armName(arm))),
    proof: proofOf(
      searched,
      contenders.map(describeArm).flatMap(({ lowerStreams }) => lowerStreams ?? []),
    ),
  };
}

function describeArm({ name, completed }: MeasuredArm): ArmCapacity {
  const searches = completed.filter(isSearch);
  const beyond = searches.flatMap((trial) =>
    stepsBeyond(trial).flatMap(({ measured }) => measured ?? []),
  );
  const answers = searches.flatMap(({ search }) => search.lowerStreams ?? []);
  return {
    arm: name,
    searches: searches.length,
    ends: countEach(
      searchEnds,
      (end) => searches.filter(({ search }) => endOf(search) === end).length,
    ),
    failedBy: countEach(
      constraints,
      (one) => searches.filter(({ search }) => search.failedBy.includes(one)).length,
    ),
    beyond:
      beyond.length === 0
        ? undefined
        : {
            serverUtilisation: mean(beyond.map(({ serverUtilisation }) => serverUtilisation)),
            clientUtilisation: mean(beyond.map(({ clientUtilisation }) => clientUtilisation)),
          },
    lowerStreams: estimateMean(answers, 'ratio')?.value,
  };
}

function countEach<Name extends string>(
  names: readonly Name[],
  count: (name: Name) => number,
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, count(name)])) as Record<Name, number>;
}

function endOf({ end = 'steps' }: SearchedTrial['search']): SearchEnd {
  return end;
}

function describePath({ trial, block, burnIn, attempt, arm, search }: SearchedTrial): SearchPath {
  const heeded = new Set(heededSteps(search.steps));
  return {
    trial,
    block,
    isBurnIn: burnIn,
    isRepeat: attempt !== undefined,
    arm: armName(arm),
    steps: search.steps.map((step) => ({
      streams: step.streams,
      failed: [...new Set(step.failed)],
      isDisturbed: !heeded.has(step),
    })),
    end: endOf(search),
    lowerStreams: search.lowerStreams,
    upperStreams: search.upperStreams,
  };
}

function curveOf(searched: readonly SearchedTrial[], arm: string): CapacityCurve[] {
  const trial = searched.find((one) => one.asked?.purpose === 'curve' && armName(one.arm) === arm);
  return trial === undefined
    ? []
    : [{ arm, steps: trial.search.steps.toSorted((a, b) => a.streams - b.streams) }];
}

function proofOf(
  searched: readonly SearchedTrial[],
  answers: readonly number[],
): ClientProof | undefined {
  const step = searched.find(({ asked }) => asked?.purpose === 'proof')?.search.steps[0];
  if (step === undefined || answers.length === 0) return undefined;
  return {
    step,
    timesBest: step.streams / Math.max(...answers),
    isPassed: step.measured !== undefined && step.missedGates.length === 0,
  };
}
