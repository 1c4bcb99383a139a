// Shows what a resumed TLS session saves: the same streams of the same arm, each on a new connection
// with a whole handshake, with a resumed session, and on a connection that is kept.

import { armName } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import { left, list, right, section, table, type Block, type Table } from '../../report/blocks.ts';
import {
  formatCount,
  formatDifferenceEstimate,
  formatEstimate,
  formatValue,
} from '../../report/format.ts';
import { armTitleOf, metricText, type ReportContext } from '../../report/report-context.ts';
import type { ConnectFindings, ResumedEffect } from './findings.ts';
import { isShown } from './shown.ts';

const OPEN = 'open.p50';
const CPU = 'cpu.server.stream';

export function renderResumed(context: ReportContext<ConnectFindings>): readonly Block[] {
  const effects = resumedEffects(context);
  if (effects.length === 0) return [];
  return section('A whole TLS handshake, or a resumed session', [
    list(
      effects
        .filter(({ metric }) => metric === OPEN)
        .map((effect) => savedSentence(context, effect, effects)),
    ),
    effectsTable(context, effects),
    'The same streams of the same blocks. Each connection that was to resume its session was asked whether it had: one that had not would be a failed stream.' +
      ' A resumed session leaves out the certificate and its signature, and keeps the key exchange; it saves no round trip, because no early data is sent (RFC 8446 §2.2).' +
      ' A kept connection has no handshake at all: there, open latency is the time until the first answer.',
  ]);
}

/** Empty for a run without TLS; a bare socket is accepted once it is connected, and answers nothing. */
export function resumedEffects({
  analysis,
}: ReportContext<ConnectFindings>): readonly ResumedEffect[] {
  const nullArms = new Set(
    analysis.plan.arms.filter(({ transport }) => transports[transport].isNullArm).map(armName),
  );
  return (analysis.connect.resumed ?? []).filter(
    ({ blocks, metric, arm }) => blocks > 0 && !(metric === OPEN && nullArms.has(arm)),
  );
}

function savedSentence(
  { analysis }: ReportContext,
  { arm, whole, resumed, kept, saved }: ResumedEffect,
  effects: readonly ResumedEffect[],
): string {
  const title = armTitleOf(analysis, arm);
  if (whole === undefined || resumed === undefined || saved === undefined || !isShown(saved))
    return `Over ${title}, no difference was shown in open latency${saved === undefined ? '' : ` (${formatDifferenceEstimate(saved, 'ns')} with a whole handshake)`}.`;
  const verb = saved.value > 0 ? 'saves' : 'costs';
  const beside =
    kept === undefined
      ? ''
      : `; on a kept connection the answer takes ${formatValue(kept.value, 'ns')}`;
  const cpu = effects.find((one) => one.metric === CPU && one.arm === arm);
  return (
    `Over ${title}, a stream opens in ${formatValue(whole.value, 'ns')} with a whole handshake and in ${formatValue(resumed.value, 'ns')} with a resumed session,` +
    ` which ${verb} ${formatValue(Math.abs(saved.value), 'ns')}${beside}.${cpuSentence(cpu)}`
  );
}

function cpuSentence(effect: ResumedEffect | undefined): string {
  if (effect?.whole === undefined || effect.saved === undefined) return '';
  if (!isShown(effect.saved) || effect.saved.value < 0) return '';
  return ` The server saves ${formatValue(effect.saved.value, 'ns')} of ${formatValue(effect.whole.value, 'ns')} of processor time a stream.`;
}

function effectsTable(
  { analysis, metrics }: ReportContext,
  effects: readonly ResumedEffect[],
): Table {
  return table(
    [
      left('metric'),
      left('arm'),
      right('whole handshake'),
      right('resumed session'),
      right('kept connection'),
      right('saved by resuming [95 % CI]'),
      right('blocks'),
    ],
    effects.map(({ metric, arm, whole, resumed, kept, saved, blocks }) => {
      const { title, unit } = metricText(metrics, metric);
      return [
        title,
        armTitleOf(analysis, arm),
        formatEstimate(whole, unit),
        formatEstimate(resumed, unit),
        formatEstimate(kept, unit),
        formatEstimate(saved, unit),
        formatCount(blocks),
      ];
    }),
  );
}
