// Test support: experiments of two arms whose true difference is known, judged by the code that
// judges a saved run.

import { armName, type Arm } from '../../contract/arms/arms.ts';
import { deriveSeed, drawNormal, seededDraw, shuffled, type Draw } from '../../contract/random.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { compareRun, type ArmComparison } from '../comparisons.ts';
import { type JudgedLoadPoint } from '../measured-trials.ts';
import { LATER_ENDPOINT } from '../metrics/metric.ts';
import { steadyMetrics } from '../metrics/steady.ts';
import type { ScenarioReading } from '../scenario-reading.ts';
import type { Simulations } from './chance.ts';
import type { Noise } from './noise.ts';
import { simulateTrial, type SimulatedMetricId } from './simulated-trial.ts';

/**
 * The truth about one metric: its value in the baseline, in its unit, and the other arm's over it.
 */
export interface Truth {
  readonly baseline: number;
  readonly ratio: number;
}

export interface ExperimentOptions {
  readonly truths: ReadonlyMap<SimulatedMetricId, Truth>;
  readonly blocks: number;
  /** Noise on the logarithm of each value, with σ `noiseSigma`. */
  readonly noise: Noise;
  readonly noiseSigma: number;
  /** σ of the level that both arms of a block share, on the logarithm; 0.3 by default. */
  readonly levelSigma?: number;
  readonly loadPoints?: number;
  /** Adds to the logarithms of all metrics of a trial; called once for each trial, in run order. */
  readonly disturbance?: (draw: Draw) => (trial: DisturbedTrial) => number;
  /** False lets the baseline come first in every block. */
  readonly isRandomised?: boolean;
}

interface DisturbedTrial {
  /** Counts from 0 over the whole run. */
  readonly trial: number;
  readonly order: number;
}

const arms: readonly Arm[] = (['sse', 'ws'] as const).map((transport) => ({
  transport,
  client: 'probe',
  path: 'direct',
}));

const reading: ScenarioReading = {
  metrics: steadyMetrics,
  floor: 'none',
  isEndpointAt: (endpoint) => endpoint !== LATER_ENDPOINT,
};

/**
 * Both arms are slower or faster together from block to block: by much, because it must cancel in
 * ratios.
 */
const LEVEL_SIGMA = 0.3;

/** The trials of an experiment as a saved run would yield them. */
export function simulateExperiment(
  options: ExperimentOptions,
  seed: number,
): readonly JudgedLoadPoint[] {
  const draw = seededDraw(seed);
  const disturb = options.disturbance?.(draw);
  const loadPoints = Array.from({ length: options.loadPoints ?? 1 }, (_, index) => ({
    connections: 100 * (index + 1),
  }));
  const completed: CompletedTrial[] = [];
  for (let block = 0; block < options.blocks; block++) {
    for (const loadPoint of loadPoints) {
      const shared = (options.levelSigma ?? LEVEL_SIGMA) * drawNormal(draw);
      for (const [order, arm] of (options.isRandomised === false
        ? arms
        : shuffled(draw, arms)
      ).entries()) {
        const trial = completed.length;
        const shift = shared + (disturb?.({ trial, order }) ?? 0);
        const values = new Map<SimulatedMetricId, number>();
        for (const [id, { baseline, ratio }] of options.truths) {
          const expected = arm === arms[0] ? baseline : baseline * ratio;
          values.set(id, expected * Math.exp(shift + options.noiseSigma * options.noise(draw)));
        }
        completed.push(simulateTrial({ trial, block, order, arm, loadPoint }, values));
      }
    }
  }
  return loadPoints.map((loadPoint) => ({
    loadPoint,
    arms: arms.map((arm) => ({
      name: armName(arm),
      arm,
      isNullArm: false,
      completed: completed.filter((trial) => trial.arm === arm && trial.loadPoint === loadPoint),
      failed: 0,
    })),
    invalid: new Map(),
    harnessLimited: new Map(),
  }));
}

export function judgeExperiment(
  loadPoints: readonly JudgedLoadPoint[],
  seed: number,
): readonly ArmComparison[] {
  return compareRun(loadPoints, { reading, allowed: true, seed }).flat();
}

/** The comparisons of each of many experiments. */
export function simulateMany(
  options: ExperimentOptions,
  { experiments, seed }: Simulations,
): readonly (readonly ArmComparison[])[] {
  return Array.from({ length: experiments }, (_, experiment) => {
    const own = deriveSeed(seed, experiment);
    return judgeExperiment(simulateExperiment(options, own), own);
  });
}

/** The comparisons of one metric, over experiments and load points. */
export function ofMetric(
  all: readonly (readonly ArmComparison[])[],
  id: string,
): readonly ArmComparison[] {
  return all.flat().filter(({ metric }) => metric === id);
}

/**
 * The number of comparisons with a sign-flip p below 0.05, before any correction for the number of
 * comparisons.
 */
export function countSignificant(comparisons: readonly ArmComparison[]): number {
  return comparisons.filter(({ signFlipP }) => (signFlipP ?? 1) < 0.05).length;
}

/**
 * True when the verdict on an endpoint says that the arms differ, whether or not by more than the
 * margin.
 */
export function claimsDifference({ verdict }: ArmComparison): boolean {
  return (
    verdict.kind === 'better' || verdict.kind === 'size-uncertain' || verdict.differenceDetected
  );
}
