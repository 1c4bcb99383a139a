// Metrics of searches for the most streams at the objectives: the answer, the behaviour of server
// and client at that load, and their behaviour at one load that all arms were given.

import type { MeasuredStep } from '../../contract/search.ts';
import { isClientAtEnd } from './at-end.ts';
import { carriedSteps, leastCarried } from './carried-steps.ts';
import { mean } from '../../analysis/statistics/moments.ts';
import type { Metric, SearchMetric } from '../../analysis/metrics/metric.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';

const AT_ANSWER = 'at the highest load that was carried, mean over its steps';

type OfStep = Omit<SearchMetric, 'absence' | 'value' | 'scale'> & {
  /** undefined when a step does not have it. */
  readonly of: (step: MeasuredStep) => number | undefined;
};

function atAnswer({ of, ...metric }: OfStep): SearchMetric {
  return {
    ...metric,
    scale: 'ratio',
    absence: ABSENCE,
    value: (trial) => {
      const values = carriedSteps(trial).flatMap((step) => of(step) ?? []);
      return values.length === 0 ? undefined : mean(values);
    },
  };
}

const AT_HEADLINE =
  'at the headline load, measured before each search: half of what the weaker arm carried in the burn-in block, the same streams for all arms of the run';

/**
 * A step that the machine disturbed describes the machine more than the transport, and one that
 * failed was not a carried load. Other checks of the load generator concern its own part of
 * latencies, which is why those have no verdict here.
 */
function atHeadline({ of, ...metric }: OfStep): SearchMetric {
  return {
    ...metric,
    scale: 'ratio',
    judgesClient: true,
    absence:
      'none was measured, or it was disturbed, not carried, or the client more than 70 % busy',
    value: ({ search: { headline } }) => {
      if (
        headline?.measured === undefined ||
        headline.failed.length > 0 ||
        headline.disturbedBy.length > 0
      )
        return undefined;
      return isClientAtEnd(headline.measured) ? undefined : of(headline.measured);
    },
  };
}

const cpuPerToken = ({ serverCpuNs, serverTokens }: MeasuredStep): number | undefined =>
  serverTokens === 0 ? undefined : serverCpuNs / serverTokens;

const ABSENCE = 'no answer, or only "at least"';

const own: readonly SearchMetric[] = [
  {
    id: 'capacity.streams',
    title: 'Capacity',
    unit: 'count',
    controls: 'batching',
    better: 'higher',
    scale: 'ratio',
    endpoint: 'P7',
    margin: { ratio: 0.05, absolute: undefined },
    definition:
      'the most concurrent streams at which all objectives hold, below the fewest at which they do not: one value a search, on a grid of loads that both arms share; more is better',
    absence: ABSENCE,
    // A search that ended elsewhere than at the server has no value but a bound, so its gate need
    // not void the others.
    judgesClient: true,
    value: (trial) => (carriedSteps(trial).length === 0 ? undefined : trial.search.lowerStreams),
    atLeast: leastCarried,
  },
  atHeadline({
    id: 'cpu.token.headline',
    title: 'Server CPU per token',
    unit: 'ns/token',
    controls: 'batching',
    better: 'lower',
    endpoint: 'P5',
    margin: { ratio: 0.05, absolute: 1000 },
    definition: `user and system CPU time of the server/tokens it wrote, ${AT_HEADLINE}; on one host the sender is charged much of the receipt`,
    of: cpuPerToken,
  }),
  atHeadline({
    id: 'delivery.headline.p50',
    title: 'Delivery latency p50 at the headline load',
    unit: 'ns',
    better: 'lower',
    definition: `from when a token was due to its receipt, ${AT_HEADLINE}`,
    of: ({ deliveryP50Ns }) => deliveryP50Ns,
  }),
  atHeadline({
    id: 'delivery.headline.p99',
    title: 'Delivery latency p99 at the headline load',
    unit: 'ns',
    better: 'lower',
    definition: `from when a token was due to its receipt, ${AT_HEADLINE}`,
    of: ({ deliveryP99Ns }) => deliveryP99Ns,
  }),
  atAnswer({
    id: 'capacity.tokens',
    title: 'Capacity in tokens',
    unit: 'tokens/s',
    controls: 'batching',
    better: 'higher',
    definition: `tokens received per second ${AT_ANSWER}: the conditional throughput of RFC 9971`,
    of: ({ deliveredTokensPerSecond }) => deliveredTokensPerSecond,
  }),
  atAnswer({
    id: 'delivery.loaded.p50',
    title: 'Delivery latency p50 at capacity',
    unit: 'ns',
    better: 'lower',
    definition: `from when a token was due to its receipt, ${AT_ANSWER}; the arms are at different loads`,
    of: ({ deliveryP50Ns }) => deliveryP50Ns,
  }),
  atAnswer({
    id: 'cpu.token.loaded',
    title: 'Server CPU per token at capacity',
    unit: 'ns/token',
    controls: 'batching',
    better: 'lower',
    definition: `user and system CPU time of the server/tokens it wrote, ${AT_ANSWER}`,
    of: cpuPerToken,
  }),
  atAnswer({
    id: 'elu.server.loaded',
    title: 'Server event-loop utilisation at capacity',
    unit: 'ratio',
    controls: 'batching',
    better: 'neither',
    definition: `share of the window in which the event loop did not wait, ${AT_ANSWER}`,
    of: ({ serverUtilisation }) => serverUtilisation,
  }),
  atAnswer({
    id: 'elu.client.loaded',
    title: 'Client event-loop utilisation at capacity',
    unit: 'ratio',
    controls: 'batching',
    better: 'neither',
    definition: `share of the window in which the event loop did not wait, ${AT_ANSWER}; beyond 70 % the client is not believed where a load fails`,
    of: ({ clientUtilisation }) => clientUtilisation,
  }),
  atAnswer({
    id: 'coalescing.loaded',
    title: 'Tokens per read at capacity',
    unit: 'tokens/read',
    controls: 'batching',
    better: 'neither',
    definition: `tokens received/reads of the client that carried a token, ${AT_ANSWER}`,
    of: ({ tokensPerRead }) => tokensPerRead,
  }),
];

export const searchMetrics: readonly Metric[] = inOrder(ofTrials('searched', own));
