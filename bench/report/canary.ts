// Reports how long ordinary requests to the same server waited while it streamed: whether streams
// starve its other work.

import type { LoadPointAnalysis } from '../analysis/analysis.ts';
import { answersPlainHttp } from '../contract/arms/arms.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import { section } from './blocks.ts';
import { heading, type Block } from './blocks.ts';
import type { ReportContext } from './report-context.ts';
import { renderMetricRows } from './arm-estimates.ts';

const rows = [
  'canary.idle.p50',
  'canary.loaded.p50',
  'canary.idle.p90',
  'canary.loaded.p90',
  'canary.idle.p99',
  'canary.loaded.p99',
  'canary.errors',
  'canary.waited',
];

/** Empty for a run without a canary. */
export function renderCanary(context: ReportContext): readonly Block[] {
  const { canary } = context.analysis.plan;
  if (canary === undefined) return [];
  return section('The canary', [
    `${canary.requestsPerSecond} ordinary requests a second to \`/healthz\` of the same server, sent by autocannon, each on a connection of its own.` +
      ' What they wait for is a turn of the server’s event loop: where they wait longer beside streams than before them, so does everything else that the server does.',
    ...context.analysis.loadPoints.map((point) => [
      heading(3, `${loadPointTitle(point.loadPoint)}: ordinary requests`),
      renderMetricRows(context, ofHttp1(point), rows),
    ]),
    'Both servers answer them by the same code. The canary runs on the CPU of the load process, so its times hold what it waited for a CPU, too; and an idle' +
      ' machine may be slower to answer than a busy one, because it has to wake up. A quantile is of the trials with enough independent requests for it: 36 for' +
      ' p90, 368 for p99. What the requests and their connections cost is in the server’s processor time, system calls and memory, alike in every arm but' +
      ' those that answer no plain HTTP/1.1.',
  ]);
}

function ofHttp1(point: LoadPointAnalysis): LoadPointAnalysis {
  return {
    ...point,
    arms: point.arms.filter(({ arm }) => answersPlainHttp(arm)),
  };
}
