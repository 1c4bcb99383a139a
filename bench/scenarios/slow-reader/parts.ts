// Report parts of scenario `slow-reader` besides its verdicts.

import type { Analysis } from '../../analysis/analysis.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { formatSetting } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { librariesThatWrite, listWords } from '../../report/mechanisms.ts';
import type { ReportContext } from '../../report/report-context.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { contestantsAt } from '../../report/arm-estimates.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { renderNeighbours, renderStopped } from './stopped.ts';

export const slowReaderParts: ScenarioParts = {
  title: 'when clients stop reading',
  metricGroups: [{ title: 'Clients that stopped reading', words: ['stall'], before: 'Cadence' }],
  circumstances,
  isOnTimetable: true,
  sections: (context) => [renderStopped(context), renderNeighbours(context)],
  terminal,
  asymmetries,
  limits: ({ plan }) => [
    `A stream of ${formatSetting(plan.workload.tokensPerSecond, 'tokens/s')} is far beyond what a model generates for one reader: it is there to fill the buffers within seconds. At a model's pace the same happens, later.`,
    'Only clients that stop for good were measured. One that is merely slow costs the same buffers, but is not cut.',
  ],
};

function circumstances({ plan }: Analysis): string {
  const { workload, payload } = plan;
  return (
    `Streams of ${formatSetting(workload.tokensPerSecond, 'tokens/s')} each, in payload ${code(payload)} (${payloads[payload].summary}), that last from the start of a trial to its end.` +
    ` A tenth into the window some clients stop reading and never read again; their connections stay open. The server cuts whoever is more than ${formatSetting(plan.backpressureBytes, 'bytes')} behind.` +
    ` Load: ${plan.loadPoints.map(loadPointTitle).join('; ')}. ${formatSetting(plan.windowNs, 'ns')} measured per trial.`
  );
}

function terminal(context: ReportContext): readonly string[] {
  const lines = context.analysis.loadPoints.flatMap((point) =>
    contestantsAt(context, point).flatMap(({ title, valueOf, text }) => {
      if (valueOf('stall.full') === undefined) return [];
      const words = `${title}: socket full after ${text('stall.full.after')}, ${text('stall.taken')} taken by the kernel; cut after ${text('stall.cut.after')}; server memory ${text('memory.stopped')} per stopped reader`;
      return wrap(words, TERMINAL_COLUMNS);
    }),
  );
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const corked = librariesThatWrite('corked', plan.arms);
  const atOnce = librariesThatWrite('at-once', plan.arms);
  const perMs = (plan.workload.tokensPerSecond / NS_PER_S) * NS_PER_MS;
  return [
    'A client that stops reading does not read the end of its connection either, so that it is cut shows at the server only; no transport gets a word through to it.',
    ...(corked.length > 0 && atOnce.length > 0 && perMs > 1
      ? [
          `At ${formatSetting(plan.workload.tokensPerSecond, 'tokens/s')} some ${formatSetting(perMs, 'count')} tokens of a stream fall into one turn of the pacer: ${listWords(corked)} ${corked.length === 1 ? 'sends' : 'send'} them in one system call, ${listWords(atOnce)} one by one.`,
        ]
      : []),
  ];
}
