// Metrics of searches for the most streams at the objectives: the answer, and what server and client did at that load.

import type { MeasuredStep } from '../../contract/search.ts';
import { carriedSteps } from '../capacity/carried-steps.ts';
import { mean } from '../statistics/moments.ts';
import type { SearchMetric } from './metric.ts';

const AT_ANSWER = 'at the highest load that was carried, mean over its steps';

type AtAnswer = Omit<SearchMetric, 'absence' | 'value' | 'scale'> & {
  /** Undefined where a step does not have it. */
  readonly of: (step: MeasuredStep) => number | undefined;
};

function atAnswer({ of, ...metric }: AtAnswer): SearchMetric {
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

const ABSENCE = 'no answer, or only "at least"';

export const searchMetrics: readonly SearchMetric[] = [
  {
    id: 'capacity.streams',
    title: 'Capacity',
    unit: 'count',
    better: 'higher',
    scale: 'ratio',
    endpoint: 'P7',
    margin: { ratio: 0.05, absolute: undefined },
    definition:
      'the most concurrent streams at which all objectives hold, below the fewest at which they do not: one value a search, on a grid of loads that both arms share; more is better',
    absence: ABSENCE,
    value: (trial) => (carriedSteps(trial).length === 0 ? undefined : trial.search.lowerStreams),
  },
  atAnswer({
    id: 'capacity.tokens',
    title: 'Capacity in tokens',
    unit: 'tokens/s',
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
    better: 'lower',
    definition: `user and system CPU time of the server/tokens it wrote, ${AT_ANSWER}`,
    of: ({ serverCpuNs, serverTokens }) => (serverTokens === 0 ? undefined : serverCpuNs / serverTokens),
  }),
  atAnswer({
    id: 'elu.server.loaded',
    title: 'Server event-loop utilisation at capacity',
    unit: 'ratio',
    better: 'neither',
    definition: `share of the window in which the event loop did not wait, ${AT_ANSWER}`,
    of: ({ serverUtilisation }) => serverUtilisation,
  }),
  atAnswer({
    id: 'elu.client.loaded',
    title: 'Client event-loop utilisation at capacity',
    unit: 'ratio',
    better: 'neither',
    definition: `share of the window in which the event loop did not wait, ${AT_ANSWER}; beyond 70 % the client is not believed where a load fails`,
    of: ({ clientUtilisation }) => clientUtilisation,
  }),
  atAnswer({
    id: 'coalescing.loaded',
    title: 'Tokens per read at capacity',
    unit: 'tokens/read',
    better: 'neither',
    definition: `tokens received/reads of the client that carried a token, ${AT_ANSWER}`,
    of: ({ tokensPerRead }) => tokensPerRead,
  }),
];
