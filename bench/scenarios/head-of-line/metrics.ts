// Metrics of small tokens beside large messages.

import type { CompletedTrial, DistributionName } from '../../contract/run-file.ts';
import { quantileOf } from '../../contract/distribution.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { choose, inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import {
  quantileMetric,
  type Metric,
  type MetricChoice,
  type SteadyMetric,
} from '../../analysis/metrics/metric.ts';
import { steadyMetrics } from '../../analysis/metrics/steady.ts';

const shared: MetricChoice = { ids: ['elu.server', 'elu.client'], endpoints: [] };

/**
 * Each large message makes up a part of the tail by itself: as many as separate stalls carry a tail
 * elsewhere (bench/analysis/statistics/tail-support.ts).
 */
const LEAST_MESSAGES = 10;

const BEHIND =
  'from when a token was due to its receipt, over tokens that were due while a large message of another stream on their connection was under way by the plan; without a common connection, of any other stream';
const AWAY =
  'from when a token was due to its receipt, over tokens that were due while no large message was under way';

type Words = Pick<Metric, 'id' | 'title' | 'definition'>;

/** undefined with too few large messages: the plan decides, so it is the same in all arms. */
function delivery(words: Words, name: DistributionName, quantile: 0.5 | 0.99): SteadyMetric {
  return {
    ...words,
    unit: 'ns',
    better: 'lower',
    scale: 'ratio',
    quantile,
    absence: 'fewer than ten large messages in the window',
    value: ({ distributions }: CompletedTrial) =>
      (distributions.largeMessageNs?.count ?? 0) < LEAST_MESSAGES
        ? undefined
        : quantileOf(distributions[name], quantile),
  };
}

const behindP99 = delivery(
  { id: 'behind.p99', title: 'Delivery p99 behind a large message', definition: BEHIND },
  'behindLargeNs',
  0.99,
);
const awayP99 = delivery(
  { id: 'away.p99', title: 'Delivery p99 at other times', definition: AWAY },
  'awayFromLargeNs',
  0.99,
);

const own: readonly SteadyMetric[] = [
  { ...behindP99, endpoint: 'P4', margin: { ratio: 0.2, absolute: NS_PER_MS } },
  delivery(
    { id: 'behind.p50', title: 'Delivery p50 behind a large message', definition: BEHIND },
    'behindLargeNs',
    0.5,
  ),
  delivery(
    { id: 'away.p50', title: 'Delivery p50 at other times', definition: AWAY },
    'awayFromLargeNs',
    0.5,
  ),
  awayP99,
  {
    id: 'behind.rise.p99',
    title: 'Rise of delivery p99 behind a large message',
    unit: 'ns',
    better: 'lower',
    scale: 'difference',
    definition: 'p99 behind a large message − p99 at other times, within a trial',
    value: (trial) => {
      const [behind, away] = [behindP99.value(trial), awayP99.value(trial)];
      return behind === undefined || away === undefined ? undefined : behind - away;
    },
  },
  quantileMetric({
    id: 'large.p50',
    title: 'Delivery p50 of the large messages',
    better: 'lower',
    scale: 'ratio',
    definition: 'from when a large message was due until its last byte was received',
    distribution: 'largeMessageNs',
    quantile: 0.5,
  }),
];

export const headOfLineMetrics: readonly Metric[] = inOrder([
  ...choose(steadyMetrics, shared),
  ...ofTrials('completed', own),
]);
