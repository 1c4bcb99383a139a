// Attributes the time of a turn to its factors, over each network: a factorial design within blocks,
// on a logarithmic scale for shares and on the plain one for times.

import {
  watchedArms,
  type JudgedLoadPoint,
  type MeasuredArm,
} from '../../analysis/measured-trials.ts';
import { estimateMean, type Estimate } from '../../analysis/statistics/estimate.ts';
import { median } from '../../analysis/statistics/moments.ts';
import type { Plan, TurnsTrial } from '../../contract/run-file.ts';
import type { TurnConditions } from '../../contract/turn-conditions.ts';
import { judgeEffect } from './effect-verdict.ts';
import {
  estimateEffect,
  factorialEffects,
  type FactorialEffect,
  type Level,
  type Observation,
  type SimultaneousEffect,
} from './factorial.ts';
import type {
  CellByTurn,
  Network,
  NetworkEffects,
  RoundTrips,
  SimpleEffect,
  Step,
  TurnEffect,
  TurnFactor,
  TurnsFindings,
} from './findings.ts';
import { CONVERSATION, TURN, turnsMetrics } from './metrics.ts';

/** A load point of this scenario over one arm. */
interface Cell {
  readonly conditions: TurnConditions;
  readonly arm: MeasuredArm;
  readonly doubts: readonly string[];
}

const FACTORS: readonly TurnFactor[] = ['connection', 'context', 'transport'];

export function analyseTurns(
  { arms, verdicts }: Pick<Plan, 'arms' | 'verdicts'>,
  points: readonly JudgedLoadPoint[],
): TurnsFindings['turns'] {
  const networks = networksOf(points);
  const [baseline, ...rest] = points[0]?.arms ?? [];
  if (baseline === undefined || arms.length === 0)
    return { networks: [], roundTrips: [], cells: [] };
  const watched = watchedArms([baseline, ...rest]).map(({ name }) => name);
  const others = watched.length === 0 ? [undefined] : watched;
  // The questions are declared, over every network and of every other arm: one family.
  const designs = others.flatMap((other) =>
    networks.map((network) => designOf(points, { network, baseline: baseline.name, other })),
  );
  const family = designs.reduce((sum, design) => sum + questionsOf(design).length, 0);
  return {
    networks: designs.map((design) => describe(design, { family, verdicts })),
    roundTrips: others.flatMap((other) =>
      roundTripsOf(designs.filter((design) => design.other === other)),
    ),
    cells: points.flatMap(({ loadPoint: { turns }, arms: own }) =>
      turns === undefined ? [] : own.map((arm) => byTurn(turns, arm)),
    ),
  };
}

const networkKey = ({ roundTripNs, uplinkBytesPerSecond }: Network): string =>
  `${roundTripNs} ${uplinkBytesPerSecond ?? 'unlimited'}`;

function networksOf(points: readonly JudgedLoadPoint[]): readonly Network[] {
  const networks = new Map<string, Network>();
  for (const { loadPoint } of points) {
    if (loadPoint.turns === undefined) continue;
    const { roundTripNs, uplinkBytesPerSecond } = loadPoint.turns;
    const network = {
      roundTripNs,
      ...(uplinkBytesPerSecond !== undefined && { uplinkBytesPerSecond }),
    };
    networks.set(networkKey(network), network);
  }
  return [...networks.values()];
}

interface DesignNames {
  readonly network: Network;
  readonly baseline: string;
  readonly other: string | undefined;
}

interface Design extends DesignNames {
  readonly factors: readonly TurnFactor[];
  readonly cells: readonly Cell[];
}

function designOf(points: readonly JudgedLoadPoint[], names: DesignNames): Design {
  const { network, baseline, other } = names;
  const cells = points.flatMap(({ loadPoint: { turns }, arms, invalid, harnessLimited }) =>
    turns === undefined || networkKey(turns) !== networkKey(network)
      ? []
      : arms
          .filter(({ name }) => name === baseline || name === other)
          .map((arm): Cell => ({
            conditions: turns,
            arm,
            doubts: [
              ...(invalid.get(arm.name) ?? []).map((why) => `INVALID: ${why}`),
              ...(harnessLimited.get(arm.name) ?? []).map((why) => `HARNESS-LIMITED: ${why}`),
            ],
          })),
  );
  return { ...names, cells, factors: FACTORS.filter((factor) => varies(factor, cells)) };
}

/** A run of one arm, or of some of the cells, has fewer factors. */
function varies(factor: TurnFactor, cells: readonly Cell[]): boolean {
  const levels = cells.map(({ conditions, arm }) =>
    factor === 'transport' ? arm.name : conditions[factor],
  );
  return new Set(levels).size > 1;
}

