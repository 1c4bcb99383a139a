// Metrics of opening streams: all at one moment, or one by one on new and on kept connections.

import { refusedCauses, timedOutCauses } from '../../contract/connecting.ts';
import { quantileOf, type GridQuantile } from '../../contract/distribution.ts';
import type { LoadPoint } from '../../contract/load-point.ts';
import type { KernelCounts } from '../../contract/recovery.ts';
import type { CompletedTrial, DistributionName } from '../../contract/run-file.ts';
import { OPEN_TIMEOUT_NS } from '../../contract/storm.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { latencyMetrics } from '../../analysis/metrics/latency.ts';
import {
  quantileMetric,
  type EndpointId,
  type Metric,
  type MetricChoice,
  type SteadyMetric,
} from '../../analysis/metrics/metric.ts';
import { choose, inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import { ordinaryRequestMetrics, steadyMetrics } from '../../analysis/metrics/steady.ts';

const shared: MetricChoice = {
  ids: ['connect.p50', 'ttft.overhead.p50', 'elu.server', 'elu.client', 'bytes.stream'],
  endpoints: ['P2'],
};

type Connecting = NonNullable<LoadPoint['connecting']>;

/**
 * Load points at which a metric is meaningful; a metric not listed is meaningful at all of them.
 */
const places: Readonly<Record<string, readonly Connecting[]>> = {
  'open.rate': ['storm'],
  'open.failed': ['storm'],
  'open.refused': ['storm'],
  'open.timedout': ['storm'],
  'open.overflows': ['storm'],
  'open.drops': ['storm'],
  'open.synretransmits': ['storm'],
  'open.issue': ['storm'],
  'ttft.p99': ['storm'],
  // In a storm the client is busy with other connections when the kernel has made one, so it is no
  // control.
  'connect.p50': ['cold', 'resumed'],
  'ttft.overhead.p50': ['cold', 'resumed', 'warm'],
  'bytes.stream': ['cold', 'resumed', 'warm'],
};

export function isAskedOfConnect(metric: string, { connecting }: LoadPoint): boolean {
  return connecting === undefined || places[metric]?.includes(connecting) !== false;
}

/** On a kept connection nothing is opened: open latency is exploratory there. */
export function isEndpointOfConnect(endpoint: EndpointId, { connecting }: LoadPoint): boolean {
  return endpoint !== 'P1' || connecting !== 'warm';
}

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99, max: 1 } as const satisfies Record<
  string,
  GridQuantile
>;

/**
 * The quantity of scenario `stream`. A storm has all its streams, so its quantiles are no estimates
 * from a sample.
 */
function waitMetric(family: 'open' | 'ttft', name: keyof typeof QUANTILES): SteadyMetric {
  const distribution: DistributionName = family === 'open' ? 'openNs' : 'ttftNs';
  const quantile = QUANTILES[name];
  const median = latencyMetrics.find(({ id }) => id === `${family}.p50`) as SteadyMetric;
  const { endpoint, margin, unit: _unit, value: _value, ...text } = median;
  const sampled = quantileMetric({
    ...text,
    id: `${family}.${name}`,
    title: text.title.replace('p50', name),
    distribution,
    quantile,
    ...(name === 'p50' && {
      ...(endpoint !== undefined && { endpoint }),
      ...(margin !== undefined && { margin }),
    }),
  });
  return {
    ...sampled,
    value: (trial) =>
      trial.storm === undefined
        ? sampled.value(trial)
        : quantileOf(trial.distributions[distribution], quantile),
  };
}

function shareOfStorm(
  text: Pick<SteadyMetric, 'id' | 'title' | 'definition'>,
  of: (trial: CompletedTrial) => number,
): SteadyMetric {
  return {
    ...text,
    unit: 'ratio',
    better: 'lower',
    // The share is 0 in most storms.
    scale: 'difference',
    value: (trial) =>
      trial.storm === undefined || trial.storm.streams === 0
        ? undefined
        : of(trial) / trial.storm.streams,
  };
}

