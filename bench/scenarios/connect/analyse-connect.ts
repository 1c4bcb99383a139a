// Describes storms and the savings of a kept connection and of a resumed TLS session: each arm against
// itself, over blocks, since the steady trials of one block have the same streams however these get
// their connections.

import { quantileGrid } from '../../contract/distribution.ts';
import type { CompletedTrial, Plan } from '../../contract/run-file.ts';
import type { QuantileCurve } from '../../analysis/analysis.ts';
import { compareMetric } from '../../analysis/compare.ts';
import type {
  ConnectAnalysis,
  KeptEffect,
  ResumedEffect,
  StormAnalysis,
  StormFailure,
} from './findings.ts';
import {
  isSteady,
  type MeasuredArm,
  type MeasuredLoadPoint,
} from '../../analysis/measured-trials.ts';
import { connectMetrics } from './metrics.ts';
import { median } from '../../analysis/statistics/moments.ts';

/** Metrics that a client would notice, and those that the server would. */
const watched = ['open.p50', 'ttft.overhead.p50', 'cpu.server.stream', 'bytes.stream'] as const;
/** The bytes of a handshake are not counted on the socket. */
const watchedOverTls = ['open.p50', 'ttft.overhead.p50', 'cpu.server.stream'] as const;

export function analyseConnect(
  { seed }: Pick<Plan, 'seed'>,
  points: readonly MeasuredLoadPoint[],
): ConnectAnalysis {
  const [cold, resumed, warm] = (['cold', 'resumed', 'warm'] as const).map((way) =>
    points.find(({ loadPoint }) => loadPoint.connecting === way),
  );
  return {
    storms: points.filter(({ loadPoint }) => loadPoint.connecting === 'storm').map(describeStorm),
    kept:
      cold === undefined || warm === undefined
        ? []
        : watched.flatMap((id) => effectsOn(id, { cold, warm, seed })),
    ...(cold !== undefined &&
      resumed !== undefined && {
        resumed: watchedOverTls.flatMap((id) => resumedOn(id, { cold, resumed, warm, seed })),
      }),
  };
}

interface Handshakes {
  readonly cold: MeasuredLoadPoint;
  readonly resumed: MeasuredLoadPoint;
  readonly warm: MeasuredLoadPoint | undefined;
  readonly seed: number;
}

/** Only arms over TLS have a session. */
function resumedOn(id: string, { cold, resumed, warm, seed }: Handshakes): ResumedEffect[] {
  const metric = connectMetrics.find((one) => one.id === id);
  if (metric === undefined) return [];
  return cold.arms.flatMap((whole) => {
    const resuming = resumed.arms.find(({ name }) => name === whole.name);
    if (whole.arm.tls !== true || resuming === undefined) return [];
    const keeping = warm?.arms.find(({ name }) => name === whole.name);
    const compared = compareMetric({ metric, baseline: resuming, other: whole, seed });
    return [
      {
        metric: id,
        arm: whole.name,
        whole: compared.other,
        resumed: compared.baseline,
        kept: keeping && compareMetric({ metric, baseline: keeping, other: whole, seed }).baseline,
        saved: compared.difference,
        blocks: compared.pairs.length,
      },
    ];
  });
}

function describeStorm({ loadPoint, arms }: MeasuredLoadPoint): StormAnalysis {
  return { loadPoint, curves: arms.map(openCurve), failures: arms.flatMap(failuresOf) };
}

function stormsOf({ completed }: MeasuredArm): readonly CompletedTrial[] {
  return completed.filter(isSteady).filter(({ storm }) => storm !== undefined);
}

/**
 * Keeps all quantiles: a storm has all its streams and is no sample, so none of them is an estimate
 * within the trial.
 */
function openCurve(arm: MeasuredArm): QuantileCurve {
  const distributions = stormsOf(arm).flatMap(({ distributions: { openNs } }) => openNs ?? []);
  const points = quantileGrid.flatMap((q, index) => {
    const values = distributions.map((distribution) => distribution.values[index] as number);
    const medianNs = median(values);
    return medianNs === undefined
      ? []
      : [{ q, medianNs, lowNs: Math.min(...values), highNs: Math.max(...values) }];
  });
  return { arm: arm.name, points };
}

function failuresOf(arm: MeasuredArm): readonly StormFailure[] {
  const storms = stormsOf(arm);
  const streams = storms.reduce((sum, { storm }) => sum + (storm?.streams ?? 0), 0);
  const byCause = Map.groupBy(
    storms.flatMap(({ client }) => client.errors),
    ({ cause }) => cause,
  );
  return [...byCause]
    .map(([cause, errors]) => ({
      arm: arm.name,
      cause,
      count: errors.reduce((sum, { count }) => sum + count, 0),
      streams,
      example: errors[0]?.example ?? '',
    }))
    .toSorted((a, b) => b.count - a.count);
}

function effectsOn(
  id: string,
  {
    cold,
    warm,
    seed,
  }: { readonly cold: MeasuredLoadPoint; readonly warm: MeasuredLoadPoint; readonly seed: number },
): readonly KeptEffect[] {
  const metric = connectMetrics.find((one) => one.id === id);
  if (metric === undefined) return [];
  return cold.arms.flatMap((opening) => {
    const keeping = warm.arms.find(({ name }) => name === opening.name);
    if (keeping === undefined) return [];
    const { baseline, other, difference, pairs } = compareMetric({
      metric,
      baseline: keeping,
      other: opening,
      seed,
    });
    return [
      {
        metric: id,
        arm: opening.name,
        cold: other,
        warm: baseline,
        saved: difference,
        blocks: pairs.length,
      },
    ];
  });
}
