// Plans the loads that depend on earlier results: where the searches of measured blocks begin, the
// loads of the headline, the curve and the proof. Pure functions of the plan and the saved trials,
// so that an interrupted run goes on with the same loads.

import { armName, isCopy, nullArm, type Arm } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import { deriveSeed, seededDraw } from '../../contract/random.ts';
import type { Plan, SearchedTrial, TrialRecord } from '../../contract/run-file.ts';
import type { FollowUp, Supplement } from '../../plan/follow-up.ts';
import { spreadLoads } from './load-grid.ts';

type SearchingPlan = Pick<Plan, 'search' | 'seed' | 'arms' | 'burnInBlocks' | 'isPilot'>;

/**
 * Share of the burn-in block's answer, itself a little below the truth: the first expansion then
 * crosses the answer.
 */
const START_SHARE = 0.9;
const START_SEED = 0x73746172;

export function isSearch(trial: TrialRecord): trial is SearchedTrial {
  return trial.outcome === 'searched' && trial.asked?.purpose === 'search';
}

/**
 * The start is the same for all arms of a block, and drawn within one width of the grid from block
 * to block: on one grid for all, an arm that is better by less than the width would find the same
 * answer in every block. Undefined without a search in the plan.
 */
export function startOfSearch(
  plan: SearchingPlan,
  block: number,
  records: readonly TrialRecord[],
): number | undefined {
  const { search } = plan;
  if (search === undefined) return undefined;
  const found = geometricMean(burnInAnswers(records));
  if (block < plan.burnInBlocks || found === undefined) return search.firstStreams;
  const shift = seededDraw(deriveSeed(plan.seed, START_SEED, block))() - 0.5;
  return Math.min(
    search.mostStreams,
    Math.max(1, Math.round(found * START_SHARE * (1 + search.width) ** shift)),
  );
}

/**
 * method.md's headline load: half of what the weaker arm carries, so that no arm is near
 * saturation.
 */
const HEADLINE_SHARE = 0.5;

/**
 * One load for all arms and measured blocks; undefined when the burn-in block has no answer to take
 * half of.
 */
export function headlineOf(
  plan: SearchingPlan,
  block: number,
  records: readonly TrialRecord[],
): number | undefined {
  const answers = burnInAnswers(records);
  if (plan.search === undefined || block < plan.burnInBlocks || answers.length === 0)
    return undefined;
  return Math.max(1, Math.round(HEADLINE_SHARE * Math.min(...answers)));
}

function burnInAnswers(records: readonly TrialRecord[]): number[] {
  const searches = records.filter((record) => record.burnIn).filter(isSearch);
  return searches.flatMap(({ search: { lowerStreams } }) => lowerStreams ?? []);
}

/** The curve has one grid for all arms, around the knee of the arm that carries less. */
const CURVE_FROM = 0.1;
const CURVE_TO = 1.3;
/**
 * Multiple of the highest answer: a load generator that carries so much more had spare capacity.
 */
const PROOF_FACTOR = 1.5;

/**
 * Empty before any search of a measured block has an answer, and for a pilot, which shows no loads.
 */
export function supplementsOf(
  plan: SearchingPlan,
  records: readonly TrialRecord[],
): readonly Supplement[] {
  const { search, isPilot } = plan;
  if (search === undefined || isPilot === true) return [];
  const arms = plan.arms.filter((arm) => !isCopy(arm));
  const answers = arms
    .filter((arm) => !transports[arm.transport].isNullArm)
    .flatMap((arm) => answerOf(arm, records) ?? []);
  if (answers.length === 0) return [];
  const limited = (streams: number): number =>
    Math.min(search.mostStreams, Math.max(1, Math.round(streams)));
  const smaller = Math.min(...answers);
  const loads = spreadLoads({
    lowest: limited(CURVE_FROM * smaller),
    highest: limited(CURVE_TO * smaller),
    count: search.curveLoads,
  });
  return [
    ...arms.map((arm): Supplement => ({ purpose: 'curve', arm, streams: loads })),
    { purpose: 'proof', arm: nullArm, streams: [limited(PROOF_FACTOR * Math.max(...answers))] },
  ];
}

/** The number of supplements once every search has ended. */
export function countSupplements({ search, isPilot, arms }: SearchingPlan): number {
  return search === undefined || isPilot === true
    ? 0
    : arms.filter((arm) => !isCopy(arm)).length + 1;
}

/** Geometric mean over measured blocks; an "at least" counts as its bound. */
function answerOf(arm: Arm, records: readonly TrialRecord[]): number | undefined {
  const own = records
    .filter((record) => !record.burnIn && armName(record.arm) === armName(arm))
    .filter(isSearch);
  return geometricMean(own.flatMap(({ search: { lowerStreams } }) => lowerStreams ?? []));
}

function geometricMean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

export const followUp: FollowUp = {
  order: (plan, block, records) => {
    const startStreams = startOfSearch(plan, block, records);
    if (startStreams === undefined) return undefined;
    const headlineStreams = headlineOf(plan, block, records);
    return {
      purpose: 'search',
      startStreams,
      ...(headlineStreams !== undefined && { headlineStreams }),
    };
  },
  supplements: supplementsOf,
  countSupplements,
};
