// Summarises all ladders of a run as rungs and lines of each arm.

import type { Rung } from '../../contract/ladder.ts';
import type { FinishedTrial, LadderTrial } from '../../contract/run-file.ts';
import { NS_PER_S } from '../../contract/units.ts';
import type { MeasuredArm, MeasuredLoadPoint } from '../../analysis/measured-trials.ts';
import { median } from '../../analysis/statistics/moments.ts';
import type {
  LadderAnalysis,
  LadderArm,
  LadderLine,
  LadderRange,
  RungSummary,
} from './findings.ts';
import { isStraight, kernelOfOneEnd, lineUp, retainedLine } from './ladder-lines.ts';

export function analyseLadders(loadPoints: readonly MeasuredLoadPoint[]): LadderAnalysis {
  const arms = loadPoints.flatMap((point) => point.arms);
  const rungs = arms
    .flatMap(({ completed }) => completed.filter(isLadder))
    .flatMap((trial) => trial.ladder.rungs);
  return {
    arms: arms.flatMap(describeArm),
    hasSlabs: rungs.every(({ kernel }) => kernel.slabBytes !== undefined),
    hasSocketMemory: rungs.every(({ kernel }) => kernel.socketBytes !== undefined),
  };
}

function isLadder(trial: FinishedTrial): trial is LadderTrial {
  return trial.outcome === 'ladder';
}

function describeArm({ name, completed }: MeasuredArm): LadderArm[] {
  const ladders = completed.filter(isLadder).map(({ ladder }) => ladder);
  const [first] = ladders;
  if (first === undefined) return [];
  const grown = ladders.map(({ rungs }) =>
    rungs.map((rung) => ({ rung, ...growthOf(rung, rungs[0]) })),
  );
  const squares = ladders.flatMap((ladder) => retainedLine(ladder)?.rSquared ?? []);
  const middle = median(squares);
  return [
    {
      arm: name,
      ladders: ladders.length,
      straightness:
        middle === undefined
          ? undefined
          : {
              median: middle,
              lowest: Math.min(...squares),
              bent: ladders.filter((ladder) => isStraight(ladder) === false).length,
            },
      idle: middleLine(grown, ({ idle }) => idle),
      streaming: middleLine(grown, ({ streaming }) => streaming),
      rungs: first.rungs.map((_, index) =>
        summariseRung(grown.flatMap((rungs) => rungs[index] ?? [])),
      ),
    },
  ];
}

interface GrownRung {
  readonly rung: Rung;
  /** Growth over rung 0 of its ladder, bytes. */
  readonly idle: number | undefined;
  readonly streaming: number | undefined;
}

function growthOf(rung: Rung, first: Rung | undefined): Omit<GrownRung, 'rung'> {
  const before = first?.retained?.ussBytes;
  return {
    idle: less(rung.retained?.ussBytes, before),
    streaming: less(rung.streaming?.ussBytes, before),
  };
}

function less(value: number | undefined, from: number | undefined): number | undefined {
  return value === undefined || from === undefined ? undefined : value - from;
}

type GrownLadder = readonly GrownRung[];

/** Slope and intercept are medians, each on its own: one line per ladder would hide the points. */
function middleLine(
  ladders: readonly GrownLadder[],
  of: (rung: GrownRung) => number | undefined,
): LadderLine | undefined {
  const lines = ladders.flatMap((grown) => {
    const values = new Map(grown.map((one) => [one.rung, of(one)]));
    return lineUp({ rungs: grown.map(({ rung }) => rung) }, (rung) => values.get(rung)) ?? [];
  });
  const [slope, intercept] = [
    median(lines.map((line) => line.slope)),
    median(lines.map((line) => line.intercept)),
  ];
  return slope === undefined || intercept === undefined ? undefined : { slope, intercept };
}

/** @param all The same rung of all ladders of an arm; at least one. */
function summariseRung(all: readonly GrownRung[]): RungSummary {
  const { connections, way } = (all[0] as GrownRung).rung;
  const middle = (of: (rung: Rung) => number | undefined): number | undefined =>
    median(all.flatMap(({ rung }) => of(rung) ?? []));
  return {
    connections,
    way,
    idleBytes: rangeOf(all.flatMap(({ idle }) => idle ?? [])),
    streamingBytes: rangeOf(all.flatMap(({ streaming }) => streaming ?? [])),
    ussBytes: middle(({ retained }) => retained?.ussBytes),
    pssBytes: middle(({ retained }) => retained?.pssBytes),
    rssBytes: middle(({ retained }) => retained?.rssBytes),
    heapUsedBytes: middle(({ retained }) => retained?.heapUsedBytes),
    externalBytes: middle(({ retained }) => retained?.externalBytes),
    kernelBytes: middle(kernelOfOneEnd),
    tokensPerSecond: middle(({ use }) => use && use.tokens / (use.wallNs / NS_PER_S)),
    cpuShare: middle(({ use }) => use && use.cpuNs / use.wallNs),
    utilisation: middle(({ use }) => use?.utilisation),
  };
}

function rangeOf(values: readonly number[]): LadderRange | undefined {
  const middle = median(values);
  return middle === undefined
    ? undefined
    : { median: middle, low: Math.min(...values), high: Math.max(...values) };
}
