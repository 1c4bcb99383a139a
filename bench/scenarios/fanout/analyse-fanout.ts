// Computes the cost of one subscriber that does not read for the others: each arm against itself,
// over blocks, since the trials of one block have the same workload whether or not all subscribers
// read.

import { loadPointKey, type LoadPoint } from '../../contract/load-point.ts';
import type { Plan } from '../../contract/run-file.ts';
import { compareMetric } from '../../analysis/compare.ts';
import type { FanoutAnalysis, StoppedSubscriber, StoppedSubscriberEffect } from './findings.ts';
import {
  isSteady,
  type MeasuredArm,
  type MeasuredLoadPoint,
} from '../../analysis/measured-trials.ts';
import { fanoutMetrics } from './metrics.ts';

/** Metrics that the other subscribers would notice, and those that the server would. */
const watched = ['delivery.p50', 'delivery.p99', 'spread.p50', 'cpu.server.token'] as const;

export function analyseFanout(
  { seed }: Pick<Plan, 'seed'>,
  points: readonly MeasuredLoadPoint[],
): FanoutAnalysis {
  const stopped = points.flatMap((point): StoppedSubscriber[] => {
    const reading = points.find(
      ({ loadPoint }) => loadPointKey(loadPoint) === loadPointKey(allReading(point.loadPoint)),
    );
    return reading === undefined || reading === point ? [] : [describe(reading, point, seed)];
  });
  return { stopped };
}

function allReading(point: LoadPoint): LoadPoint {
  return { ...point, stopped: 0 };
}

function describe(
  reading: MeasuredLoadPoint,
  point: MeasuredLoadPoint,
  seed: number,
): StoppedSubscriber {
  const trials = point.arms.flatMap(({ completed }) => completed.filter(isSteady));
  return {
    loadPoint: point.loadPoint,
    effects: watched.flatMap((id) =>
      point.arms.flatMap((arm) => {
        const without = reading.arms.find(({ name }) => name === arm.name);
        return without === undefined ? [] : effectOn(id, { without, withStopped: arm, seed });
      }),
    ),
    trials: trials.length,
    blockedTrials: trials.filter(({ stall }) => (stall?.blocked ?? 0) > 0).length,
  };
}

function effectOn(
  id: string,
  { without, withStopped, seed }: { without: MeasuredArm; withStopped: MeasuredArm; seed: number },
): StoppedSubscriberEffect[] {
  const metric = fanoutMetrics.find((one) => one.id === id);
  if (metric === undefined) return [];
  const { baseline, other, ratio, pairs } = compareMetric({
    metric,
    baseline: without,
    other: withStopped,
    seed,
  });
  return [
    {
      metric: id,
      arm: withStopped.name,
      without: baseline,
      withStopped: other,
      ratio,
      blocks: pairs.length,
    },
  ];
}
