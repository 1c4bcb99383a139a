// Metrics of how often tokens crossed the border between process and kernel, and in how many
// segments they travelled.

import type { CompletedTrial } from '../../contract/run-file.ts';
import { snapshot } from './bytes.ts';
import type { SteadyMetric } from './metric.ts';

const ABSENCE = 'the system calls of the processes were not counted (/proc/PID/io)';

/**
 * Divides rates: the calls were counted from outside and the tokens inside, over windows whose
 * edges are not quite the same.
 */
function callsPerToken(
  { calls }: CompletedTrial,
  of: 'serverWrites' | 'clientReads',
  { windowTokens, use }: CompletedTrial['server'] | CompletedTrial['client'],
): number | undefined {
  if (calls === undefined || windowTokens === 0) return undefined;
  return calls[of] / calls.spanNs / (windowTokens / use.wallNs);
}

export const systemCallMetrics: readonly SteadyMetric[] = [
  {
    id: 'calls.server.token',
    title: 'Write calls per token',
    unit: 'calls/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    absence: ABSENCE,
    definition:
      'write and writev calls of the server in the window, as the kernel counted them/tokens it wrote in it; whatever it writes counts, so opening and ending a stream is in it',
    value: (trial) => callsPerToken(trial, 'serverWrites', trial.server),
  },
  {
    id: 'calls.client.token',
    title: 'Read calls per token',
    unit: 'calls/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    absence: ABSENCE,
    definition:
      'read calls of the load processes in the window, as the kernel counted them/tokens they received in it; whatever they read counts: a library may read more than its sockets',
    value: (trial) =>
      trial.client.browser === undefined
        ? callsPerToken(trial, 'clientReads', trial.client)
        : undefined,
  },
  {
    id: 'segments.token',
    title: 'Segments per token',
    unit: 'segments/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    absence: 'no segments of sockets that were open after the window were counted (ss)',
    definition:
      'segments with bytes that the server sent/tokens, by TCP_INFO, over the sockets open after the window; those of the response head are in it, but for bursts, where only what came since the ramp is counted',
    value: (trial) => {
      const counted = snapshot(trial);
      return counted && counted.dataSegments / counted.tokens;
    },
  },
];
