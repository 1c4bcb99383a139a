// Metrics of time, all quantiles within a trial. c: stamps of the client, s: of the server, o:
// offsets of the plan; c0 the planned start of a stream, c1 its request, c2 connected, c4 accepted,
// c5 a token received, c6 its end, c7 a token in the DOM; s1 the request at the server, s2 = s1 + o
// when a token was due, s2′ the turn of the pacer that found it due, s3 when it was written.

import type { GridQuantile } from '../../contract/distribution.ts';
import type { DistributionName } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import type { ControlDependence } from './control-dependence.ts';
import { quantileMetric, type EndpointId, type Margin, type SteadyMetric } from './metric.ts';

interface Family {
  readonly id: string;
  readonly title: string;
  readonly definition: string;
  readonly distribution: DistributionName;
  readonly better?: 'neither';
  readonly scale?: 'difference';
  readonly isWithinArm?: true;
  readonly isOneWay?: true;
  readonly controls?: ControlDependence;
  readonly quantiles: readonly (readonly [
    name: 'p50' | 'p90' | 'p99' | 'max',
    endpoint?: EndpointId,
    margin?: Margin,
  ])[];
}

const QUANTILES: Record<'p50' | 'p90' | 'p99' | 'max', GridQuantile> = {
  p50: 0.5,
  p90: 0.9,
  p99: 0.99,
  max: 1,
};

const families: readonly Family[] = [
  {
    id: 'open',
    title: 'Open latency',
    definition: 'c4 − c1: from the request to the accepted stream (response head or 101)',
    distribution: 'openNs',
    // The answer to a request waits for no turn.
    controls: 'load',
    quantiles: [['p50', 'P1', { ratio: 0.1, absolute: NS_PER_MS, isForUsers: true }], ['p99']],
  },
  {
    id: 'ttft',
    title: 'Time to first token',
    definition: 'c5 of the first token − c0: from the planned start, so a late request counts',
    distribution: 'ttftNs',
    quantiles: [['p50']],
  },
  {
    id: 'ttft.overhead',
    title: 'TTFT overhead',
    definition:
      '(c5 of the first token − c1) − o: time to first token from the request, less the modelled prefill',
    distribution: 'ttftOverheadNs',
    scale: 'difference',
    // Compared by difference, so the relative bound of 10 % has no ratio to apply to.
    quantiles: [
      ['p50', 'P2', { ratio: undefined, absolute: NS_PER_MS, isForUsers: true }],
      ['p90'],
    ],
  },
  {
    id: 'delivery',
    title: 'Delivery latency',
    definition:
      'c5 − s2: from when the token was due to its receipt; a server that is late is charged for it',
    distribution: 'deliveryScheduledNs',
    isOneWay: true,
    quantiles: [
      ['p50', 'P3', { ratio: 0.1, absolute: 0.1 * NS_PER_MS, isForUsers: true }],
      ['p90'],
      ['p99', 'P4', { ratio: 0.2, absolute: NS_PER_MS, isForUsers: true }],
      ['max'],
    ],
  },
  {
    id: 'delivery.ready',
    title: 'Ready to received',
    definition:
      'c5 − s2′: from the turn of the pacer that found the token due to its receipt; queueing, system calls, network and client are in it, the grain of the pacer’s timer is not',
    distribution: 'readyToReceivedNs',
    isOneWay: true,
    // No absolute bound: it would be most of the transport's own time, and only one verdict would
    // be possible.
    quantiles: [['p50', 'P9', { ratio: 0.1, absolute: undefined }], ['p90'], ['p99']],
  },
  {
    id: 'pacer.wait',
    title: 'Wait for the pacer',
    definition:
      's2′ − s2: from when the token was due to the turn of the pacer that found it due; the harness’s own, and part of delivery in every arm',
    distribution: 'dueToReadyNs',
    controls: 'nothing',
    better: 'neither',
    quantiles: [['p50'], ['p99']],
  },
  {
    id: 'pacer.period',
    title: 'Between turns of the pacer',
    definition:
      'time between consecutive turns that emitted a token; the same in every arm by construction (negative control)',
    distribution: 'turnPeriodNs',
    controls: 'nothing',
    better: 'neither',
    quantiles: [['p50']],
  },
  {
    id: 'delivery.transport',
    title: 'Transport latency',
    definition:
      'c5 − s3: from the write of the token to its receipt; hides queueing in the server, and depends on how an arm writes: node:http sends all tokens of a turn after the last stamp, ws each after its own; so it is not compared between arms',
    distribution: 'deliveryTransportNs',
    isWithinArm: true,
    isOneWay: true,
    quantiles: [['p50'], ['p90'], ['p99'], ['max']],
  },
  {
    id: 'lateness',
    title: 'Server lateness',
    definition:
      's3 − s2: from when the token was due to its write; as for transport latency, not compared between arms',
    distribution: 'latenessNs',
    isWithinArm: true,
    quantiles: [['p50'], ['p99']],
  },
  {
    id: 'icl',
    title: 'Inter-chunk latency',
    definition:
      'time between consecutive reads of a stream that carried a token; tokens that come together make it longer, and it is neither better nor worse for that',
    distribution: 'interChunkNs',
    better: 'neither',
    quantiles: [['p50'], ['p99']],
  },
  {
    id: 'tpot',
    title: 'Time per output token',
    definition: '(c5 of the last token − c5 of the first)/(n − 1), one value per stream',
    distribution: 'tpotNs',
    quantiles: [['p50']],
  },
  {
    id: 'jitter',
    title: 'Jitter',
    definition:
      '|(c5 − c5 before) − (o − o before)|: how far a gap between tokens is from the planned one',
    distribution: 'jitterNs',
    quantiles: [['p50'], ['p99']],
  },
  {
    id: 'e2e',
    title: 'End-to-end latency',
    definition: 'c6 − c0: from the planned start of the stream to its end',
    distribution: 'endToEndNs',
    quantiles: [['p50']],
  },
  {
    id: 'e2e.overhead',
    title: 'End-to-end overhead',
    definition: '(c6 − c1) − o of the last token: what the stream took beyond its plan',
    distribution: 'endToEndOverheadNs',
    scale: 'difference',
    quantiles: [['p50']],
  },
  {
    id: 'connect',
    title: 'TCP connect',
    definition:
      'c2 − c1; the same work in every arm by construction, so a difference here is a fault of the harness (negative control)',
    distribution: 'connectNs',
    controls: 'load',
    better: 'neither',
    quantiles: [['p50']],
  },
];

