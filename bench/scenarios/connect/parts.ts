// Report parts of scenario `connect` besides its verdicts.

import type { Analysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { STORM_TOKENS } from '../../contract/storm.ts';
import { planStormOpens } from './chart.ts';
import { capitalised, formatCount, formatSetting, formatValue } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { handshakesFirst, transportsOf } from '../../report/mechanisms.ts';
import { armTitleOf, isContestant, type ReportContext } from '../../report/report-context.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { contestantsAt } from '../../report/arm-estimates.ts';
import { FIRST_TOKEN, renderKept } from './kept.ts';
import { renderResumed, resumedEffects } from './resumed.ts';
import { renderStorms, stormPoints } from './storm.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import type { ConnectFindings } from './findings.ts';

export const connectParts: ScenarioParts<ConnectFindings> = {
  title: 'for streams that begin',
  circumstances,
  sections: (context, charts) => [
    renderStorms(context, charts),
    renderResumed(context),
    renderKept(context),
  ],
  charts: (context) => planStormOpens(context),
  terminal,
  takesProbeOnly: true,
  asymmetries,
  limits: () => [
    'The connections of a storm came from one machine and one process, which read the answers one after another: part of each open latency is the wait for that reader. It is the same in all arms.',
    'A server that has just started was asked: some 1000 streams had warmed its code up, and nothing else was going on.',
    'No browser took part. Over HTTP/1.1 browsers keep at most six connections to a server, so there a seventh stream waits for the end of another.',
  ],
};

function circumstances({ plan }: Analysis): string {
  const { workload } = plan;
  const loads = plan.loadPoints.map(loadPointTitle).join('; ');
  return (
    `In a storm all streams begin at one moment, each on a new connection and of ${STORM_TOKENS} tokens. Otherwise streams of ${formatCount(workload.tokensPerStream)} tokens at ${formatSetting(workload.tokensPerSecond, 'tokens/s')}` +
    ` follow one another in each slot of a steady population, on connections of their own or on one that is kept. The first token is due at once; payload ${code(plan.payload)} (${payloads[plan.payload].summary}).` +
    ` Load: ${loads}. ${formatSetting(plan.windowNs, 'ns')} measured per trial.`
  );
}

function terminal(context: ReportContext<ConnectFindings>): readonly string[] {
  const lines = [
    ...stormPoints(context).flatMap((point) => stormLines(context, point)),
    ...resumedLines(context),
    ...keptLines(context),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function stormLines(
  context: ReportContext,
  point: ReturnType<typeof stormPoints>[number],
): readonly string[] {
  const arms = contestantsAt(context, point).filter(
    ({ valueOf }) => valueOf('open.rate') !== undefined,
  );
  if (arms.length === 0) return [];
  const each = arms.map(({ title, valueOf, text }) => {
    const failed = valueOf('open.failed') ?? 0;
    return `${title} ${text('open.rate')}, p99 ${text('open.p99')}${failed === 0 ? '' : `, ${text('open.failed')} failed`}`;
  });
  return wrap(`In a ${loadPointTitle(point.loadPoint)}: ${each.join('; ')}`, TERMINAL_COLUMNS);
}

function resumedLines(context: ReportContext<ConnectFindings>): readonly string[] {
  const { analysis } = context;
  const contestants = new Set(analysis.plan.arms.filter(isContestant).map(armName));
  const each = resumedEffects(context)
    .filter(({ metric, arm }) => metric === 'open.p50' && contestants.has(arm))
    .flatMap(({ arm, whole, resumed }) =>
      whole === undefined || resumed === undefined
        ? []
        : [
            `${armTitleOf(analysis, arm)} ${formatValue(whole.value, 'ns')} → ${formatValue(resumed.value, 'ns')}`,
          ],
    );
  return each.length === 0
    ? []
    : wrap(
        `Open latency (median), whole TLS handshake → resumed session: ${each.join('; ')}`,
        TERMINAL_COLUMNS,
      );
}

function keptLines({ analysis }: ReportContext<ConnectFindings>): readonly string[] {
  const contestants = new Set(analysis.plan.arms.filter(isContestant).map(armName));
  const each = analysis.connect.kept
    .filter(({ metric, arm }) => metric === FIRST_TOKEN && contestants.has(arm))
    .flatMap(({ arm, cold, warm }) =>
      cold === undefined || warm === undefined
        ? []
        : [
            `${armTitleOf(analysis, arm)} ${formatValue(cold.value, 'ns')} → ${formatValue(warm.value, 'ns')}`,
          ],
    );
  return each.length === 0
    ? []
    : wrap(`First token (median), new connection → kept one: ${each.join('; ')}`, TERMINAL_COLUMNS);
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const present = transportsOf(plan.arms);
  const requests = present.flatMap(({ title, texts }) =>
    texts.keptRequest === undefined ? [] : [`${title} ${texts.keptRequest}`],
  );
  const closes = handshakesFirst(present).flatMap(({ texts }) => texts.close ?? []);
  return [
    ...(requests.length > 1
      ? [
          `On a kept connection ${requests.join('; ')}. ${requests.length === 2 ? 'Neither' : 'None of them'} is opened or closed then.`,
        ]
      : []),
    ...(closes.length > 1 ? [`${capitalised(closes.join('; '))}.`] : []),
    ...present.flatMap(({ texts }) => texts.acceptance ?? []),
  ];
}
