// Reads what one run shows for one source of a claim. Nothing is judged here.

import { armName, armTitle } from '../contract/arms/arms.ts';
import { payloads } from '../contract/payload.ts';
import type { LoadPointAnalysis } from '../analysis/analysis.ts';
import type { EvidenceByScenario, EvidenceRun } from './claim-reading.ts';
import type { RunSource } from './claim.ts';
import { conditionWords } from './condition-words.ts';
import type { Finding } from './finding.ts';
import { armNames, pairedArms, type PairedArms } from './paired-arms.ts';
import { missedGate, whyUnread, whyUnsettled } from './trusted.ts';

/** Empty for a run that the source does not ask, or that may not bear on claims. */
export function readSource(
  source: RunSource,
  run: EvidenceRun,
  answers: EvidenceByScenario,
): readonly Finding[] {
  if (!isAsked(source, run)) return [];
  if (source.kind === 'question') return readQuestion(source, run, answers);
  const points = run.analysis.loadPoints.filter(({ loadPoint }) =>
    Object.entries(source.at ?? {}).every(
      ([key, value]) => loadPoint[key as keyof typeof loadPoint] === value,
    ),
  );
  const [first, second] = transportsOf(source);
  const pairs = pairedArms(run.analysis, first, second);
  const read = source.kind === 'blocks' ? readBlocks : readVerdict;
  return points.flatMap((point) =>
    pairs.flatMap((pair) => read(source.metric, { source, run, point, pair })),
  );
}

type PairSource = Exclude<RunSource, { kind: 'question' }>;

function isAsked({ scenario, tokens }: RunSource, { analysis }: EvidenceRun): boolean {
  const { plan } = analysis;
  const isBytes = payloads[plan.payload].chunk !== undefined;
  return (
    plan.scenario === scenario &&
    (tokens === undefined || (tokens === 'bytes') === isBytes) &&
    whyUnread(analysis) === undefined
  );
}

function transportsOf(source: PairSource) {
  if (source.kind === 'equal') return source.transports;
  const first = source.kind === 'blocks' ? source.higher : source.better;
  return [first, source.than] as const;
}

interface PairPlace {
  readonly source: PairSource;
  readonly run: EvidenceRun;
  readonly point: LoadPointAnalysis;
  readonly pair: PairedArms;
}

function placed(
  endpoint: string,
  { run: { folder, analysis }, point, pair }: PairPlace,
): Omit<Finding, 'test'> {
  const arms = armNames(pair);
  const { loadPoint } = point;
  return {
    condition: conditionWords(analysis.plan, loadPoint, pair.first),
    place: { kind: 'run', folder, scenario: analysis.plan.scenario, loadPoint, endpoint, arms },
    missed: missedGate(point, arms),
  };
}

/** The comparison of the two arms, whichever of them is the baseline. */
function comparedOf(
  metric: string,
  { run, point, pair }: PairPlace,
): LoadPointAnalysis['comparisons'][number] | undefined {
  const names = armNames(pair);
  return point.comparisons.find(({ metric: id, otherArm, baselineArm }) => {
    const baseline = baselineArm ?? run.analysis.baseline;
    const isOfPair = names.includes(otherArm) && names.includes(baseline);
    return id === metric && isOfPair && otherArm !== baseline;
  });
}

function readVerdict(metric: string, place: PairPlace): readonly Finding[] {
  const { source, run, pair } = place;
  const [first] = armNames(pair);
  const described = run.metrics.find(({ id }) => id === metric);
  const compared = comparedOf(metric, place);
  if (compared === undefined || described === undefined) return [];
  const [other, baseline] =
    compared.otherArm === first ? [pair.first, pair.second] : [pair.second, pair.first];
  return [
    {
      ...placed(metric, place),
      test: {
        kind: 'verdict',
        comparison: compared,
        favoured: source.kind === 'equal' ? undefined : first,
        pair: {
          baseline: armName(baseline),
          other: armName(other),
          titles: { baseline: armTitle(baseline), other: armTitle(other) },
          unit: described.unit,
          better: described.better,
        },
      },
    },
  ];
}

/** Blocks in which both arms have a value, and not the same one. */
function readBlocks(metric: string, place: PairPlace): readonly Finding[] {
  const { run, point, pair } = place;
  const unit = run.metrics.find(({ id }) => id === metric)?.unit;
  const compared = comparedOf(metric, place);
  if (unit === undefined || compared === undefined) return [];
  const { otherArm, baseline, other, pairs } = compared;
  const isHigherOther = otherArm === armNames(pair)[0];
  const signs = pairs
    .map((block) => (isHigherOther ? block.other - block.baseline : block.baseline - block.other))
    .filter((difference) => difference !== 0);
  if (signs.length === 0) return [];
  const held = signs.filter((difference) => difference > 0).length;
  const [higher, lower] = isHigherOther ? [other, baseline] : [baseline, other];
  const means = { unit, higher: higher.value, lower: lower.value };
  return [
    {
      ...placed(metric, place),
      unsettled: whyUnsettled(run.analysis, point, armNames(pair)),
      test: { kind: 'blocks', held, of: signs.length, means },
    },
  ];
}

function readQuestion(
  { scenario, question }: Extract<RunSource, { kind: 'question' }>,
  { folder, analysis }: EvidenceRun,
  answers: EvidenceByScenario,
): readonly Finding[] {
  const answer = answers[scenario]?.[question];
  if (answer === undefined) throw new Error(`scenario ${scenario} must answer ${question}`);
  return answer(analysis).flatMap(
    ({ loadPoint, condition, endpoint, arms, held, of, counted = 'trials' }): Finding[] => {
      const point = analysis.loadPoints.find((one) => one.loadPoint === loadPoint);
      if (of === 0 || point === undefined) return [];
      return [
        {
          condition,
          place: { kind: 'run', folder, scenario, loadPoint, endpoint, arms },
          missed: missedGate(point, arms),
          unsettled: whyUnsettled(analysis, point, arms),
          test: { kind: counted, held, of },
        },
      ];
    },
  );
}
