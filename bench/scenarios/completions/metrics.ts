// Metrics of whole streams in a closed loop. The duration of a stream and the number of streams are
// two forms of one number, connections/time: both are exploratory. The cost of a stream for the
// server does not depend on who waits for whom.

import { transports } from '../../contract/arms/transports.ts';
import type { CompletionsTrial } from '../../contract/run-file.ts';
import { NS_PER_S } from '../../contract/units.ts';
import {
  quantileMetric,
  type CompletionsMetric,
  type Metric,
} from '../../analysis/metrics/metric.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';

const DEFINITION =
  'from the request for a stream to its `done`, of streams that ended whole in the window; the next is asked for afterwards';

function perStream({ completions }: CompletionsTrial, total: number): number | undefined {
  return completions.streams === 0 ? undefined : total / completions.streams;
}

const own: readonly CompletionsMetric[] = [
  {
    id: 'cpu.server.stream',
    title: 'Server CPU per whole stream',
    unit: 'ns',
    better: 'lower',
    scale: 'ratio',
    endpoint: 'P5',
    margin: { ratio: 0.05, absolute: undefined },
    definition:
      'user and system CPU time of the server in the window/streams that ended whole in it: opening, tokens and closing; on one host the sender is charged much of the receipt',
    value: (trial) => {
      const { use } = trial.completions.server;
      return perStream(trial, use.cpuUserNs + use.cpuSystemNs);
    },
  },
  {
    id: 'completions.rate',
    title: 'Whole streams per second',
    unit: 'count',
    better: 'higher',
    scale: 'ratio',
    definition:
      'streams that ended whole in the window/window: a closed loop, in which a slow server is asked less',
    value: ({ completions, windowNs }) => completions.streams / (windowNs / NS_PER_S),
  },
  ...(['p50', 'p99'] as const).map((name) =>
    quantileMetric({
      id: `completion.${name}`,
      title: `Completion time ${name}`,
      better: 'lower',
      scale: 'ratio',
      distribution: 'completionNs',
      quantile: name === 'p50' ? 0.5 : 0.99,
      definition: DEFINITION,
    }),
  ),
  {
    id: 'bytes.completion',
    title: 'Bytes per whole stream',
    unit: 'bytes',
    better: 'lower',
    scale: 'ratio',
    isExact: true,
    dependsOnTiming: true,
    margin: { ratio: 0.05, absolute: undefined },
    absence: 'the heads and frames of HTTP/2 are not counted stream by stream',
    definition:
      'bytes received for the streams that ended whole in the window/those streams: head, events and end; from the server to the client',
    value: (trial) =>
      transports[trial.arm.transport].capabilities.http === 2
        ? undefined
        : perStream(trial, trial.completions.bytesRead),
  },
  {
    id: 'elu.server',
    title: 'Server event-loop utilisation',
    unit: 'ratio',
    better: 'lower',
    scale: 'ratio',
    definition: 'share of the window in which the event loop did not wait',
    value: ({ completions }) => completions.server.use.eventLoopUtilisation,
  },
  {
    id: 'elu.client',
    title: 'Client event-loop utilisation',
    unit: 'ratio',
    better: 'lower',
    scale: 'ratio',
    definition:
      'share of the window in which the event loop did not wait; a busy client measures itself',
    value: ({ completions }) => completions.client.use.eventLoopUtilisation,
  },
];

export const completionsMetrics: readonly Metric[] = inOrder(ofTrials('completions', own));
