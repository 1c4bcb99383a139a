// Describes the conditions of a run with faults, in a paragraph and in a few rows of a table.

import type { Analysis } from '../../analysis/analysis.ts';
import { payloads } from '../../contract/payload.ts';
import { DEAD_AFTER, policies, type PolicyName } from '../../contract/reconnect-policy.ts';
import { formatCount, formatSetting } from '../format.ts';
import { code } from '../markdown.ts';
import { trialsSentence } from '../stopping-words.ts';

/** undefined for a scenario without fault injection. */
export function faultCircumstances(analysis: Analysis): string | undefined {
  const { plan, startedAt } = analysis;
  const { workload, recovery } = plan;
  if (recovery === undefined) return undefined;
  return [
    `One stream a client, at ${formatSetting(workload.tokensPerSecond, 'tokens/s')} (workload ${code(workload.name)}, payload ${code(plan.payload)}: ${payloads[plan.payload].summary}),`,
    ` from the start of a trial to its end: the generation goes on whoever listens, as a model does. ${faultWords(analysis)}`,
    ` ${resumeWords(recovery)} Load: ${loads(analysis)}. ${trialsSentence(analysis)} Started ${startedAt}.`,
    ...policiesOf(analysis).map((policy) => `\n\nPolicy ${code(policy)}: ${policies[policy].summary}.`),
  ].join('');
}

function faultWords({ plan }: Analysis): string {
  const names = [...new Set(plan.loadPoints.flatMap(({ fault }) => fault ?? []))];
  if (names.length === 1) return `One fault, ${code(names[0] ?? '')}, comes in each trial, in fresh processes.`;
  return `${formatCount(names.length)} faults, one a trial, in fresh processes.`;
}

function resumeWords({ isResumable, limits, heartbeatNs }: NonNullable<Analysis['plan']['recovery']>): string {
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

/** Rows for "Repeat it", in the place of warm-up and window; undefined for a scenario without fault injection. */
export function faultSettings(analysis: Analysis): readonly (readonly [string, string])[] | undefined {
  const { trials, plan } = analysis;
  const { recovery, lanes = 1 } = plan;
  if (recovery === undefined) return undefined;
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
