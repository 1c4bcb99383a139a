// Metrics of what a path does to streams. None is an endpoint: cells are shown side by side. They
// serve exports, thresholds and comparisons with another version of a proxy.

import type { ProxyCellsMetric, Metric } from '../../analysis/metrics/metric.ts';
import { ofTrials } from '../../analysis/metrics/metric-list.ts';
import {
  cutOf,
  deliveryNs,
  firstTokenNs,
  openNs,
  stopReach,
  streamsOf,
  swallowed,
  tokensPerRead,
} from './cell-values.ts';

const timed = { unit: 'ns', better: 'lower', scale: 'difference' } as const;
const REFUSED = 'no stream was accepted';

const own: readonly ProxyCellsMetric[] = [
  {
    id: 'path.accepted',
    title: 'Streams that were accepted',
    unit: 'ratio',
    better: 'higher',
    scale: 'difference',
    definition:
      'streams of the timed ones with a response head, or a 101/those that were requested',
    value: ({ proxyCells }) => {
      const paced = streamsOf(proxyCells, 'paced');
      const accepted = paced.filter(({ acceptedNs }) => acceptedNs !== undefined);
      return paced.length === 0 ? undefined : accepted.length / paced.length;
    },
  },
  {
    ...timed,
    id: 'path.open',
    title: 'Open latency over the path',
    absence: REFUSED,
    definition:
      'from the request to the response head or the 101, median of a trial’s timed streams',
    value: ({ proxyCells }) => openNs(proxyCells),
  },
  {
    ...timed,
    id: 'path.first',
    title: 'First token over the path',
    absence: REFUSED,
    definition: 'from the request to the first token, median of a trial’s timed streams',
    value: ({ proxyCells }) => firstTokenNs(proxyCells),
  },
  {
    ...timed,
    id: 'path.delivery.p50',
    title: 'Delivery over the path p50',
    absence: REFUSED,
    definition:
      'from when a token would be due if its request took no time to its receipt: the way of the request is in it, over each path alike',
    value: ({ proxyCells }) => deliveryNs(proxyCells, 0.5),
  },
  {
    ...timed,
    id: 'path.delivery.p99',
    title: 'Delivery over the path p99',
    absence: 'fewer than 100 tokens came',
    definition: 'the same',
    value: ({ proxyCells }) => deliveryNs(proxyCells, 0.99),
  },
  {
    id: 'path.coalescing',
    title: 'Tokens per read over the path',
    unit: 'tokens/read',
    better: 'neither',
    scale: 'difference',
    absence: REFUSED,
    definition: 'tokens of the timed streams/reads of the client that carried one',
    value: ({ proxyCells }) => tokensPerRead(proxyCells),
  },
  {
    id: 'path.swallowed',
    title: 'Taken for a client that stops reading',
    unit: 'bytes',
    better: 'lower',
    scale: 'difference',
    absence: 'no such stream began',
    definition:
      'bytes of a large stream that left the server and did not reach its client, which stopped reading at the first token, when the server was held back; all of it where it never was',
    value: ({ proxyCells }) => swallowed(proxyCells)?.bytes,
  },
  stopMetric('active'),
  stopMetric('quiet'),
  cutMetric('quiet'),
  cutMetric('long'),
];

function stopMetric(state: 'active' | 'quiet'): ProxyCellsMetric {
  const isActive = state === 'active';
  return {
    ...timed,
    id: `path.stop.${state}`,
    title: `Stop of ${isActive ? 'an active' : 'a quiet'} stream reaches the server`,
    absence: 'the server did not notice before the trial was over',
    definition: `from the client closing its connection, ${isActive ? 'while tokens flow' : 'while no token is due'}, to the server seeing its own closed`,
    value: ({ proxyCells }) => stopReach(proxyCells, `stop-${state}`)?.afterNs,
  };
}

function cutMetric(kind: 'quiet' | 'long'): ProxyCellsMetric {
  const isQuiet = kind === 'quiet';
  return {
    ...timed,
    better: 'higher',
    id: `path.cut.${kind}`,
    title: `${isQuiet ? 'A quiet' : 'A long'} stream is ended on the way`,
    absence: 'nothing ended it before the trial was over',
    definition: `from the request to the end of a stream ${isQuiet ? 'without further tokens' : 'with a token now and then'} that neither end ended; limits of idle time are scaled`,
    value: ({ proxyCells }) => cutOf(proxyCells, kind)?.afterNs,
  };
}

export const proxiesMetrics: readonly Metric[] = ofTrials('proxy-cells', own);
