// Explains where the time goes, and by which mechanism the transports differ. The mechanisms
// describe how the implementations are built; every number beside them comes from the run.

import type { LoadPointAnalysis, MetricSummary } from '../../analysis/analysis.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { formatEstimate, UNKNOWN } from '../format.ts';
import { heading, left, list, right, section, table, type Block, type Content } from '../blocks.ts';
import { armTitle, type ReportContext } from '../report-context.ts';

/**
 * Metrics that explain, in the order of the path from the plan to the receiver; those that a run
 * lacks are left out.
 */
const parts: readonly { readonly metric: string; readonly role: string }[] = [
  { metric: 'delivery.p50', role: 'Scheduled delivery, median: from due to received' },
  {
    metric: 'pacer.wait.p50',
    role: 'of it, the harness’s own: from due to the turn of the pacer that found the token due',
  },
  { metric: 'delivery.ready.p50', role: 'of it, ready to received: from that turn to the receipt' },
  { metric: 'delivery.p99', role: 'Scheduled delivery, 99th percentile' },
  { metric: 'pacer.wait.p99', role: 'the harness’s own, 99th percentile' },
  { metric: 'delivery.ready.p99', role: 'Ready to received, 99th percentile' },
  { metric: 'coalescing', role: 'Tokens per read of the client: above 1 they arrived together' },
];

function mechanismOf({ transport, writes }: Arm): string {
  const { twin } = transports[transport];
  return writes === undefined ? twin.writing : (twin.otherWrites?.writing ?? twin.writing);
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
    return [
      [
        role,
        ...estimates.map((estimate) =>
          estimate === undefined ? UNKNOWN : formatEstimate(estimate, unit),
        ),
      ],
    ];
  });
  if (rows.length === 0) return [];
  return [
    heading(3, `${loadPointTitle(point.loadPoint)}: where the time goes`),
    table([left('part'), ...point.arms.map((arm) => right(armTitle(arm.arm)))], rows),
  ];
}
