// Report parts of scenario `connect` besides its verdicts.

import type { Analysis } from '../../analysis/analysis.ts';
import type { ConnectFindings } from './findings.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { STORM_TOKENS } from '../../contract/storm.ts';
import { armName } from '../../contract/transports.ts';
import { planStormOpens } from './chart.ts';
import { formatCount, formatSetting, formatValue } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { armTitleOf, isContestant, type ReportContext } from '../../report/report-context.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { contestantsAt } from '../../report/arm-estimates.ts';
import { FIRST_TOKEN, renderKept } from './kept.ts';
import { renderStorms, stormPoints } from './storm.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';

export const connectParts: ScenarioParts<ConnectFindings> = {
  title: 'for streams that begin',
  circumstances,
  sections: (context, charts) => [renderStorms(context, charts), renderKept(context)],
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
  const lines = [...stormPoints(context).flatMap((point) => stormLines(context, point)), ...keptLines(context)];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function stormLines(context: ReportContext, point: ReturnType<typeof stormPoints>[number]): readonly string[] {
  const arms = contestantsAt(context, point).filter(({ valueOf }) => valueOf('open.rate') !== undefined);
  if (arms.length === 0) return [];
  const each = arms.map(({ title, valueOf, text }) => {
    const failed = valueOf('open.failed') ?? 0;
    return `${title} ${text('open.rate')}, p99 ${text('open.p99')}${failed === 0 ? '' : `, ${text('open.failed')} failed`}`;
  });
  return wrap(`In a ${loadPointTitle(point.loadPoint)}: ${each.join('; ')}`, TERMINAL_COLUMNS);
}

function keptLines({ analysis }: ReportContext<ConnectFindings>): readonly string[] {
  const contestants = new Set(analysis.plan.arms.filter(isContestant).map(armName));
  const each = analysis.connect.kept
    .filter(({ metric, arm }) => metric === FIRST_TOKEN && contestants.has(arm))
    .flatMap(({ arm, cold, warm }) =>
      cold === undefined || warm === undefined
        ? []
        : [`${armTitleOf(analysis, arm)} ${formatValue(cold.value, 'ns')} → ${formatValue(warm.value, 'ns')}`],
    );
  return each.length === 0 ? [] : wrap(`First token (median), new connection → kept one: ${each.join('; ')}`, TERMINAL_COLUMNS);
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const has = (transport: string): boolean => plan.arms.some((arm) => arm.transport === transport);
  return [
    ...(has('sse') && has('ws')
      ? [
          'On a kept connection SSE asks with a whole GET and is answered with a response head, as HTTP wants it; WebSocket asks with one message of some 30 bytes and is answered with the `open` event. Neither is opened or closed then.',
          'A new WebSocket is closed by a handshake that the server begins; a new connection of SSE is closed by the client, at once.',
        ]
      : []),
    ...(has('tcp') ? ['The null arm is accepted when the kernel has connected it: its open latency is that of TCP.'] : []),
  ];
}
