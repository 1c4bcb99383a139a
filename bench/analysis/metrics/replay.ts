// Metrics of a replay: how near the twins come to what was recorded. Only plans whose workload is a
// recording have them.

import { quantileOf } from '../../contract/distribution.ts';
import type { ReplayRecord } from '../../contract/replay-record.ts';
import type { SteadyMetric } from './metric.ts';

const neutral = { better: 'neither', scale: 'difference' } as const;

export const replayMetrics: readonly SteadyMetric[] = [
  gapError('p50', 0.5),
  gapError('p99', 0.99),
  coalescing(
    'recorded',
    'tokens of the window over the instants at which they are due: tokens that came in one read when they were recorded are due at one',
    ({ followers, together }) => followers / (followers - together),
  ),
  coalescing(
    'sent',
    'tokens over the turns of the pacer in which they left: equal to the recorded index where the replay keeps what came together',
    ({ followers, together, split, joined }) => followers / (followers - together + split - joined),
  ),
  coalescing(
    'received',
    'tokens over the reads that brought them to the client: what the transport makes of it',
    ({ followers, readTogether }) => followers / (followers - readTogether),
  ),
  {
    id: 'replay.covered',
    title: 'Recorded streams replayed to the end',
    unit: 'count',
    ...neutral,
    definition:
      'different streams of the recording that streams of the trial replayed from the first token to the last; the others were cut by the start or the end of the trial, or had no turn',
    value: ({ replay }) => replay?.covered,
  },
];

function gapError(name: string, q: 0.5 | 0.99): SteadyMetric {
  return {
    id: `replay.gap.${name}`,
    title: `Gap error of the replay ${name}`,
    unit: 'ns',
    ...neutral,
    absence: 'too few tokens in the window,',
    definition:
      '|gap between the writes of two tokens − their recorded gap|, by the stamps of the server',
    value: ({ distributions }) => quantileOf(distributions.replayGapErrorNs, q),
  };
}

function coalescing(
  name: string,
  definition: string,
  valueOf: (replay: ReplayRecord) => number,
): SteadyMetric {
  return {
    id: `replay.coalescing.${name}`,
    title: `Coalescing index, ${name}`,
    unit: 'tokens/read',
    ...neutral,
    definition,
    value: ({ replay }) => {
      const value = replay === undefined ? Number.NaN : valueOf(replay);
      return Number.isFinite(value) ? value : undefined;
    },
  };
}