/** Families of pages. */
const appendFamilies: readonly Family[] = [
  {
    id: 'append',
    title: 'Due to DOM',
    definition:
      'c7 − s2: from when the token was due to its text in the DOM of the page; painting it comes after',
    distribution: 'appendScheduledNs',
    isOneWay: true,
    quantiles: [['p50'], ['p90'], ['p99']],
  },
  {
    id: 'append.transport',
    title: 'Write to DOM',
    definition: 'c7 − s3: from the write of the token to its text in the DOM of the page',
    distribution: 'appendTransportNs',
    isOneWay: true,
    quantiles: [['p50'], ['p99']],
  },
  {
    id: 'append.page',
    title: 'Callback to DOM',
    definition:
      'c7 − c5: from the first statement of the callback to the text in the DOM: parsing the payload and appending a text node',
    distribution: 'appendNs',
    // The clock of a page is as coarse as the times measured here.
    scale: 'difference',
    quantiles: [['p50'], ['p99']],
  },
];

export const latencyMetrics: readonly SteadyMetric[] = quantilesOf(families);

export const appendMetrics: readonly SteadyMetric[] = quantilesOf(appendFamilies);

function quantilesOf(all: readonly Family[]): readonly SteadyMetric[] {
  return all.flatMap((family) =>
    family.quantiles.map(([name, endpoint, margin]) =>
      quantileMetric({
        id: `${family.id}.${name}`,
        title: `${family.title} ${name}`,
        definition: family.definition,
        better: family.better ?? 'lower',
        scale: family.scale ?? 'ratio',
        distribution: family.distribution,
        quantile: QUANTILES[name],
        ...(family.isWithinArm === undefined ? {} : { isWithinArm: true }),
        ...(family.isOneWay === true && { isOneWay: true }),
        ...(family.controls !== undefined && { controls: family.controls }),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(margin === undefined ? {} : { margin }),
      }),
    ),
  );
}
