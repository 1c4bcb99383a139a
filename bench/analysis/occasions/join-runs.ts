// Joins saved runs of several occasions into one verdict per endpoint. Pure: the same runs give the
// same result, to the last digit.

import { armName, armTitle, commonPath } from '../../contract/arms/arms.ts';
import { DEFAULT_PATH, type PathName } from '../../contract/arms/paths.ts';
import type { LoadPoint, SavedRun } from '../../contract/run-file.ts';
import { BenchError } from '../../contract/errors.ts';
import type { RunIdentity } from '../across/run-comparison.ts';
import type { Analysis, Verdict } from '../analysis.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { analyse } from '../analyse.ts';
import { NO_MARGIN, overScales, type ActiveScale, type Evidence } from '../compare.ts';
import { comparedPairs } from '../compared-pairs.ts';
import type { ArmComparison } from '../comparisons.ts';
import { selectMeasured, type MeasuredArm } from '../measured-trials.ts';
import type { Metric } from '../metrics/metric.ts';
import { findMetric, type ScenarioReading } from '../scenario-reading.ts';
import { verdictSentence } from '../sentences.ts';
import { mean } from '../statistics/moments.ts';
import { holm } from '../statistics/multiplicity.ts';
import type { PairedEffect } from '../statistics/paired-t.ts';
import { blocksNeeded } from '../statistics/sample-size.ts';
import { differencesOf, logarithmsOf } from '../value-pairs.ts';
import { decideVerdict } from '../verdicts.ts';
import { checkedSentence } from './checked.ts';
import { loadRole, sortByCondition, toldDifferences, type ConditionRuns } from './conditions.ts';
import type { JoinedComparison, JoinedCondition, JoinedRuns } from './joined-runs.ts';
import { effectOverOccasions, type OccasionEffect } from './random-effect.ts';
import { tellSensitivity } from './sensitivity.ts';

/**
 * With two, the interval is 12.7 standard errors to either side, and one unusual hour is half of
 * the evidence.
 */
const LEAST_OCCASIONS = 3;

/**
 * @param reading That of the scenario of all these runs. @throws BenchError USAGE for runs that
 * cannot be joined.
 */
export function joinRuns(runs: readonly SavedRun[], reading: ScenarioReading): JoinedRuns {
  const sorted = sortByCondition(runs, reading);
  const main = joinCondition(sorted.main, reading);
  if (main.comparisons.length === 0)
    throw new BenchError(
      'USAGE',
      `${runs[0]?.folder} compares no arms pair by pair, so there is nothing to join`,
    );
  const variations = sorted.variations.map((group) =>
    Object.assign({ varies: group.varies }, joinCondition(group, reading)),
  );
  const [first] = sorted.main.runs as readonly [SavedRun];
  return {
    schema: 1,
    kind: 'joined-runs',
    streamduel: first.header.streamduel,
    environment: first.header.environment,
    main,
    variations,
    sensitivity: tellSensitivity(main, variations),
    checked: checkedSentence(main, variations),
    warnings: warnOfJoin(runs),
  };
}

function warnOfJoin([first, ...others]: readonly SavedRun[]): readonly string[] {
  if (first === undefined) return [];
  const seeds = [first, ...others].map(({ header }) => header.plan.seed);
  return [
    ...others.flatMap(({ folder, header }) =>
      toldDifferences(first.header.environment, header.environment).map(
        (words) => `${first.folder} and ${folder}: ${words}`,
      ),
    ),
    ...(new Set(seeds).size === seeds.length
      ? []
      : [
          'Runs with the same seed drew the same workload and order: it is the hour alone that differs between them.',
        ]),
  ];
}

/** One comparison at every occasion, in their order. */
interface Joinable {
  readonly metric: Metric;
  readonly loadPoint: LoadPoint;
  readonly baselineArm: MeasuredArm;
  readonly otherArm: MeasuredArm;
  readonly occasions: readonly { readonly folder: string; readonly own: ArmComparison }[];
}

