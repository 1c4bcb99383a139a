// Defines every number of the report.

import { details, left, section, table, type Block } from '../blocks.ts';
import { metricAnchor } from '../page/terms.ts';
import type { RunReport } from '../scenario-parts.ts';
import type { MetricUnit } from '../../analysis/metrics/metric.ts';

const unitWords: Record<MetricUnit, string> = {
  ns: 'time',
  'ns/token': 'time per token',
  bytes: 'bytes',
  'bytes/token': 'bytes per token',
  'tokens/s': 'tokens per second',
  'tokens/read': 'tokens per read',
  'calls/token': 'calls per token',
  'segments/token': 'segments per token',
  'opens/s': 'opens per second',
  'starts/s': 'starts per second',
  ratio: 'share',
  count: 'number',
};

const streamMoments =
  'Moments, on one monotonic clock: c0 planned start of a stream, c1 connect called, c2 connected, c4 response headers (HTTP) or 101 (WebSocket),' +
  ' s1 server handler entered, s2 token due, s3 token about to be written, c5 token received (taken before any parsing), c6 end of stream received.' +
  ' o is the offset of a token in the plan.';

const pageMoments =
  ' In a page c1 is when it opened the stream, c5 the first statement of the callback, and c7 when the token’s text was in the DOM.';

export function renderDefinitions({ analysis, metrics, parts }: RunReport): readonly Block[] {
  if (metrics.length === 0) return [];
  const definitions = table(
    [
      left('metric'),
      left('id'),
      left('endpoint'),
      left('unit'),
      left('better'),
      left('definition'),
    ],
    metrics.map((metric) => [
      metric.title,
      metric.id,
      metric.endpoint ?? '',
      unitWords[metric.unit],
      metric.better,
      metric.definition,
    ]),
  );
  return section('Definitions', [
    parts.moments ?? `${streamMoments}${analysis.browser === undefined ? '' : pageMoments}`,
    `Quantiles are nearest rank, of all ${parts.quantilesOver ?? 'tokens or streams'} of one trial; a trial without enough of them does not give the quantile.`,
    details(`All ${metrics.length} metrics`, {
      ...definitions,
      anchors: metrics.map(({ id }) => metricAnchor(id)),
    }),
  ]);
}
