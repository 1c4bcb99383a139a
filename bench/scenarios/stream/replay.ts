// Says how faithfully recorded streams were replayed; empty for other workloads.

import { formatCount } from '../../report/format.ts';
import { heading, section, type Block, type Content } from '../../report/blocks.ts';
import { loadWords, type ReportContext } from '../../report/report-context.ts';
import { renderMetricRows } from '../../report/arm-estimates.ts';

const rows = [
  'replay.gap.p50',
  'replay.gap.p99',
  'replay.coalescing.recorded',
  'replay.coalescing.sent',
  'replay.coalescing.received',
  'replay.covered',
] as const;

export function renderReplay(context: ReportContext): readonly Block[] {
  const { plan, loadPoints } = context.analysis;
  const { gaps } = plan.workload;
  if (gaps.kind !== 'recorded') return [];
  return section('The replay', [
    `Each stream is one of the ${formatCount(gaps.streams)} recorded ones, with its tokens and, counted from its first statement at the server, its times; each client takes the next one in turn. Server and client hold the texts from a file whose hash is in the plan, and every token is compared with it to the byte: a text that differs makes its trial INVALID, and so does a plan that server and client do not share.`,
    ...loadPoints.map((point): Content => [
      loadPoints.length === 1 ? [] : heading(3, loadWords(point.loadPoint)),
      renderMetricRows(context, point, rows),
    ]),
    'The gap error is the harness’s, alike for all arms but by chance: the pacer looks once a millisecond at what is due. Beyond 1 ms (p99), or where more than 1 % of tokens left together or apart against the recording, the load point is HARNESS-LIMITED. The coalescing index as received is the transport’s part.',
  ]);
}
