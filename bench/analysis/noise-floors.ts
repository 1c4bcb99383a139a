// Measures the noise floor of each endpoint from the A/A pair: how far two equal arms differ here,
// and the smallest difference that could be found. The pair is a family of its own, so it does not
// cost the comparisons any power.

import type { MetricUnit } from './metrics/metric.ts';
import type { NoiseFloor } from './measured-trials.ts';
import { amount, percent } from './amounts.ts';
import { compareMetric, type Evidence } from './compare.ts';
import { isCopyOf } from './equal-arms.ts';
import type { MeasuredLoadPoint } from './measured-trials.ts';
import type { Metric } from './metrics/metric.ts';
import { endpointsAt, type ScenarioReading } from './scenario-reading.ts';
import { holm } from './statistics/multiplicity.ts';
import { differenceNoiseFloor, ratioNoiseFloor } from './statistics/noise-floor.ts';
import { differencesOf, logarithmsOf } from './value-pairs.ts';
import { whyNotMeasured, type VerdictFloor } from './verdicts.ts';

const ALPHA = 0.05;

interface GatedLoadPoint extends MeasuredLoadPoint {
  readonly invalid: ReadonlyMap<string, readonly string[]>;
}

/**
 * One list per load point, in the order of the endpoints; empty without an A/A pair, or when one of
 * the two is INVALID.
 */
export function measureNoiseFloors(
  loadPoints: readonly GatedLoadPoint[],
  reading: ScenarioReading,
  seed: number,
): readonly (readonly NoiseFloor[])[] {
  const evidence = loadPoints.map((loadPoint) => gatherPair(loadPoint, reading, seed));
  const all = evidence.flat();
  const adjusted = holm(
    all.map((one) => (whyNotMeasured(one) === undefined ? (one.signFlipP ?? 1) : 1)),
  );
  const adjustedP = new Map(all.map((one, index) => [one, adjusted[index] as number]));
  return evidence.map((ofPoint) => ofPoint.map((one) => toNoiseFloor(one, adjustedP.get(one))));
}

function gatherPair(
  { loadPoint, arms, invalid }: GatedLoadPoint,
  reading: ScenarioReading,
  seed: number,
): readonly Evidence[] {
  const [baseline, ...others] = arms;
  const copy = baseline && others.find((other) => isCopyOf(baseline.arm, other.arm));
  if (baseline === undefined || copy === undefined) return [];
  if (invalid.has(baseline.name) || invalid.has(copy.name)) return [];
  const place = { loadPoint, arms: [baseline.arm, copy.arm] };
  return endpointsAt(reading, place).map((metric) =>
    compareMetric({ metric, baseline, other: copy, seed }),
  );
}

function toNoiseFloor(evidence: Evidence, adjustedP: number | undefined): NoiseFloor {
  const { metric, pairs, ratio, difference, signFlipP } = evidence;
  const isMeasured = whyNotMeasured(evidence) === undefined;
  const logarithms = logarithmsOf(metric, pairs);
  const onRatio = logarithms && ratioNoiseFloor(logarithms);
  const onDifference = differenceNoiseFloor(differencesOf(pairs));
  return {
    metric: metric.id,
    blocks: pairs.length,
    ratio,
    difference,
    halfWidthRatio: isMeasured ? onRatio?.halfWidthRatio : undefined,
    halfWidth: isMeasured ? onDifference?.halfWidth : undefined,
    minimumDetectableRatio: isMeasured ? onRatio?.minimumDetectableRatio : undefined,
    minimumDetectable: isMeasured ? onDifference?.minimumDetectable : undefined,
    signFlipP,
    adjustedP: isMeasured ? adjustedP : undefined,
    claims: isMeasured && (adjustedP ?? 1) < ALPHA,
  };
}

/** A metric's noise floor as the verdict rules need it; undefined without one. */
export function floorForVerdict(
  { id, unit }: Metric,
  floors: readonly NoiseFloor[],
): VerdictFloor | undefined {
  const floor = floors.find(({ metric }) => metric === id);
  return (
    floor && {
      ratio: floor.halfWidthRatio,
      absolute: floor.halfWidth,
      claim: floor.claims ? claimWords(floor, unit) : undefined,
    }
  );
}

/** The difference between the two equal arms: `8 %`, `0.2 ms`. */
export function claimWords({ ratio, difference }: NoiseFloor, unit: MetricUnit | ''): string {
  if (ratio !== undefined) return percent(Math.abs(ratio.value - 1));
  return amount(Math.abs(difference?.value ?? 0), unit);
}
