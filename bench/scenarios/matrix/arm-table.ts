// The table of all arms: how soon each delivers, and what it needs.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { armTitle } from '../../contract/arms/arms.ts';
import { estimateOf, unitOf } from '../../report/arm-estimates.ts';
import {
  left,
  list,
  right,
  table,
  type Cell,
  type Content,
  type Table,
} from '../../report/blocks.ts';
import { formatEstimate, formatValue, UNKNOWN } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import type { ReportContext } from '../../report/report-context.ts';

/** Bytes by the byte model of a transport, or by the kernel's count where it has none. */
export const BYTES = ['bytes.token', 'bytes.token.tcp'] as const;

interface Quantity {
  /** The first of these that an arm has. */
  readonly metrics: readonly string[];
  readonly title: string;
  /** Title in a terminal; absent for what has no room there. */
  readonly narrow?: string;
}

const quantities: readonly Quantity[] = [
  { metrics: ['ttft.p50'], title: 'TTFT p50' },
  { metrics: ['ttft.overhead.p50'], title: 'TTFT overhead p50', narrow: 'TTFT overhead' },
  { metrics: ['open.p50'], title: 'open latency p50' },
  { metrics: ['delivery.p50'], title: 'delivery p50', narrow: 'delivery' },
  { metrics: ['delivery.p99'], title: 'delivery p99' },
  { metrics: ['delivery.ready.p50'], title: 'ready to received p50', narrow: 'ready to received' },
  { metrics: ['cpu.server.token'], title: 'server CPU per token', narrow: 'server CPU' },
  { metrics: ['cpu.client.token'], title: 'client CPU per token', narrow: 'client CPU' },
  { metrics: BYTES, title: 'bytes per token', narrow: 'bytes' },
  { metrics: ['memory.uss'], title: 'server memory per stream', narrow: 'memory' },
];

/** One row an arm; what no arm has is left out. */
export function armTable({ metrics }: ReportContext, point: LoadPointAnalysis): Table {
  const shown = quantities.filter((quantity) =>
    point.arms.some(({ name }) => metricOf(point, quantity, name) !== undefined),
  );
  return table(
    [
      left('arm'),
      ...shown.map(({ title, narrow }) =>
        right(title, narrow === undefined ? { only: 'wide' } : { narrow }),
      ),
    ],
    point.arms.map(({ name, arm }) => [
      { text: armTitle(arm), narrow: name },
      ...shown.map((quantity): Cell => {
        const metric = metricOf(point, quantity, name);
        if (metric === undefined) return { text: UNKNOWN };
        const estimate = estimateOf(point, metric, name);
        const unit = unitOf(metrics, metric);
        const mark = metric === quantity.metrics[0] ? '' : ` ${MARK}`;
        return {
          text: formatEstimate(estimate, unit) + mark,
          narrow: formatValue(estimate?.value, unit) + mark,
        };
      }),
    ]),
  );
}

const MARK = String.raw`\*`;

function metricOf(
  point: LoadPointAnalysis,
  { metrics }: Pick<Quantity, 'metrics'>,
  arm: string,
): string | undefined {
  return metrics.find((metric) => estimateOf(point, metric, arm) !== undefined);
}

/** Whether the bytes of some arm are the kernel’s count. */
export function hasMark(point: LoadPointAnalysis): boolean {
  return point.arms.some(({ name }) => metricOf(point, { metrics: BYTES }, name) === BYTES[1]);
}

export function renderArms(context: ReportContext, point: LoadPointAnalysis): Content {
  return [
    armTable(context, point),
    list([
      'Mean over trials with its 95 % interval; every quantile was taken inside a trial. TTFT contains the modelled prefill, TTFT overhead does not.',
      ...(hasMark(point)
        ? [
            `${MARK} A transport without a byte model: bytes that the kernel sent on the sockets that were open after the window. The others’ bytes follow from their specifications.`,
          ]
        : []),
      `Memory per stream is one point, with what the process grew by while it warmed up: read it as an upper bound. Scenario ${code('memory')} measures what a connection costs.`,
    ]),
  ];
}