function joinCondition(
  { condition, runs }: ConditionRuns,
  reading: ScenarioReading,
): JoinedCondition {
  const analyses = runs.map((run) => ({ folder: run.folder, analysis: analyse(run, reading) }));
  const withheld = whyWithheld(runs);
  const gathered = gather(runs, analyses, reading).map((one) => ({ one, joint: toEvidence(one) }));
  const declared = gathered.filter(({ one }) => one.metric.endpoint !== undefined);
  const adjustedPs = holm(declared.map(({ one, joint }) => orOne(one, joint.p)));
  const adjustedTostPs = holm(declared.map(({ one, joint }) => orOne(one, joint.evidence.tostP)));
  return {
    condition,
    runs: runs.map(identify),
    comparisons: gathered.map(({ one, joint }) => {
      const place = declared.findIndex((candidate) => candidate.joint === joint);
      return toJoined(one, joint, {
        withheld,
        adjustedP: adjustedPs[place],
        adjustedTostP: adjustedTostPs[place],
      });
    }),
  };
}

/**
 * An endpoint that was declared but not measured stays in its family with p = 1: the others must
 * not gain by its loss.
 */
function orOne(one: Joinable, p: number | undefined): number {
  return reasonsOf(one, 'not-measured').length > 0 ? 1 : (p ?? 1);
}

function whyWithheld(runs: readonly SavedRun[]): string | undefined {
  if (runs.some(({ header: { plan } }) => !plan.verdicts || plan.isPilot === true))
    return 'this plan is too short to support a verdict';
  return runs.length < LEAST_OCCASIONS
    ? `${runs.length === 1 ? 'one occasion' : `${runs.length} occasions`}; a claim over occasions needs ${LEAST_OCCASIONS}`
    : undefined;
}

function identify({ folder, header }: SavedRun): RunIdentity {
  const { name, startedAt, command, streamduel, planSha256, plan } = header;
  return { folder, name, startedAt, command, streamduel, planSha256, seed: plan.seed };
}

/** The comparisons that get a verdict in each of the runs: endpoints and counted metrics. */
function gather(
  runs: readonly SavedRun[],
  analyses: readonly { readonly folder: string; readonly analysis: Analysis }[],
  reading: ScenarioReading,
): Joinable[] {
  const [first] = runs as readonly [SavedRun];
  const path = commonPath(first.header.plan.arms);
  return selectMeasured(first).flatMap(({ loadPoint, arms }) => {
    const points = analyses.map(({ folder, analysis }) => ({
      folder,
      point: analysis.loadPoints.find(
        (candidate) => loadRole(candidate.loadPoint) === loadRole(loadPoint),
      ),
    }));
    const pairs = comparedPairs(arms, reading, first.header.plan);
    return pairs.flatMap(({ baseline: baselineArm, other: otherArm }) => {
      const isOwn = ({ baselineArm: name, otherArm: other }: ArmComparison): boolean =>
        other === otherArm.name && (name ?? arms[0]?.name) === baselineArm.name;
      const compared = points[0]?.point?.comparisons.filter(isOwn) ?? [];
      return compared.flatMap(({ metric: id, endpoint }): Joinable[] => {
        const metric = asDeclared(findMetric(reading, id), endpoint);
        if (metric === undefined || otherArm.isNullArm || !isJudged(metric)) return [];
        const occasions = points.flatMap(({ folder, point }) => {
          const own = point?.comparisons.find((one) => one.metric === id && isOwn(one));
          return own === undefined
            ? []
            : [{ folder, own: { ...own, verdict: verdictWithoutPath(own.verdict, path) } }];
        });
        return [
          {
            metric,
            loadPoint,
            baselineArm: withoutPath(baselineArm, path),
            otherArm: withoutPath(otherArm, path),
            occasions,
          },
        ];
      });
    });
  });
}

/** Removes the path that all arms of a condition share: the condition states it. */
function withoutPath(measured: MeasuredArm, path: PathName): MeasuredArm {
  const arm = measured.arm.path === path ? { ...measured.arm, path: DEFAULT_PATH } : measured.arm;
  return { ...measured, arm, name: armName(arm) };
}

function verdictWithoutPath(verdict: Verdict, path: PathName): Verdict {
  return { ...verdict, favours: verdict.favours?.replace(`@${path}`, '') };
}

