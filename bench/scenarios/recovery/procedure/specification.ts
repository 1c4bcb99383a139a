// Builds the specification for the processes of a fault trial.

import { SSE_RETRY_MS } from '../../../contract/control-events.ts';
import type { Fault } from '../../../contract/faults.ts';
import type { TrialSpecification } from '../../../contract/messages.ts';
import { AS_SPECIFIED_RETRY_MS } from '../../../contract/reconnect-policy.ts';
import type { RecoverySpecification } from '../../../contract/recovery.ts';
import type { Plan } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { specifyTrial, type SpecificationOptions } from '../../../trial/specification.ts';

/**
 * Fewer than before steady streams: several trials start in parallel, and nothing is measured in
 * microseconds.
 */
const REHEARSAL_TOKENS = 4000;
const RAMP_SHARE = 0.6;

export function specifyFault(
  planned: PlannedTrial,
  fault: Fault,
  options: SpecificationOptions,
): TrialSpecification {
  const { plan } = options;
  return {
    ...specifyTrial(planned, options),
    rehearsalTokens: REHEARSAL_TOKENS,
    rampNs: plan.warmupNs * RAMP_SHARE,
    windowNs: plan.windowNs + fault.outageNs + fault.recoveryNs,
    recovery: specifyRecovery(planned, fault, plan),
  };
}

function specifyRecovery(
  { loadPoint }: PlannedTrial,
  fault: Fault,
  plan: Plan,
): RecoverySpecification {
  const { recovery } = plan;
  if (recovery === undefined || loadPoint.fault === undefined)
    throw new TypeError('a fault trial needs a fault');
  const policy = loadPoint.policy ?? 'identical';
  return {
    fault: loadPoint.fault,
    policy,
    faultNs: plan.warmupNs + plan.windowNs,
    outageNs: fault.outageNs,
    isResumable: recovery.isResumable,
    limits: recovery.limits,
    ...(fault.heartbeat === undefined && { heartbeatNs: recovery.heartbeatNs }),
    retryMs: policy === 'as-specified' ? AS_SPECIFIED_RETRY_MS : SSE_RETRY_MS,
    ...(fault.quietNs !== undefined && { quietNs: fault.quietNs }),
    ...(fault.action.by === 'client' && { stopReadingShare: fault.action.share }),
  };
}
