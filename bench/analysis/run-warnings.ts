// Warns about a run as a whole.

import { isCopy } from '../contract/arms/arms.ts';
import { leftOutWords } from '../contract/left-out.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import type { Gate, SavedRun, Warning } from '../contract/run-file.ts';
import type { NoiseFloor } from './measured-trials.ts';
import type { StopState, WithoutRepeats } from './analysis.ts';
import { percent } from './amounts.ts';
import {
  isFinished,
  pairTrials,
  type MeasuredArm,
  type MeasuredLoadPoint,
} from './measured-trials.ts';
import type { Metric } from './metrics/metric.ts';
import { claimWords } from './noise-floors.ts';
import { countBlocks } from './repeats.ts';
import { measureExtent, type RunExtent } from './run-extent.ts';
import { findMetric, type ScenarioReading } from './scenario-reading.ts';
import { pairedEffect } from './statistics/paired-t.ts';
import { LEAST_BLOCKS_TO_STOP } from './statistics/precision-stop.ts';
import { stopState } from './stopping.ts';

/** A load point with the noise floors of its A/A pair, if they were computed. */
type WarnedLoadPoint = MeasuredLoadPoint & { readonly noiseFloors?: readonly NoiseFloor[] };

interface WarnOptions {
  readonly reading: ScenarioReading;
  readonly withoutRepeats?: WithoutRepeats | undefined;
}

export function warnOfRun(
  run: SavedRun,
  loadPoints: readonly WarnedLoadPoint[],
  { reading, withoutRepeats }: WarnOptions,
): readonly Warning[] {
  const stop = stopState(run, reading);
  return [
    ...run.warnings,
    ...warnOfLeftOut(run),
    ...warnOfTrials(run, measureExtent(run, stop, reading)),
    ...warnOfStop(run, stop),
    ...warnOfMachine(run),
    ...(withoutRepeats?.stolen ?? []).flatMap(warnOfStolen),
    ...loadPoints.flatMap((loadPoint) => warnOfEqualArms(loadPoint, reading)),
    ...loadPoints.flatMap((loadPoint) => warnOfEnvironment(loadPoint)),
    ...warnWithinTrials(loadPoints),
    ...warnOfFloors(loadPoints, reading),
  ];
}

function warnOfLeftOut({ header: { leftOut } }: SavedRun): Warning[] {
  return leftOut === undefined
    ? []
    : [{ code: 'left-out', message: `left out of this run: ${leftOutWords(leftOut)}` }];
}

function warnOfTrials({ trials }: SavedRun, { planned, isComplete }: RunExtent): Warning[] {
  const burnIn = trials.filter((trial) => trial.burnIn).length;
  const failed = trials.filter((trial) => !isFinished(trial)).length;
  const warnings: Warning[] = [];
  if (!isComplete)
    warnings.push({
      code: 'incomplete',
      message: `the run ended early: ${trials.length} of ${planned} trials were measured`,
    });
  if (failed > 0)
    warnings.push({
      code: 'failed-trials',
      message: `${failed} of ${trials.length} trials failed; their blocks are left out`,
    });
  if (burnIn > 0)
    warnings.push({
      code: 'burn-in',
      message: `${burnIn} trials of the burn-in block are left out, as planned`,
    });
  return warnings;
}

/** Warns when a run did not become as precise as its stopping rule requires. */
function warnOfStop({ header: { plan } }: SavedRun, stop: StopState | undefined): Warning[] {
  if (plan.stop === undefined || stop === undefined || stop.reason === 'precision') return [];
  const wanted = `before every interval was within ${percent(plan.stop.ratio)}`;
  if (stop.reason === 'time') {
    const few =
      stop.blocks < LEAST_BLOCKS_TO_STOP
        ? `; fewer than ${LEAST_BLOCKS_TO_STOP} blocks are never precise enough`
        : '';
    return [
      {
        code: 'stopped-by-time',
        message: `the time was up after ${stop.blocks} blocks, ${wanted}${few}`,
      },
    ];
  }
  if (stop.blocks < plan.blocks) return [];
  return [
    {
      code: 'stopped-by-cap',
      message: `all ${plan.blocks} blocks that the plan allows were measured ${wanted}`,
    },
  ];
}

/**
 * A larger share is more blocks than may be measured again: choosing among them would choose the
 * result.
 */
const NOISY_SHARE = 0.25;

function warnOfMachine(run: SavedRun): Warning[] {
  const { disturbed, measured } = countBlocks(run);
  if (disturbed <= measured * NOISY_SHARE) return [];
  return [
    {
      code: 'machine-noisy',
      message: `too noisy: ${disturbed} of ${measured} blocks were disturbed by the machine`,
    },
  ];
}

const ALPHA = 0.05;

