// Converts the measurements of a closed loop of whole streams into the saved record, gates judged.

import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import type { completionColumns } from '../../../contract/completions.ts';
import type { CompletionsTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkClosedLoopGates } from './gates.ts';
import type { MeasuredClosedLoop } from './measure.ts';

export function recordClosedLoop(
  planned: PlannedTrial,
  measured: MeasuredClosedLoop,
): CompletionsTrial {
  const { client, server, specification } = measured;
  const ended = endedInWindow(measured);
  const completionNs = summariseDistribution(
    Float64Array.from(ended, ({ requestNs, endNs }) => endNs - requestNs),
  );
  return {
    ...recordOf(planned, measured),
    outcome: 'completions',
    planned: {
      streams: 0,
      tokens: 0,
      windowStarts: 0,
      windowTokens: 0,
      meanConcurrent: specification.connections,
    },
    distributions: completionNs === undefined ? {} : { completionNs },
    completions: {
      streams: ended.length,
      tokens: ended.length * (specification.completions?.tokensPerStream ?? 0),
      bytesRead: ended.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
      client,
      server,
    },
    gates: checkClosedLoopGates(measured),
    warnings: [],
  };
}

type Ended = Record<(typeof completionColumns)[number], number>;

/**
 * Streams in order of their ends. A closed loop has no plan, so a stream belongs to the window in
 * which it ended.
 */
function endedInWindow({
  clientStamps,
  specification: { warmupNs, windowNs },
}: MeasuredClosedLoop): Ended[] {
  const column = (name: keyof Ended): Float64Array => clientStamps[name] ?? new Float64Array();
  const [requestNs, endNs, bytesRead] = [column('requestNs'), column('endNs'), column('bytesRead')];
  return Array.from(endNs, (end, index) => ({
    requestNs: requestNs[index] as number,
    endNs: end,
    bytesRead: bytesRead[index] as number,
  })).filter(({ endNs: end }) => end >= warmupNs && end < warmupNs + windowNs);
}
