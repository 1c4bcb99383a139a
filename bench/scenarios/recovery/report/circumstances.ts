// Describes the conditions of a run with faults, in a paragraph and in a few rows of a table.

import { strict as assert } from 'node:assert';
import type { Analysis } from '../../../analysis/analysis.ts';
import { payloads } from '../../../contract/payload.ts';
import { DEAD_AFTER, policies, type PolicyName } from '../../../contract/reconnect-policy.ts';
import { formatCount, formatSetting } from '../../../report/format.ts';
import { code } from '../../../report/inline.ts';

export function faultCircumstances(analysis: Analysis): string {
  const { plan } = analysis;
  const { workload } = plan;
  return [
    `One stream a client, at ${formatSetting(workload.tokensPerSecond, 'tokens/s')} (workload ${code(workload.name)}, payload ${code(plan.payload)}: ${payloads[plan.payload].summary}),`,
    ` from the start of a trial to its end: the generation goes on whoever listens, as a model does. ${faultWords(analysis)}`,
    ` ${resumeWords(recoveryPlanOf(analysis))} Load: ${loads(analysis)}.`,
  ].join('');
}

/** One paragraph for each policy. */
export function policyConditions(analysis: Analysis): readonly string[] {
  return policiesOf(analysis).map(
    (policy) => `Policy ${code(policy)}: ${policies[policy].summary}.`,
  );
}

type RecoveryPlan = NonNullable<Analysis['plan']['recovery']>;

function recoveryPlanOf({ plan: { recovery } }: Analysis): RecoveryPlan {
  assert(recovery !== undefined, 'a plan with fault injection must have its settings');
  return recovery;
}

function faultWords({ plan }: Analysis): string {
  const names = [...new Set(plan.loadPoints.flatMap(({ fault }) => fault ?? []))];
  if (names.length === 1)
    return `One fault, ${code(names[0] ?? '')}, comes in each trial, in fresh processes.`;
  return `${formatCount(names.length)} faults, one a trial, in fresh processes.`;
}

function resumeWords({ isResumable, limits, heartbeatNs }: RecoveryPlan): string {
  const beats = `Heartbeats every ${formatSetting(heartbeatNs, 'ns')}; a connection without a byte for ${formatSetting(DEAD_AFTER * heartbeatNs, 'ns')} counts as dead.`;
  return isResumable
    ? `${beats} The server can replay the last ${formatCount(limits.bufferTokens)} tokens of a stream, at most ${formatSetting(limits.bufferBytes, 'bytes')}.`
    : `${beats} Resuming was switched off: who comes back goes on with what is due then.`;
}

function loads({ plan }: Analysis): string {
  const counts = [...new Set(plan.loadPoints.map(({ connections }) => connections))];
  return `${counts.map((count) => formatCount(count)).join(', ')} connections`;
}

export function policiesOf({ plan }: Analysis): readonly PolicyName[] {
  return [...new Set(plan.loadPoints.flatMap(({ policy }) => policy ?? []))];
}

/** Rows for "Repeat it", in the place of warm-up and window. */
export function faultSettings(analysis: Analysis): readonly (readonly [string, string])[] {
  const { trials, plan } = analysis;
  const { lanes = 1 } = plan;
  const recovery = recoveryPlanOf(analysis);
  const { limits } = recovery;
  return [
    ['heartbeat', formatSetting(recovery.heartbeatNs, 'ns')],
    ['policies', policiesOf(analysis).join(', ')],
    [
      'replay buffer',
      recovery.isResumable
        ? `${formatCount(limits.bufferTokens)} tokens and ${formatSetting(limits.bufferBytes, 'bytes')} a stream, ${formatSetting(limits.totalBytes, 'bytes')} in all, kept ${formatSetting(limits.ttlNs, 'ns')}`
        : 'none',
    ],
    ['long outage', formatSetting(recovery.longOutageNs, 'ns')],
    [
      'trials side by side',
      trials.alone === undefined
        ? formatCount(lanes)
        : `at most ${formatCount(lanes)}, one fewer after each that was late beside the others`,
    ],
  ];
}