function levelsOf({ conditions, arm }: Cell, { factors, baseline }: Design): readonly Level[] {
  const byFactor: Record<TurnFactor, Level> = {
    connection: conditions.connection === 'kept' ? 1 : 0,
    context: conditions.context === 'increment' ? 1 : 0,
    transport: arm.name === baseline ? 0 : 1,
  };
  return factors.map((factor) => byFactor[factor]);
}

function valuesOf({ arm }: Cell, metric: string): readonly { block: number; value: number }[] {
  const { value: valueOf } = turnsMetrics.find(({ id }) => id === metric) ?? {};
  return arm.completed.flatMap((trial) => {
    const value = valueOf?.(trial);
    return value === undefined ? [] : [{ block: trial.block, value }];
  });
}

function observe(
  design: Design,
  scale: (value: number) => number = (value) => value,
): readonly Observation[] {
  return design.cells.flatMap((cell) =>
    valuesOf(cell, TURN).map(({ block, value }) => ({
      block,
      levels: levelsOf(cell, design),
      value: scale(value),
    })),
  );
}

interface Judging {
  readonly family: number;
  readonly verdicts: boolean;
}

function describe(design: Design, judging: Judging): NetworkEffects {
  const { network, baseline, other, factors, cells } = design;
  const onLogarithms = factorialEffects(factors.length, observe(design, Math.log));
  const onTimes = factorialEffects(factors.length, observe(design));
  const doubts = [...new Set(cells.flatMap((cell) => cell.doubts))];
  return {
    network,
    baselineArm: baseline,
    otherArm: other,
    blocks: onTimes[0]?.byBlock.length ?? 0,
    effects: onTimes.map((times, index) =>
      describeEffect(factors, { times, logarithms: onLogarithms[index] }),
    ),
    simple: simpleEffects(design, {
      ...judging,
      verdicts: judging.verdicts && doubts.length === 0,
    }),
    steps: stepsOf(design),
    doubts,
  };
}

function describeEffect(
  factors: readonly TurnFactor[],
  { times, logarithms }: { times: FactorialEffect; logarithms: FactorialEffect | undefined },
): TurnEffect {
  const difference = estimateEffect(times.byBlock, 1);
  const ratio = logarithms && estimateEffect(logarithms.byBlock, 1);
  return {
    factors: times.factors.map((factor) => factors[factor] as TurnFactor),
    difference: difference && asEstimate(difference),
    ratio: ratio && asEstimate(ratio, Math.exp),
  };
}

function asEstimate(
  { mean, interval95, count }: SimultaneousEffect,
  scale: (value: number) => number = (value) => value,
): Estimate {
  return {
    value: scale(mean),
    low: scale(interval95.low),
    high: scale(interval95.high),
    trials: count,
  };
}

type Given = SimpleEffect['given'];

/** The questions that a reader has: what one factor does where another is decided. */
const QUESTIONS: readonly { readonly factor: TurnFactor; readonly given: Given }[] = [
  { factor: 'connection', given: { factor: 'transport', level: 0 } },
  { factor: 'connection', given: { factor: 'transport', level: 1 } },
  { factor: 'context', given: { factor: 'connection', level: 1 } },
  { factor: 'transport', given: { factor: 'connection', level: 0 } },
  { factor: 'transport', given: { factor: 'connection', level: 1 } },
];

function questionsOf({ factors }: Design): typeof QUESTIONS {
  return QUESTIONS.filter(
    ({ factor, given }) =>
      factors.includes(factor) && (factors.includes(given.factor) || !isGivenTwice(factor, given)),
  );
}

/** Where the other factor was not varied, its questions of two levels are one. */
const isGivenTwice = (factor: TurnFactor, given: Given): boolean =>
  given.level === 1 &&
  QUESTIONS.some(
    (one) => one.factor === factor && one.given.factor === given.factor && one.given.level === 0,
  );

/** One effect a block, by block. */
function simpleByBlock(
  design: Design,
  { factor, given }: (typeof QUESTIONS)[number],
  scale?: (value: number) => number,
): ReadonlyMap<number, number> {
  const { factors } = design;
  const fixed = factors.indexOf(given.factor);
  const own = factors.indexOf(factor);
  const observations = observe(design, scale).filter(
    ({ levels }) => fixed === -1 || levels[fixed] === given.level,
  );
  const combinations = 2 ** (factors.length - (fixed === -1 ? 0 : 1));
  const blocks = Map.groupBy(observations, ({ block }) => block);
  return new Map(
    [...blocks]
      .filter(([, cells]) => cells.length === combinations)
      .map(([block, cells]) => [
        block,
        cells.reduce(
          (sum, { levels, value }) =>
            sum + (levels[own] === 1 ? value : -value) * (2 / combinations),
          0,
        ),
      ]),
  );
}

