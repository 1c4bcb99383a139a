// Report parts of scenario `fanout` besides its verdicts.

import type { Analysis } from '../../analysis/analysis.ts';
import type { FanoutFindings } from './findings.ts';
import { payloads } from '../../contract/payload.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { planMessageSpread } from './chart.ts';
import { formatSetting } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { librariesOf, librariesThatWrite, listWords } from '../../report/mechanisms.ts';
import type { ReportContext } from '../../report/report-context.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { contestantsAt } from '../../report/arm-estimates.ts';
import { renderSpread } from './fanout-spread.ts';
import { renderStoppedSubscribers } from './stopped.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';

export const fanoutParts: ScenarioParts<FanoutFindings> = {
  title: 'for one source with many subscribers',
  circumstances,
  isOnTimetable: true,
  sections: (context, charts) => [renderSpread(context, charts), renderStoppedSubscribers(context)],
  charts: (context) => planMessageSpread(context),
  terminal,
  asymmetries,
  limits: () => [
    'One process received for all subscribers and read their sockets one after another: the time of the last one holds its work, too. It is the same in all arms.',
    'The source was in the process that serves: no broker stood between, and no message had to cross between processes.',
  ],
};

function circumstances({ plan, loadPoints }: Analysis): string {
  return (
    `One source. Every subscriber gets the same message at the same time, evenly spaced, in payload ${code(plan.payload)} (${payloads[plan.payload].summary}), from when all are connected to the end.` +
    ` Load: ${loadPoints.map(({ loadPoint }) => loadPointTitle(loadPoint)).join('; ')}. ${formatSetting(plan.windowNs, 'ns')} measured per trial.`
  );
}

function terminal(context: ReportContext): readonly string[] {
  const lines = context.analysis.loadPoints.flatMap((point) => {
    const arms = contestantsAt(context, point).filter(
      ({ valueOf }) => valueOf('spread.p50') !== undefined,
    );
    if (arms.length === 0 || (point.loadPoint.stopped ?? 0) > 0) return [];
    const each = arms.map(({ title, text }) => `${title} ${text('spread.p50')}`).join(', ');
    return wrap(
      `From the first to the last subscriber (median), ${loadPointTitle(point.loadPoint)}: ${each}`,
      TERMINAL_COLUMNS,
    );
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const framed = librariesOf(plan.arms);
  const corked = librariesThatWrite('corked', plan.arms);
  const atOnce = librariesThatWrite('at-once', plan.arms);
  return [
    'Subscribers are served in the order in which they joined, in every arm. A payload without the id of its stream is rendered once a message and shared.',
    ...(framed.length === 0
      ? []
      : [
          `Framing is not shared: ${listWords(framed)} frame${framed.length === 1 ? 's' : ''} each delivery anew, as they do when a program hands the same text to one connection after another.`,
        ]),
    ...(corked.length > 0 && atOnce.length > 0
      ? [
          `So in a turn of the event loop ${listWords(corked)} first ${corked.length === 1 ? 'makes' : 'make'} the frames of all subscribers and then ${corked.length === 1 ? 'sends' : 'send'} them, one system call each;` +
            ` ${listWords(atOnce)} ${atOnce.length === 1 ? 'makes and sends' : 'make and send'} them one by one. The first subscriber shows it, and the spread.`,
        ]
      : []),
  ];
}