/** A metric that the plan did not declare at this load is not an endpoint there. */
function asDeclared(metric: Metric | undefined, endpoint: string | undefined): Metric | undefined {
  if (metric === undefined || endpoint !== undefined) return metric;
  const { endpoint: _endpoint, ...exploratory } = metric;
  return exploratory;
}

function isJudged({ endpoint, isExact, better }: Metric): boolean {
  return endpoint !== undefined || (isExact === true && better !== 'neither');
}

interface JointEvidence {
  readonly evidence: Evidence;
  /**
   * Effect on the scale on which the metric is compared; undefined with fewer than two occasions.
   */
  readonly tested: OccasionEffect | undefined;
  readonly p: number | undefined;
}

function toEvidence({ metric, baselineArm, otherArm, occasions }: Joinable): JointEvidence {
  const pairs = occasions.map(({ own }) => own.pairs).filter((own) => own.length > 0);
  const all = pairs.flat();
  const isRatio = logarithmsOf(metric, all) !== undefined && all.length > 0;
  const logarithms = isRatio
    ? effectOf(pairs.map((own) => logarithmsOf(metric, own) ?? []))
    : undefined;
  const plain = effectOf(pairs.map(differencesOf));
  const tested = logarithms ?? plain;
  const isTested = metric.isExact !== true;
  const scales = isTested ? scalesOf(metric, logarithms?.effect, plain?.effect) : [];
  return {
    tested: isTested ? tested : undefined,
    p: isTested ? tested?.effect.p : undefined,
    evidence: {
      metric,
      baselineArm,
      otherArm,
      pairs: all,
      completedBlocks: all.length,
      baseline: meanOfOccasions(
        pairs.map((own) => own.map(({ baseline }) => baseline)),
        isRatio,
      ),
      other: meanOfOccasions(
        pairs.map((own) => own.map(({ other }) => other)),
        isRatio,
      ),
      ratio: isRatio
        ? estimate(
            logarithms?.effect,
            mean(pairs.map((own) => mean(logarithmsOf(metric, own) ?? []))),
            Math.exp,
          )
        : undefined,
      difference:
        all.length === 0
          ? undefined
          : estimate(
              plain?.effect,
              mean(pairs.map((own) => mean(differencesOf(own)))),
              (value) => value,
            ),
      scales,
      signFlipP: undefined,
      tostP: overScales(scales),
      orderEffect: undefined,
      bounded: undefined,
      warnings: [],
    },
  };
}

function effectOf(occasions: readonly (readonly number[])[]): OccasionEffect | undefined {
  return occasions.length < 2 ? undefined : effectOverOccasions(occasions);
}

function scalesOf(
  { margin = NO_MARGIN }: Metric,
  ratio: PairedEffect | undefined,
  difference: PairedEffect | undefined,
): ActiveScale[] {
  return [
    ...(margin.ratio === undefined || ratio === undefined
      ? []
      : [{ kind: 'ratio' as const, effect: ratio, margin: Math.log1p(margin.ratio) }]),
    ...(margin.absolute === undefined || difference === undefined
      ? []
      : [{ kind: 'absolute' as const, effect: difference, margin: margin.absolute }]),
  ];
}

/**
 * @param centre The mean of the occasions' means: all that is known when there is no effect over
 * several.
 */
function estimate(
  effect: PairedEffect | undefined,
  centre: number,
  scale: (value: number) => number,
): Estimate {
  return {
    value: scale(centre),
    low: effect && scale(effect.interval95.low),
    high: effect && scale(effect.interval95.high),
    trials: effect?.count ?? 1,
  };
}

/** The mean of one arm: geometric when the arms are compared by their ratio. */
function meanOfOccasions(
  occasions: readonly (readonly number[])[],
  isGeometric: boolean,
): Estimate | undefined {
  if (occasions.length === 0) return undefined;
  const scaled = isGeometric ? occasions.map((values) => values.map(Math.log)) : occasions;
  return estimate(
    effectOf(scaled)?.effect,
    mean(scaled.map(mean)),
    isGeometric ? Math.exp : (value) => value,
  );
}

interface Judging {
  readonly withheld: string | undefined;
  readonly adjustedP: number | undefined;
  readonly adjustedTostP: number | undefined;
}

