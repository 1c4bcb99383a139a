// Reads what one run shows for one source of a claim. Nothing is judged here.

import { armName, armTitle } from '../contract/arms/arms.ts';
import { payloads } from '../contract/payload.ts';
import type { LoadPointAnalysis } from '../analysis/analysis.ts';
import { estimateMean } from '../analysis/statistics/estimate.ts';
import type { EvidenceByScenario, EvidenceRun } from './claim-reading.ts';
import type { Source } from './claim.ts';
import { conditionWords } from './condition-words.ts';
import type { Finding } from './finding.ts';
import { armNames, pairedArms, type PairedArms } from './paired-arms.ts';
import { missedGate, whyUnread, whyUnsettled } from './trusted.ts';

/** Empty for a run that the source does not ask, or that may not bear on claims. */
export function readSource(
  source: Source,
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

type PairSource = Exclude<Source, { kind: 'question' }>;

function isAsked({ scenario, tokens }: Source, { analysis }: EvidenceRun): boolean {
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
    place: { folder, scenario: analysis.plan.scenario, loadPoint, endpoint, arms },
    missed: missedGate(point, arms),
  };
}

function readVerdict(metric: string, place: PairPlace): readonly Finding[] {
  const { source, run, point, pair } = place;
  const names = armNames(pair);
  const described = run.metrics.find(({ id }) => id === metric);
  const compared = point.comparisons.find(
    (one) =>
      one.metric === metric &&
      names.includes(one.otherArm) &&
      names.includes(one.baselineArm ?? run.analysis.baseline) &&
      one.otherArm !== (one.baselineArm ?? run.analysis.baseline),
  );
  if (compared === undefined || described === undefined) return [];
  const isFirstOther = compared.otherArm === names[0];
  const [other, baseline] = isFirstOther ? [pair.first, pair.second] : [pair.second, pair.first];
  return [
    {
      ...placed(metric, place),
      test: {
        kind: 'verdict',
        comparison: compared,
        favoured: source.kind === 'equal' ? undefined : names[0],
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

function readBlocks(metric: string, place: PairPlace): readonly Finding[] {
  const { run, point, pair } = place;
  const unit = run.metrics.find(({ id }) => id === metric)?.unit;
  const [higher, lower] = armNames(pair).map((name) => valuesOf(point, metric, name));
  // An arm is measured once a block, in run order: as many values are as many blocks.
  if (unit === undefined || higher === undefined || lower?.length !== higher.length) return [];
  const blocks = higher.flatMap((value, index) => {
    const other = lower[index];
    return value === undefined || other === undefined || value === other ? [] : [value > other];
  });
  if (blocks.length === 0) return [];
  const held = blocks.filter(Boolean).length;
  const means = { unit, higher: meanOf(higher), lower: meanOf(lower) };
  return [
    {
      ...placed(metric, place),
      unsettled: whyUnsettled(run.analysis, point, armNames(pair)),
      test: { kind: 'blocks', held, of: blocks.length, means },
    },
  ];
}

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  return estimateMean(
    values.filter((value) => value !== undefined),
    'difference',
  )?.value;
}

/** Undefined where a trial of the arm failed: its values are then not those of all blocks. */
function valuesOf(
  { summaries, arms }: LoadPointAnalysis,
  metric: string,
  name: string,
): readonly (number | undefined)[] | undefined {
  const failed = arms.find((arm) => arm.name === name)?.failed ?? 0;
  return failed > 0
    ? undefined
    : summaries.find((one) => one.metric === metric && one.arm === name)?.values;
}

function readQuestion(
  { scenario, question }: Extract<Source, { kind: 'question' }>,
  { folder, analysis }: EvidenceRun,
  answers: EvidenceByScenario,
): readonly Finding[] {
  const answer = answers[scenario]?.[question];
  if (answer === undefined) throw new Error(`scenario ${scenario} must answer ${question}`);
  return answer(analysis).flatMap(
    ({ loadPoint, condition, endpoint, arms, held, of }): Finding[] => {
      const point = analysis.loadPoints.find((one) => one.loadPoint === loadPoint);
      if (of === 0 || point === undefined) return [];
      return [
        {
          condition,
          place: { folder, scenario, loadPoint, endpoint, arms },
          missed: missedGate(point, arms),
          unsettled: whyUnsettled(analysis, point, arms),
          test: { kind: 'trials', held, of },
        },
      ];
    },
  );
}
