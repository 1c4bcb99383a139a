// Reasons to doubt a run as a whole.

import type { SavedRun, Warning } from '../contract/run-file.ts';
import { isCompleted, pairTrials, type MeasuredArm, type MeasuredLoadPoint } from './measured-trials.ts';
import { findMetric } from './metrics/registry.ts';
import { pairedEffect } from './statistics/paired-t.ts';

export function warnOfRun(run: SavedRun, loadPoints: readonly MeasuredLoadPoint[]): readonly Warning[] {
  return [
    ...run.warnings,
    ...warnOfTrials(run),
    ...loadPoints.flatMap((loadPoint) => warnOfEnvironment(loadPoint)),
    ...warnWithinTrials(loadPoints),
    ...(loadPoints.some(({ arms }) => arms.some((arm) => arm.isNullArm)) ? loadPoints.flatMap(warnOfFloor) : [noFloor]),
  ];
}

function warnOfTrials({ header: { plan }, trials }: SavedRun): Warning[] {
  const planned = plan.arms.length * plan.loadPoints.length * (plan.blocks + plan.burnInBlocks);
  const burnIn = trials.filter((trial) => trial.burnIn).length;
  const failed = trials.filter((trial) => !isCompleted(trial)).length;
  const warnings: Warning[] = [];
  if (trials.length < planned)
    warnings.push({ code: 'incomplete', message: `the run ended early: ${trials.length} of ${planned} trials were measured` });
  if (failed > 0)
    warnings.push({ code: 'failed-trials', message: `${failed} of ${trials.length} trials failed; their blocks are left out` });
  if (burnIn > 0) warnings.push({ code: 'burn-in', message: `${burnIn} trials of the burn-in block are left out, as planned` });
  return warnings;
}

/** Noise that no arm caused: the trials stay in, and the reader is told. */
function warnOfEnvironment({ loadPoint, arms }: MeasuredLoadPoint): Warning[] {
  const trials = arms.flatMap(({ name, completed }) => completed.map((trial) => ({ name, gates: trial.gates })));
  const titles = new Map<string, string>();
  for (const gate of trials.flatMap(({ gates }) => gates)) if (gate.kind === 'environment' && !gate.ok) titles.set(gate.id, gate.title);
  return [...titles].map(([id, title]) => {
    const missed = trials.filter(({ gates }) => gates.some((gate) => gate.id === id && !gate.ok));
    const perArm = arms.map(({ name }) => `${name} ${missed.filter((trial) => trial.name === name).length}`).join(', ');
    return {
      code: 'environment',
      message: `${id} ${title}: missed in ${missed.length} of ${trials.length} trials at ${loadPoint.connections} connections (${perArm})`,
    };
  });
}

/** One line for all trials that carry the same warning. */
function warnWithinTrials(loadPoints: readonly MeasuredLoadPoint[]): Warning[] {
  const trials = loadPoints.flatMap(({ arms }) => arms.flatMap(({ completed }) => completed));
  const byCode = new Map<string, string[]>();
  for (const { code, message } of trials.flatMap(({ warnings }) => warnings)) byCode.set(code, [...(byCode.get(code) ?? []), message]);
  return [...byCode].map(([code, messages]) => ({ code, message: `in ${messages.length} of ${trials.length} trials: ${messages[0]}` }));
}

const noFloor: Warning = {
  code: 'no-floor',
  message: 'the null arm (tcp) was not measured: how much of each latency is the harness itself is not known',
};

/** Where no contender is slower than a bare socket, delivery measures pacer and client. */
function warnOfFloor({ loadPoint, arms }: MeasuredLoadPoint): Warning[] {
  const floor = arms.find((arm) => arm.isNullArm);
  const contenders = arms.filter((arm) => !arm.isNullArm);
  if (floor === undefined || contenders.length === 0 || contenders.some((arm) => isAboveFloor(arm, floor) !== false)) return [];
  const names = contenders.map(({ name }) => name).join(' and ');
  return [
    {
      code: 'at-floor',
      message: `delivery p50 of ${names} at ${loadPoint.connections} connections cannot be told from that of a bare socket: it measures the harness`,
    },
  ];
}

/** Whether the 95 % interval of delivery p50 over the null arm's lies above 1; undefined with fewer than two pairs. */
function isAboveFloor(arm: MeasuredArm, floor: MeasuredArm): boolean | undefined {
  const value = findMetric('delivery.p50')?.value;
  const logarithms = pairTrials(floor, arm).flatMap((pair) => {
    const [floorNs, armNs] = [value?.(pair.baseline), value?.(pair.other)];
    return floorNs === undefined || armNs === undefined || floorNs <= 0 || armNs <= 0 ? [] : [Math.log(armNs / floorNs)];
  });
  return logarithms.length < 2 ? undefined : pairedEffect(logarithms).interval95.low > 0;
}
