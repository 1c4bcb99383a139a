// Metrics of trials with fault injection. Times count from the fault; a quantile is over the
// clients of one trial, all of which are known, so that the p95 of 100 clients is the 95th of them
// and needs no further evidence.

import {
  quantileGrid,
  quantileOf,
  type Distribution,
  type GridQuantile,
} from '../../contract/distribution.ts';
import type { RecoveryRecord } from '../../contract/recovery.ts';
import type { DistributionName, FaultedTrial } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { isQuantileSupported } from '../../analysis/statistics/rank-interval.ts';
import type { Metric, RecoveryMetric } from '../../analysis/metrics/metric.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';

type MetricText = Pick<RecoveryMetric, 'id' | 'title' | 'definition'>;

/**
 * The value that `q` of `clients` do not exceed, of which those without a value count as infinitely
 * late: undefined when it is one of theirs. When no saved quantile falls on that client, the next
 * higher one is used.
 */
function quantileOverClients(
  distribution: Distribution | undefined,
  q: number,
  clients: number,
): number | undefined {
  if (distribution === undefined) return undefined;
  const rank = Math.max(1, Math.ceil(q * clients));
  const kept = quantileGrid.findIndex((gridQ) => Math.ceil(gridQ * distribution.count) >= rank);
  return rank > distribution.count ? undefined : distribution.values[kept];
}

/**
 * Time to the resumed stream, over the clients that lost theirs: those that resumed and those that
 * never did.
 */
function resumedMetric(
  name: string,
  q: number,
): MetricText & Omit<RecoveryMetric, keyof MetricText> {
  return {
    id: `resumed.${name}`,
    title: `Time to resumed stream ${name}`,
    definition:
      'from the fault to the first token that the client had not seen, over clients whose stream was interrupted; one that never got another token counts as infinitely late',
    absence: 'no client was interrupted, or too many never came back',
    ...lowerTime,
    value: ({ distributions: { faultToResumedNs }, recovery: { neverBack } }) =>
      quantileOverClients(faultToResumedNs, q, (faultToResumedNs?.count ?? 0) + neverBack),
  };
}

const lowerTime = { unit: 'ns', better: 'lower', scale: 'ratio' } as const;
const lowerCount = { unit: 'count', better: 'lower', scale: 'difference' } as const;

/** A quantile over the clients that have the value. */
function clientQuantile(
  text: MetricText,
  distribution: DistributionName,
  q: GridQuantile,
): RecoveryMetric {
  return {
    ...text,
    ...lowerTime,
    value: ({ distributions }) => quantileOf(distributions[distribution], q),
  };
}

/** A quantile over tokens, which are many and correlated: as for steady streams. */
function tokenQuantile(
  text: MetricText,
  distribution: DistributionName,
  q: GridQuantile,
): RecoveryMetric {
  return {
    ...text,
    ...lowerTime,
    quantile: q,
    value: ({ distributions: { [distribution]: samples } }) =>
      samples !== undefined && isQuantileSupported(q, samples.effectiveCount)
        ? quantileOf(samples, q)
        : undefined,
  };
}

/**
 * A count over all clients of the trial; it still depends on the moment at which each of them lost
 * its connection.
 */
function counted(
  text: MetricText,
  value: (recovery: RecoveryRecord) => number | undefined,
): RecoveryMetric {
  return {
    ...text,
    ...lowerCount,
    isExact: true,
    dependsOnTiming: true,
    margin: { ratio: 0.05, absolute: undefined },
    value: ({ recovery }) => value(recovery),
  };
}

function recoveredMetric(percentage: 50 | 95 | 100): RecoveryMetric {
  return {
    id: `recovered.${percentage}`,
    title: `Time until ${percentage} % were back`,
    definition: `from the fault until ${percentage} % of all clients of the trial had a token that they had not seen; none where fewer ever did`,
    ...lowerTime,
    value: ({ distributions, recovery: { clients } }) =>
      quantileOverClients(distributions.faultToResumedNs, percentage / 100, clients),
  };
}

function peakOf(counts: readonly number[], bins: number): number | undefined {
  let sum = 0;
  let peak: number | undefined;
  for (const [bin, count] of counts.entries()) {
    sum += count - (bin >= bins ? (counts[bin - bins] as number) : 0);
    peak = Math.max(peak ?? 0, sum);
  }
  return peak;
}

function busyShare({ server }: FaultedTrial): number | undefined {
  return server && (server.use.cpuUserNs + server.use.cpuSystemNs) / server.use.wallNs;
}

const DETECT =
  'from the fault until the client noticed that its connection was lost, over clients that did';
const GAP =
  'the longest time without a token from the fault to the first token that the client had not seen, less the planned silence in it; over clients whose stream was interrupted';