function failedBy({ client }: CompletedTrial, causes: ReadonlySet<string>): number {
  return client.errors.reduce((sum, { cause, count }) => sum + (causes.has(cause) ? count : 0), 0);
}

function ofKernel(
  text: Pick<SteadyMetric, 'id' | 'title' | 'definition'>,
  of: keyof KernelCounts,
): SteadyMetric {
  return {
    ...text,
    unit: 'count',
    better: 'lower',
    scale: 'difference',
    absence: 'the counters of the kernel could not be read',
    value: ({ kernel }) => kernel?.[of],
  };
}

const own: readonly SteadyMetric[] = [
  ...(['p50', 'p95', 'p99', 'max'] as const).map((name) => waitMetric('open', name)),
  ...(['p50', 'p99'] as const).map((name) => waitMetric('ttft', name)),
  {
    id: 'open.rate',
    title: 'Opens per second',
    unit: 'opens/s',
    better: 'higher',
    scale: 'ratio',
    definition:
      'streams of a storm that were accepted/from the first c1 to the last c4; one that the kernel let wait a second counts for it',
    value: ({ storm }) =>
      storm?.spanNs === undefined || storm.spanNs === 0
        ? undefined
        : storm.accepted / (storm.spanNs / NS_PER_S),
  },
  shareOfStorm(
    {
      id: 'open.failed',
      title: 'Streams of a storm that failed',
      definition:
        'not received whole, whatever the cause/streams of the storm; they have no times, so the quantiles are those of the others',
    },
    ({ storm, client }) => (storm?.streams ?? 0) - client.streamsVerified,
  ),
  shareOfStorm(
    {
      id: 'open.refused',
      title: 'Refused',
      definition: 'connections that were refused, and answers of 503/streams of the storm',
    },
    (trial) => failedBy(trial, refusedCauses),
  ),
  shareOfStorm(
    {
      id: 'open.timedout',
      title: 'Timed out',
      definition: `streams that were not accepted within ${OPEN_TIMEOUT_NS / NS_PER_S} s/streams of the storm`,
    },
    (trial) => failedBy(trial, timedOutCauses),
  ),
  ofKernel(
    {
      id: 'open.overflows',
      title: 'Listen queue overflows',
      definition:
        'ListenOverflows of the kernel over the storm, by /proc/net/netstat: connections that found the accept queue full',
    },
    'listenOverflows',
  ),
  ofKernel(
    {
      id: 'open.drops',
      title: 'Listen drops',
      definition:
        'ListenDrops of the kernel over the storm: first packets that were dropped for this or another reason',
    },
    'listenDrops',
  ),
  ofKernel(
    {
      id: 'open.synretransmits',
      title: 'First packets sent again',
      definition:
        'TCPSynRetrans of the kernel over the storm: each is a client that waited a second or more',
    },
    'synRetransmits',
  ),
  {
    id: 'open.issue',
    title: 'Time to issue a storm',
    unit: 'ns',
    better: 'neither',
    scale: 'ratio',
    definition:
      'from the first c1 to the last: connect() once for each stream, with nothing in between; a cost of the load process',
    value: ({ storm }) => (storm === undefined || storm.issueNs === 0 ? undefined : storm.issueNs),
  },
  {
    id: 'cpu.server.stream',
    absence: 'the storm was not over by the end of the window',
    title: 'Server CPU per stream',
    unit: 'ns',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    definition:
      'user and system CPU time of the server in the window/streams planned to begin in it, of a storm those that were accepted; their tokens are in it',
    value: ({ server: { use }, storm, planned }) => {
      const streams = storm?.accepted ?? planned.windowStarts;
      return streams === 0 || storm?.outlastsWindow === true
        ? undefined
        : (use.cpuUserNs + use.cpuSystemNs) / streams;
    },
  },
];

export const connectMetrics: readonly Metric[] = inOrder([
  ...choose(steadyMetrics, shared),
  ...ofTrials('completed', own),
  ...ordinaryRequestMetrics,
]);
