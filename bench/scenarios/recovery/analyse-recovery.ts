// Describes the effects of each fault, arm by arm: the part of an analysis about recovery, not
// about which arm is better.

import { strict as assert } from 'node:assert';
import { DEAD_AFTER, policies } from '../../contract/reconnect-policy.ts';
import type { Plan } from '../../contract/run-file.ts';
import type { FaultAnalysis, RecoveryAnalysis } from './findings.ts';
import { isFaulted, type MeasuredLoadPoint } from '../../analysis/measured-trials.ts';
import { isUnderComparison } from '../../analysis/thresholds.ts';
import { faultSentence } from './fault-sentence.ts';
import { describeFaultedArm } from './faulted-arm.ts';

/** One entry per load point of the plan, measured or not. */
export function analyseRecovery(
  { recovery }: Plan,
  loadPoints: readonly MeasuredLoadPoint[],
): RecoveryAnalysis {
  assert(recovery !== undefined, 'a plan with fault injection must have its settings');
  return {
    faults: loadPoints.map((point) => analyseFault(point, recovery)),
    absent: recovery.absent,
  };
}

function analyseFault(
  { loadPoint, arms }: MeasuredLoadPoint,
  planned: NonNullable<Plan['recovery']>,
): FaultAnalysis {
  const described = arms.flatMap((arm) => {
    const trials = arm.completed.filter(isFaulted);
    return trials.length === 0 ? [] : [describeFaultedArm(arm.arm, trials)];
  });
  const [record] = arms
    .flatMap(({ completed }) => completed.filter(isFaulted))
    .map(({ recovery }) => recovery);
  const isWatched = policies[loadPoint.policy ?? 'identical'].watchesSilence;
  const heartbeatNs = record?.heartbeatNs;
  const analysis = {
    loadPoint,
    isResumable: record?.isResumable ?? planned.isResumable,
    deadAfterNs: isWatched && heartbeatNs !== undefined ? DEAD_AFTER * heartbeatNs : undefined,
    arms: described,
  };
  const contenders = new Set(
    arms.filter(({ arm }) => isUnderComparison(arm)).map(({ name }) => name),
  );
  const spokenOf = described.filter(({ arm }) => contenders.size === 0 || contenders.has(arm));
  return { ...analysis, sentence: faultSentence({ ...analysis, arms: spokenOf }) };
}
