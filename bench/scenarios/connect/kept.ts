// Shows what a kept connection saves: compares the same streams of the same arm on new connections
// and on kept ones.

import type { KeptEffect } from './findings.ts';
import { armName } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { ConnectFindings } from './findings.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import {
  formatCount,
  formatDifferenceEstimate,
  formatEstimate,
  formatSetting,
  formatValue,
} from '../../report/format.ts';
import {
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
  type Table,
} from '../../report/blocks.ts';
import { armTitleOf, metricText, type ReportContext } from '../../report/report-context.ts';
import { estimateOf } from '../../report/arm-estimates.ts';
import { isShown } from './shown.ts';

export const FIRST_TOKEN = 'ttft.overhead.p50';
const CPU = 'cpu.server.stream';

/** Titles in this section, in which `open.p50` also covers streams that open no connection. */
const titles: Readonly<Record<string, string>> = {
  'open.p50': 'First answer p50',
  [FIRST_TOKEN]: 'First token p50',
};

export function renderKept(context: ReportContext<ConnectFindings>): readonly Block[] {
  const effects = context.analysis.connect.kept.filter(
    (effect) => effect.blocks > 0 && saysSomething(context, effect),
  );
  if (effects.length === 0) return [];
  return section('A new connection for each stream, or a kept one', [
    list(
      effects
        .filter(({ metric }) => metric === FIRST_TOKEN)
        .map((effect) => savedSentence(context, effect, effects)),
    ),
    effectsTable(context, effects),
    'The same streams of the same blocks, so what differs is the connection. **First answer** is the response head, the 101, or on a kept WebSocket the `open` event;' +
      " **first token** has a turn of the server's timer of 1 ms in it, alike everywhere.",
    roundTrips(),
  ]);
}

/** The null arm has no answer: it is accepted once it is connected. */
function saysSomething({ analysis }: ReportContext, { metric, arm }: KeptEffect): boolean {
  const isNullArm = analysis.plan.arms.some(
    (one) => armName(one) === arm && transports[one.transport].isNullArm,
  );
  return !(isNullArm && metric === 'open.p50');
}

function savedSentence(
  context: ReportContext,
  { arm, cold, saved }: KeptEffect,
  effects: readonly KeptEffect[],
): string {
  const title = armTitleOf(context.analysis, arm);
  const size =
    cold === undefined || saved === undefined || !isShown(saved)
      ? `no difference was shown in the time until the first token${saved === undefined ? '' : ` (${formatDifferenceEstimate(saved, 'ns')} on a new connection)`}`
      : `a kept connection ${saved.value > 0 ? 'saves' : 'costs'} ${formatValue(Math.abs(saved.value), 'ns')} of the ${formatValue(cold.value, 'ns')} until the first token`;
  const connect = connectOf(context, arm);
  const own =
    connect === undefined ? '' : ` Connecting the socket takes ${formatValue(connect, 'ns')}.`;
  const cpu = effects.find((one) => one.metric === CPU && one.arm === arm);
  return `Over ${title}, ${size}.${own}${cpuSentence(cpu)}`;
}

function connectOf({ analysis }: ReportContext, arm: string): number | undefined {
  const point = analysis.loadPoints.find(({ loadPoint }) => loadPoint.connecting === 'cold');
  return point && estimateOf(point, 'connect.p50', arm)?.value;
}

function cpuSentence(effect: KeptEffect | undefined): string {
  if (
    effect?.cold === undefined ||
    effect.saved === undefined ||
    !isShown(effect.saved) ||
    effect.saved.value < 0
  )
    return '';
  return ` The server saves ${formatValue(effect.saved.value, 'ns')} of ${formatValue(effect.cold.value, 'ns')} of processor time a stream.`;
}

function effectsTable({ analysis, metrics }: ReportContext, effects: readonly KeptEffect[]): Table {
  return table(
    [
      left('metric'),
      left('arm'),
      right('new connections'),
      right('kept'),
      right('saved [95 % CI]'),
      right('blocks'),
    ],
    effects.map(({ metric, arm, cold, warm, saved, blocks }) => {
      const { title, unit } = metricText(metrics, metric);
      return [
        titles[metric] ?? title,
        armTitleOf(analysis, arm),
        formatEstimate(cold, unit),
        formatEstimate(warm, unit),
        formatEstimate(saved, unit),
        formatCount(blocks),
      ];
    }),
  );
}

/** Round-trip time of an example. */
const ROUND_TRIP_NS = 50 * NS_PER_MS;

/** Ways from the request for a stream to its first token, in round trips. */
const ways: readonly { readonly title: string; readonly trips: number }[] = [
  { title: 'HTTP; WebSocket whose path names its stream (as measured)', trips: 2 },
  { title: 'the same with TLS 1.3', trips: 3 },
  { title: 'WebSocket that asks with a message after its handshake', trips: 3 },
  { title: 'the same with TLS 1.3', trips: 4 },
];

function roundTrips(): Content {
  const rows = ways.map(({ title, trips }) => [
    title,
    tripsText(trips),
    'r',
    `${tripsText(trips - 1)}, for r = ${formatSetting(ROUND_TRIP_NS, 'ns')}: ${formatSetting((trips - 1) * ROUND_TRIP_NS, 'ns')}`,
  ]);
  return [
    'On loopback a round trip costs next to nothing: what is saved above is the work of opening alone, in two processes and the kernel. **Over a network the round trips are what is saved.**' +
      ' Not measured here but counted, for a round trip of r: TCP needs one before the request can leave (RFC 9293 §3.5), TLS 1.3 another (RFC 8446 §2), a request and its first answer one.',
    table(
      [left('until the first token'), right('new connection'), right('kept'), left('saved')],
      rows,
    ),
    'So the way to save is to keep connections. HTTP clients do it by themselves, one stream at a time on each; over WebSocket it takes a protocol in which a socket carries one stream after another.',
  ];
}

function tripsText(trips: number): string {
  return trips === 1 ? 'r' : `${trips} r`;
}
