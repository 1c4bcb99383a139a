// Metrics of receivers that stop reading, besides those that their neighbours share with steady
// streams.

import type { CompletedTrial, DistributionName } from '../../contract/run-file.ts';
import type { StallRecord } from '../../contract/stall.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import {
  quantileMetric,
  type Metric,
  type MetricChoice,
  type SteadyMetric,
} from '../../analysis/metrics/metric.ts';
import { choose, inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import { ordinaryRequestMetrics, steadyMetrics } from '../../analysis/metrics/steady.ts';

const shared: MetricChoice = {
  ids: ['cpu.server.token', 'cpu.client.token', 'elu.server', 'elu.client', 'coalescing'],
  endpoints: [],
};

const AFTER =
  'from when a token was due to its receipt, over the clients that read on, after the others stopped';
const BEFORE =
  'from when a token was due to its receipt, over the same clients, before the others stopped';

type Words = Pick<Metric, 'id' | 'title' | 'definition'>;

function delivery(words: Words, distribution: DistributionName, quantile: 0.5 | 0.99): Metric {
  return quantileMetric({ ...words, better: 'lower', scale: 'ratio', distribution, quantile });
}

const beforeP99 = delivery(
  { id: 'neighbours.before.p99', title: "Neighbours' delivery p99, before", definition: BEFORE },
  'beforeFaultDeliveryNs',
  0.99,
);
const afterP99 = delivery(
  { id: 'neighbours.p99', title: "Neighbours' delivery p99", definition: AFTER },
  'neighbourDeliveryNs',
  0.99,
);

/** undefined in a trial in which no receiver stopped, or none of the stopped ones was affected. */
function ofStalls(
  words: Words & Pick<SteadyMetric, 'unit' | 'absence'>,
  of: (stall: StallRecord) => number | undefined,
): SteadyMetric {
  return { ...words, better: 'neither', scale: 'ratio', value: ({ stall }) => stall && of(stall) };
}

function shareOf(words: Words, of: (stall: StallRecord) => number): SteadyMetric {
  const value = ({ stall }: CompletedTrial): number | undefined =>
    stall === undefined || stall.stopped === 0 ? undefined : of(stall) / stall.stopped;
  return { ...words, unit: 'ratio', better: 'neither', scale: 'difference', value };
}

const NEVER_FULL = 'no socket was full';
const NEVER_CUT = 'nobody was cut';

const own: readonly SteadyMetric[] = [
  { ...afterP99, endpoint: 'P4', margin: { ratio: 0.2, absolute: NS_PER_MS } },
  delivery(
    { id: 'neighbours.p50', title: "Neighbours' delivery p50", definition: AFTER },
    'neighbourDeliveryNs',
    0.5,
  ),
  delivery(
    { id: 'neighbours.before.p50', title: "Neighbours' delivery p50, before", definition: BEFORE },
    'beforeFaultDeliveryNs',
    0.5,
  ),
  beforeP99,
  {
    id: 'neighbours.rise.p99',
    title: "Rise of neighbours' delivery p99",
    unit: 'ns',
    better: 'lower',
    scale: 'difference',
    definition: 'p99 of the clients that read on after the others stopped − before, within a trial',
    value: (trial) => {
      const [before, after] = [beforeP99.value(trial), afterP99.value(trial)];
      return before === undefined || after === undefined ? undefined : after - before;
    },
  },
  shareOf(
    {
      id: 'stall.full',
      title: 'Stopped readers whose socket was full',
      definition:
        'streams whose socket refused more and did not drain again/clients that stopped reading',
    },
    ({ blocked }) => blocked,
  ),
  ofStalls(
    {
      id: 'stall.full.after',
      title: 'Full after',
      unit: 'ns',
      absence: NEVER_FULL,
      definition:
        "from the stop until the server's socket refused more: when backpressure reaches the source; median of the streams",
    },
    ({ toBlockedNs }) => toBlockedNs,
  ),
  ofStalls(
    {
      id: 'stall.taken',
      title: 'Taken by the kernel',
      unit: 'bytes',
      absence: NEVER_FULL,
      definition:
        'bytes that the kernel took for a stopped reader from the stop until the socket was full, in the send buffer of one end and the receive buffer of the other; median of the streams',
    },
    ({ takenBytes }) => takenBytes,
  ),
  shareOf(
    {
      id: 'stall.cut',
      title: 'Stopped readers that were cut',
      definition:
        'streams that the server cut because more than the cap waited for them/clients that stopped reading',
    },
    ({ cut }) => cut,
  ),
  ofStalls(
    {
      id: 'stall.cut.after',
      title: 'Cut after',
      unit: 'ns',
      absence: NEVER_CUT,
      definition: 'from the stop until the server cut the stream; median of the streams',
    },
    ({ toCutNs }) => toCutNs,
  ),
  {
    id: 'memory.stopped',
    title: 'Server memory per stopped reader',
    unit: 'bytes',
    better: 'lower',
    scale: 'difference',
    definition:
      "(highest resident set of the server in the window after the stop − highest before it)/clients that stopped; the kernel's buffers are not in it, what the process grew by anyway is",
    value: ({ stall }) =>
      stall?.rssPeakBytes === undefined || stall.rssBeforeBytes === undefined || stall.stopped === 0
        ? undefined
        : (stall.rssPeakBytes - stall.rssBeforeBytes) / stall.stopped,
  },
];

export const slowReaderMetrics: readonly Metric[] = inOrder([
  ...choose(steadyMetrics, shared),
  ...ofTrials('completed', own),
  ...ordinaryRequestMetrics,
]);