function warnOfStolen({ otherArm, difference, p }: WithoutRepeats['stolen'][number]): Warning[] {
  if (p >= ALPHA) return [];
  const more = difference.value > 0 ? 'more' : 'less';
  return [
    {
      code: 'repeats-suspect',
      message: `the repetitions are suspect: ${percent(Math.abs(difference.value))} ${more} of the CPU time was stolen from ${otherArm} than from the baseline (${pText(p)}), so the machine did not disturb the arms alike`,
    },
  ];
}

function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/**
 * The harness found a difference between two equal arms: by chance in one run of twenty at most, or
 * through a fault.
 */
function warnOfEqualArms(
  { loadPoint, noiseFloors = [] }: WarnedLoadPoint,
  reading: ScenarioReading,
): Warning[] {
  return noiseFloors
    .filter(({ claims }) => claims)
    .map((floor) => {
      const { title, unit } = findMetric(reading, floor.metric) ?? {
        title: floor.metric,
        unit: '' as const,
      };
      return {
        code: 'equal-arms-differ',
        message: `two equal arms differed by ${claimWords(floor, unit)} in ${title} at ${loadPointTitle(loadPoint)} (${pText(floor.adjustedP ?? 1)}): no verdict on it`,
      };
    });
}

/** Warns about noise that no arm caused: the trials are kept. */
function warnOfEnvironment({ loadPoint, arms }: MeasuredLoadPoint): Warning[] {
  const trials = arms.flatMap(({ name, completed }) =>
    completed.map((trial) => ({ name, gates: trial.gates })),
  );
  const misses = new Map<string, Gate>();
  for (const gate of trials.flatMap(({ gates }) => gates))
    if (gate.kind === 'environment' && !gate.ok) misses.set(gate.id, gate);
  return [...misses].map(([id, { title, remedy }]) => {
    const missed = trials.filter(({ gates }) => gates.some((gate) => gate.id === id && !gate.ok));
    const perArm = arms
      .map(({ name }) => `${name} ${missed.filter((trial) => trial.name === name).length}`)
      .join(', ');
    return {
      code: 'environment',
      message: `${id} ${title}: missed in ${missed.length} of ${trials.length} trials at ${loadPointTitle(loadPoint)} (${perArm})${remedy === 'nothing' ? '; it lasts, so no block is measured again for it' : ''}`,
    };
  });
}

/** One line for all trials that carry the same warning. */
function warnWithinTrials(loadPoints: readonly MeasuredLoadPoint[]): Warning[] {
  const trials = loadPoints.flatMap(({ arms }) => arms.flatMap(({ completed }) => completed));
  const byCode = new Map<string, string[]>();
  for (const { code, message } of trials.flatMap(({ warnings }) => warnings))
    byCode.set(code, [...(byCode.get(code) ?? []), message]);
  return [...byCode].map(([code, messages]) => ({
    code,
    message: `in ${messages.length} of ${trials.length} trials: ${messages[0]}`,
  }));
}

function warnOfFloors(loadPoints: readonly WarnedLoadPoint[], reading: ScenarioReading): Warning[] {
  if (reading.floor === 'none') return [];
  if (!loadPoints.some(({ arms }) => arms.some((arm) => arm.isNullArm))) return [noFloor];
  const delivery = findMetric(reading, DELIVERY);
  return delivery === undefined
    ? []
    : loadPoints.flatMap((loadPoint) => warnOfFloor(loadPoint, delivery));
}

const noFloor: Warning = {
  code: 'no-floor',
  message:
    'the null arm (tcp) was not measured: how much of each latency is the harness itself is not known',
};

const DELIVERY = 'delivery.p50';

/**
 * Warns when no contender is slower than a bare socket: delivery then measures pacer and client.
 */
function warnOfFloor({ loadPoint, arms }: MeasuredLoadPoint, delivery: Metric): Warning[] {
  const floor = arms.find((arm) => arm.isNullArm);
  const contenders = arms.filter((arm) => !arm.isNullArm && !isCopy(arm.arm));
  if (
    floor === undefined ||
    contenders.length === 0 ||
    contenders.some((arm) => isAboveFloor({ arm, floor, delivery }) !== false)
  )
    return [];
  const names = contenders.map(({ name }) => name).join(' and ');
  return [
    {
      code: 'at-floor',
      message: `delivery p50 of ${names} at ${loadPointTitle(loadPoint)} cannot be told from that of a bare socket: it measures the harness`,
    },
  ];
}

/**
 * Whether the 95 % interval of delivery p50 over the null arm's lies above 1; undefined with fewer
 * than two pairs.
 */
function isAboveFloor({
  arm,
  floor,
  delivery,
}: {
  arm: MeasuredArm;
  floor: MeasuredArm;
  delivery: Metric;
}): boolean | undefined {
  const logarithms = pairTrials(floor, arm).flatMap((pair) => {
    const [floorNs, armNs] = [delivery.value(pair.baseline), delivery.value(pair.other)];
    return floorNs === undefined || armNs === undefined || floorNs <= 0 || armNs <= 0
      ? []
      : [Math.log(armNs / floorNs)];
  });
  return logarithms.length < 2 ? undefined : pairedEffect(logarithms).interval95.low > 0;
}
