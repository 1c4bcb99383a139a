// Explains where the time goes, and by which mechanism the transports differ. The mechanisms describe how the implementations
// are built; every number beside them comes from the run.

import type { LoadPointAnalysis, MetricSummary } from '../../analysis/analysis.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { Arm, TransportId, Writes } from '../../contract/transports.ts';
import { formatEstimate, UNKNOWN } from '../format.ts';
import { heading, left, list, right, section, table, type Block, type Content } from '../blocks.ts';
import { armTitle, type ReportContext } from '../report-context.ts';

/** Metrics that explain, in the order of the path from the plan to the receiver; those that a run lacks are left out. */
const parts: readonly { readonly metric: string; readonly role: string }[] = [
  { metric: 'delivery.p50', role: 'Scheduled delivery, median: from due to received' },
  { metric: 'pacer.wait.p50', role: 'of it, the harness’s own: from due to the turn of the pacer that found the token due' },
  { metric: 'delivery.ready.p50', role: 'of it, ready to received: from that turn to the receipt' },
  { metric: 'delivery.p99', role: 'Scheduled delivery, 99th percentile' },
  { metric: 'pacer.wait.p99', role: 'the harness’s own, 99th percentile' },
  { metric: 'delivery.ready.p99', role: 'Ready to received, 99th percentile' },
  { metric: 'coalescing', role: 'Tokens per read of the client: above 1 they arrived together' },
];

const mechanisms: Record<TransportId, string> = {
  sse:
    '**SSE** is written with `res.write` of node:http. The first write of a turn of the event loop corks the socket; the bytes leave at the end of the' +
    ' turn, in one system call for all tokens written in it. A token waits for the end of the turn, and tokens that fall due together become cheaper.',
  ws:
    '**WebSocket** is written with `send` of ws, which hands each message to the kernel at once, in one system call per message. A token waits for' +
    ' nothing, and tokens that fall due together cost one call each.',
  tcp: '**TCP (null arm)** writes each payload to a bare socket. It has no framing to build or to parse: it is what pacer, kernel and client cost by themselves.',
};

const otherMechanisms: Record<Writes, string> = {
  'at-once':
    '**SSE written at once** corks the socket around each `res.write`, so that node:http does not: each token leaves before the next is written, in one' +
    ' system call, as with WebSocket. Its bytes are those of SSE.',
  corked:
    '**WebSocket corked** holds the messages of a turn of the event loop until its end, as node:http does: they leave in one system call. Its bytes are' +
    ' those of WebSocket.',
};

function mechanismOf({ transport, writes }: Arm): string {
  return writes === undefined ? mechanisms[transport] : otherMechanisms[writes];
}

export function renderWhy(context: ReportContext): readonly Block[] {
  const { analysis } = context;
  return section('Why', [
    list([...new Set(analysis.plan.arms.map(mechanismOf))]),
    analysis.plan.source === 'upstream'
      ? 'Tokens are relayed as they are read from an upstream, a read a token: Node ends a turn after each read, so nothing written waits for other tokens. From due' +
        ' to written contains the way of a token from the upstream, in every arm alike.'
      : '',
    ...analysis.loadPoints.map((point) => decomposition(context, point)),
    'A quantile of a sum is not the sum of the quantiles, so the parts need not add up to delivery. The pacer is the same code in every arm, and arms its timer' +
      ' before it writes: what it adds must be equal in them, and is checked.',
  ]);
}

function decomposition({ metrics }: ReportContext, point: LoadPointAnalysis): Content {
  const summaryOf = (metric: string, arm: string): MetricSummary | undefined =>
    point.summaries.find((summary) => summary.metric === metric && summary.arm === arm);
  const rows = parts.flatMap(({ metric, role }) => {
    const unit = metrics.find((text) => text.id === metric)?.unit;
    const estimates = point.arms.map((arm) => summaryOf(metric, arm.name)?.estimate);
    if (unit === undefined || estimates.every((estimate) => estimate === undefined)) return [];
    return [[role, ...estimates.map((estimate) => (estimate === undefined ? UNKNOWN : formatEstimate(estimate, unit)))]];
  });
  if (rows.length === 0) return [];
  return [
    heading(3, `${loadPointTitle(point.loadPoint)}: where the time goes`),
    table([left('part'), ...point.arms.map((arm) => right(armTitle(arm.arm)))], rows),
  ];
}