const own: readonly RecoveryMetric[] = [
  {
    ...resumedMetric('p95', 0.95),
    endpoint: 'P8',
    margin: { ratio: 0.1, absolute: 50 * NS_PER_MS },
  },
  resumedMetric('p50', 0.5),
  resumedMetric('p99', 0.99),
  resumedMetric('max', 1),
  clientQuantile(
    { id: 'detect.p50', title: 'Detection p50', definition: DETECT },
    'faultToDetectNs',
    0.5,
  ),
  clientQuantile(
    { id: 'detect.p95', title: 'Detection p95', definition: DETECT },
    'faultToDetectNs',
    0.95,
  ),
  clientQuantile(
    {
      // Not `connect`: that is TCP connect of steady streams, the negative control.
      id: 'reconnect.p50',
      title: 'Reconnect p50',
      definition:
        'from the first attempt after the loss to the accepted connection: attempts that fail and the waits between them count',
    },
    'attemptToOpenNs',
    0.5,
  ),
  {
    id: 'attempts',
    title: 'Attempts per client',
    ...lowerCount,
    definition: 'attempts to reconnect after the fault/clients that noticed a loss',
    value: ({ recovery: { client, noticed } }) =>
      noticed > 0 ? client.attempts / noticed : undefined,
  },
  clientQuantile({ id: 'gap.p50', title: 'Visible gap p50', definition: GAP }, 'visibleGapNs', 0.5),
  clientQuantile(
    { id: 'gap.p95', title: 'Visible gap p95', definition: GAP },
    'visibleGapNs',
    0.95,
  ),
  clientQuantile(
    {
      id: 'healed.p50',
      title: 'Back after the cause p50',
      definition:
        'from when the cause was over to the first unseen token, over clients that were not back before',
    },
    'healToResumedNs',
    0.5,
  ),
  clientQuantile(
    {
      id: 'caughtup.p50',
      title: 'Caught up p50',
      definition:
        'from the fault to the first token, resumed or later, whose delivery is below 1.5 times the p50 before the fault, or within 1 ms of it',
    },
    'faultToCaughtUpNs',
    0.5,
  ),
  counted(
    {
      id: 'lost',
      title: 'Tokens lost',
      definition: 'tokens that no client had when the trial ended',
    },
    ({ client }) => client.lost,
  ),
  counted(
    {
      id: 'duplicated',
      title: 'Tokens received twice',
      definition: 'receipts of a token that the client had already',
    },
    ({ client }) => client.duplicated,
  ),
  counted(
    {
      id: 'replayed',
      title: 'Tokens replayed',
      definition: 'tokens that the server sent from its buffer to clients that came back',
    },
    ({ server }) => server?.replayedTokens,
  ),
  {
    id: 'replayed.bytes',
    title: 'Bytes replayed',
    unit: 'bytes',
    better: 'lower',
    scale: 'difference',
    definition: 'bytes of the replayed tokens as they were written',
    value: ({ recovery: { server } }) => server?.replayedBytes,
  },
  tokenQuantile(
    {
      id: 'delivery.before.p50',
      title: 'Delivery before the fault p50',
      definition: 'from when a token was due to its receipt, before the fault',
    },
    'beforeFaultDeliveryNs',
    0.5,
  ),
  tokenQuantile(
    {
      id: 'delivery.neighbour.p99',
      title: 'Delivery of neighbours p99',
      definition:
        'from when a token was due to its receipt, while other clients did not read, over those that did',
    },
    'neighbourDeliveryNs',
    0.99,
  ),
  {
    id: 'peers.dead',
    title: 'Connections still held',
    ...lowerCount,
    definition: 'connections that the server held once a dead one should have been noticed',
    value: ({ recovery: { peers } }) => peers.dead?.connections,
  },
  recoveredMetric(50),
  recoveredMetric(95),
  recoveredMetric(100),
  {
    id: 'attempts.peak',
    title: 'Most attempts in 100 ms',
    ...lowerCount,
    definition: 'attempts to reconnect in the fullest 100 ms after the fault',
    value: ({ recovery: { curve } }) =>
      peakOf(curve.attempts, Math.round((100 * NS_PER_MS) / curve.binNs)),
  },
  {
    id: 'accepts.peak',
    title: 'Most accepted in 1 s',
    unit: 'count',
    better: 'neither',
    scale: 'difference',
    definition: 'connections accepted in the fullest second after the fault',
    value: ({ recovery: { curve } }) => peakOf(curve.accepted, Math.round(NS_PER_S / curve.binNs)),
  },
  {
    id: 'cpu.server.share',
    title: 'Server CPU share',
    unit: 'ratio',
    better: 'lower',
    scale: 'ratio',
    definition:
      'user and system CPU time of the server that was there at the end/the time that it measured it over',
    value: busyShare,
  },
  {
    id: 'elu.server.max',
    title: 'Highest event-loop utilisation of the server',
    unit: 'ratio',
    better: 'lower',
    scale: 'ratio',
    definition:
      'largest share of one second in which the event loop of the server that was there at the end did not wait',
    value: ({ server }) => server?.use.eventLoopUtilisationMax,
  },
];

export const recoveryMetrics: readonly Metric[] = inOrder(ofTrials('faulted', own));