function simpleEffects(design: Design, { family, verdicts }: Judging): readonly SimpleEffect[] {
  return questionsOf(design).map(({ factor, given }) => {
    const estimate = (scale?: (value: number) => number): SimultaneousEffect | undefined =>
      estimateEffect([...simpleByBlock(design, { factor, given }, scale).values()], family);
    const [difference, ratio] = [estimate(), estimate(Math.log)];
    return {
      factor,
      given,
      difference: difference && asEstimate(difference),
      ratio: ratio && asEstimate(ratio, Math.exp),
      verdict:
        verdicts && ratio !== undefined && difference !== undefined
          ? judgeEffect({ ratio, difference })
          : undefined,
    };
  });
}

/** Compares the shortest round trip with the longest, over each uplink. */
function roundTripsOf(designs: readonly Design[]): readonly RoundTrips[] {
  const byUplink = Map.groupBy(designs, ({ network }) => network.uplinkBytesPerSecond);
  return [...byUplink].flatMap(([uplinkBytesPerSecond, own]) => {
    const sorted = own.toSorted((a, b) => a.network.roundTripNs - b.network.roundTripNs);
    const [short, long] = [sorted[0], sorted.at(-1)];
    if (short === undefined || long === undefined || short === long) return [];
    const [fromNs, toNs] = [short.network.roundTripNs, long.network.roundTripNs];
    return questionsOf(short).map((question): RoundTrips => {
      const before = simpleByBlock(short, question);
      const saved = [...simpleByBlock(long, question)].flatMap(([block, ns]) => {
        const base = before.get(block);
        return base === undefined ? [] : [(base - ns) / (toNs - fromNs)];
      });
      return {
        factor: question.factor,
        given: question.given,
        otherArm: short.other,
        uplinkBytesPerSecond,
        fromNs,
        toNs,
        saved: estimateMean(saved, 'difference'),
      };
    });
  });
}

type StepPlace = Pick<Step, 'connection' | 'context' | 'arm' | 'factor'>;

function stepsOf(design: Design): readonly Step[] {
  const { baseline, other } = design;
  const places: readonly StepPlace[] = [
    { connection: 'new', context: 'resent', arm: baseline, factor: undefined },
    { connection: 'kept', context: 'resent', arm: baseline, factor: 'connection' },
    { connection: 'kept', context: 'increment', arm: baseline, factor: 'context' },
    ...(other === undefined
      ? []
      : [{ connection: 'kept', context: 'increment', arm: other, factor: 'transport' } as const]),
  ];
  const totals = places.map((place) => totalsAt(design, place));
  return places.map(({ connection, context, arm, factor }, index) => ({
    connection,
    context,
    arm,
    factor,
    total: estimateMean([...(totals[index]?.values() ?? [])], 'ratio'),
    ratio: ratioOf(totals[index - 1], totals[index]),
    ratioOfAll: index === 0 ? undefined : ratioOf(totals[0], totals[index]),
    ratioOfKept: index < 2 ? undefined : ratioOf(totals[1], totals[index]),
  }));
}

type Totals = ReadonlyMap<number, number>;

function totalsAt({ cells }: Design, { connection, context, arm }: StepPlace): Totals {
  const cell = cells.find(
    ({ conditions, arm: own }) =>
      own.name === arm && conditions.connection === connection && conditions.context === context,
  );
  return new Map(
    cell && valuesOf(cell, CONVERSATION).map(({ block, value }) => [block, value] as const),
  );
}

function ratioOf(before: Totals | undefined, after: Totals | undefined): Estimate | undefined {
  if (before === undefined || after === undefined) return undefined;
  const ratios = [...after].flatMap(([block, ns]) => {
    const base = before.get(block);
    return base === undefined ? [] : [ns / base];
  });
  return estimateMean(ratios, 'ratio');
}

function byTurn(conditions: TurnConditions, { name, completed }: MeasuredArm): CellByTurn {
  const trials = completed.filter((trial): trial is TurnsTrial => trial.outcome === 'turns');
  const turns = Math.max(0, ...trials.map((trial) => trial.turns.client.turns.length));
  const medianOf = (
    turn: number,
    valueOf: (one: TurnsTrial['turns']['client']['turns'][number]) => number | undefined,
  ): number | undefined =>
    median(
      trials.flatMap((trial) => {
        const own = trial.turns.client.turns[turn];
        return (own === undefined ? undefined : valueOf(own)) ?? [];
      }),
    );
  return {
    conditions,
    arm: name,
    turns: Array.from({ length: turns }, (_, turn) => ({
      turn: turn + 1,
      firstTokenNs: medianOf(turn, (one) =>
        one.firstTokenNs === undefined ? undefined : one.firstTokenNs - one.startNs,
      ),
      lastTokenNs: medianOf(turn, (one) =>
        one.lastTokenNs === undefined ? undefined : one.lastTokenNs - one.startNs,
      ),
      bytesUp: medianOf(turn, ({ bytesUp }) => bytesUp),
    })),
  };
}