function toJoined(
  one: Joinable,
  { evidence, tested, p }: JointEvidence,
  { withheld, adjustedP, adjustedTostP }: Judging,
): JoinedComparison {
  const { metric, loadPoint, baselineArm, otherArm, occasions } = one;
  const decided = decideVerdict(evidence, {
    invalid: reasonsOf(one, 'invalid'),
    harnessLimited: reasonsOf(one, 'harness-limited'),
    withheld,
    fewestBlocks: 1,
    differenceP: adjustedP,
    equivalenceP: adjustedTostP,
    noiseFloor: undefined,
  });
  const missing = decided.kind === 'invalid' ? [] : reasonsOf(one, 'not-measured');
  const verdict =
    missing.length > 0
      ? because('not-measured', missing.join('; '))
      : toOccasions(demandOneSign(decided, tested, one));
  return {
    loadPoint,
    metric: metric.id,
    title: metric.title,
    unit: metric.unit,
    endpoint: metric.endpoint,
    baselineTitle: armTitle(baselineArm.arm),
    otherArm: otherArm.name,
    otherTitle: armTitle(otherArm.arm),
    occasions: occasions.map(({ folder, own }) => ({
      folder,
      blocks: own.blocks,
      ratio: own.ratio,
      difference: own.difference,
      verdict: own.verdict,
    })),
    ratio: evidence.ratio,
    difference: evidence.difference,
    margin: metric.margin ?? NO_MARGIN,
    spread: tested && {
      scale: evidence.ratio === undefined ? 'difference' : 'ratio',
      between: tested.between,
      within: tested.within,
    },
    p,
    adjustedP,
    tostP: evidence.tostP,
    adjustedTostP,
    verdict,
    occasionsNeeded: isUndecided(verdict)
      ? neededOccasions(evidence.scales, occasions.length)
      : undefined,
    sentence: verdictSentence(evidence, verdict),
  };
}

/** The runs in which the same comparison had that verdict, with the reasons. */
function reasonsOf({ occasions }: Joinable, kind: Verdict['kind']): string[] {
  return occasions.flatMap(({ folder, own: { verdict } }) =>
    verdict.kind === kind ? [`${folder}: ${verdict.reason ?? kind}`] : [],
  );
}

function isUndecided({ kind }: Verdict): boolean {
  return kind === 'inconclusive' || kind === 'not-resolvable';
}

/** A claim that one arm is better must hold at every occasion, at least in its direction. */
function demandOneSign(
  verdict: Verdict,
  tested: OccasionEffect | undefined,
  { metric, occasions }: Joinable,
): Verdict {
  if (tested === undefined || (verdict.kind !== 'better' && verdict.kind !== 'size-uncertain'))
    return verdict;
  const against = occasions.filter(({ own: { pairs } }) => {
    const values = logarithmsOf(metric, pairs) ?? differencesOf(pairs);
    return Math.sign(mean(values)) !== Math.sign(tested.effect.mean);
  });
  return against.length === 0
    ? verdict
    : because(
        'inconclusive',
        `${against.map(({ folder }) => folder).join(', ')} shows the opposite`,
      );
}

/** Rewords a verdict on blocks as one on occasions. */
function toOccasions(verdict: Verdict): Verdict {
  return isUndecided(verdict)
    ? { ...verdict, blocksNeeded: undefined, reason: undecidedReason(verdict) }
    : verdict;
}

function undecidedReason({ kind, reason }: Verdict): string | undefined {
  if (kind === 'not-resolvable') return 'the occasions differ by more than the margin allows';
  return reason?.startsWith('the effect lies close') === true
    ? 'the effect lies close to the margin'
    : reason;
}

function because(kind: Verdict['kind'], reason: string): Verdict {
  return { kind, favours: undefined, differenceDetected: false, reason, blocksNeeded: undefined };
}

/** undefined when it would not be more than there are: then the effect lies close to the margin. */
function neededOccasions(scales: readonly ActiveScale[], occasions: number): number | undefined {
  const needed = scales.flatMap(({ effect, margin }) => {
    const counts = blocksNeeded(effect.standardDeviation, margin);
    return counts === undefined ? [] : [Math.max(counts.difference, counts.equivalence)];
  });
  const fewest = Math.min(...needed);
  return needed.length > 0 && fewest > occasions ? fewest : undefined;
}
