// Test support: a trial that holds given values of given metrics and none of the other latencies,
// so that thousands of experiments take seconds.

import type { TransportId } from '../../contract/arms/transports.ts';
import { quantileGrid, type Distribution, type GridQuantile } from '../../contract/distribution.ts';
import type { CompletedTrial, DistributionName } from '../../contract/run-file.ts';
import { describeTrial } from '../trial-fixture.ts';

/**
 * Distribution and quantile that each quantile metric reads: four endpoints and some exploratory
 * metrics.
 */
const quantilePlaces = {
  'open.p50': ['openNs', 0.5],
  'ttft.overhead.p50': ['ttftOverheadNs', 0.5],
  'delivery.p50': ['deliveryScheduledNs', 0.5],
  'delivery.p99': ['deliveryScheduledNs', 0.99],
  'open.p99': ['openNs', 0.99],
  'ttft.p50': ['ttftNs', 0.5],
  'ttft.overhead.p90': ['ttftOverheadNs', 0.9],
  'delivery.p90': ['deliveryScheduledNs', 0.9],
  'delivery.ready.p50': ['readyToReceivedNs', 0.5],
  'pacer.wait.p50': ['dueToReadyNs', 0.5],
} as const satisfies Record<string, readonly [DistributionName, GridQuantile]>;

export type QuantileMetricId = keyof typeof quantilePlaces;
export type SimulatedMetricId = QuantileMetricId | 'cpu.server.token';

export const quantileMetricIds = Object.keys(quantilePlaces) as readonly QuantileMetricId[];

export type TrialPlace = Pick<CompletedTrial, 'trial' | 'block' | 'order' | 'arm' | 'loadPoint'>;

/** `values` in the unit of each metric. */
export function simulateTrial(
  place: TrialPlace,
  values: ReadonlyMap<SimulatedMetricId, number>,
): CompletedTrial {
  const template = templateOf(place.arm.transport);
  const distributions: Partial<Record<DistributionName, Distribution>> = {};
  for (const [id, value] of values) {
    if (id === 'cpu.server.token') continue;
    const [name, q] = quantilePlaces[id];
    // A grid with holes: the quantiles that are not given are not measured.
    const distribution = (distributions[name] ??= {
      count: 40_000,
      effectiveCount: 20_000,
      mean: value,
      values: [],
    });
    distribution.values[quantileGrid.indexOf(q)] = value;
  }
  return {
    ...template,
    ...place,
    burnIn: false,
    distributions,
    server: withCpu(template.server, values.get('cpu.server.token')),
  };
}

function withCpu(
  server: CompletedTrial['server'],
  nsPerToken: number | undefined,
): CompletedTrial['server'] {
  if (nsPerToken === undefined) return { ...server, windowTokens: 0 };
  return {
    ...server,
    use: { ...server.use, cpuUserNs: nsPerToken * server.windowTokens, cpuSystemNs: 0 },
  };
}

type BareTrial = ReturnType<typeof describeBareTrial>;

const templates = new Map<TransportId, BareTrial>();

function templateOf(transport: TransportId): BareTrial {
  const template = templates.get(transport) ?? describeBareTrial(transport);
  templates.set(transport, template);
  return template;
}

/** A trial whose counters support no metric but utilisation, which is the same in all of them. */
function describeBareTrial(transport: TransportId) {
  const {
    tcp: _tcp,
    lowPhase: _lowPhase,
    client,
    server,
    memory,
    ...rest
  } = describeTrial(transport, () => 1);
  const { tokenReads: _tokenReads, ...unread } = client;
  return {
    ...rest,
    windowNs: 0,
    server: { ...server, use: { ...server.use, wallNs: 0 } },
    client: { ...unread, windowTokens: 0, streamsVerified: 0 },
    memory: { ...memory, openStreams: 0 },
  };
}
