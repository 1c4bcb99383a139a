// Says in words what an input to a stream takes in each way, and for whom a duplex connection pays,
// from the cells alone.

import { stopWays, tellWayNames, type TellWay } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { capitalised, formatSetting, formatValue, UNKNOWN } from '../../report/format.ts';
import { listWords } from '../../report/mechanisms.ts';
import type { WayCells } from '../../report/told-ways.ts';
import type { SteerCellFinding, SteerTimes } from './findings.ts';

/** The client does this; a predicate. */
const acts: Readonly<Record<TellWay, string>> = {
  message: 'sends a message on the connection of the stream',
  'kept-request':
    'sends `POST …/steer` on a second connection, which is open already and carries one request at a time',
  'new-request': 'opens a second connection for each input and sends `POST …/steer` on it',
};

/** It needs this besides the stream. */
const needs: Readonly<Record<TellWay, string>> = {
  message: 'nothing: the connection of the stream carries both directions',
  'kept-request':
    'a second connection that is open: of the six that a browser has for a server over HTTP/1.1, the stream holds one and this takes another',
  'new-request':
    'a second connection for each input: with six streams running, a browser over HTTP/1.1 has none left and the request waits',
};

type WayFindings = WayCells<SteerCellFinding>;

/** The client’s act, and how soon the server has an input and a token brings it back. */
export function describeWay({ way, title, active, quiet }: WayFindings): string {
  const does = `**${title}**: the client ${acts[way]}.`;
  const times = active.filter(({ sent }) => sent > 0).map(timeText);
  if (times.length === 0) return `${does} No input was sent to an active stream.`;
  return `${does} ${capitalised(times.join('; '))}.${quietText(active, quiet)}`;
}

function quietText(
  active: readonly SteerCellFinding[],
  quiet: readonly SteerCellFinding[],
): string {
  if (quiet.every(({ sent }) => sent === 0)) return '';
  const unlike = quiet.filter((cell, index) => differs(cell.back.p50Ns, active[index]?.back.p50Ns));
  return unlike.length === 0
    ? ' On a quiet stream it takes no longer.'
    : ` On a quiet stream: ${unlike.map(timeText).join('; ')}.`;
}

/** `Over a round trip of 80 ms the server has it after 41.0 ms (0.51 round trips), and the token is back after …` */
function timeText(cell: SteerCellFinding): string {
  const place =
    cell.roundTripNs === undefined
      ? 'without a round trip'
      : `over a round trip of ${formatSetting(cell.roundTripNs, 'ns')}`;
  if (cell.up.p50Ns === undefined || cell.back.p50Ns === undefined)
    return `${place} not all inputs came back (${cell.seen} of ${cell.sent})`;
  return `${place} the server has it after ${legText(cell, cell.up)}, and the first token that carries it is back after ${legText(cell, cell.back)}`;
}

function legText({ roundTripNs }: SteerCellFinding, { p50Ns, p99Ns }: SteerTimes): string {
  const extras = [
    ...(roundTripNs === undefined || p50Ns === undefined
      ? []
      : [`${(p50Ns / roundTripNs).toFixed(2)} round trips`]),
    ...(p99Ns === undefined ? [] : [`p99 ${formatValue(p99Ns, 'ns')}`]),
  ];
  return `${formatValue(p50Ns, 'ns')}${extras.length === 0 ? '' : ` (${extras.join(', ')})`}`;
}

/** Visible is what is more than a tenth and more than a millisecond: the margin of the endpoints. */
function differs(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return one !== other;
  return Math.abs(one - other) > Math.max(NS_PER_MS, 0.1 * Math.min(one, other));
}

/** For whom it pays that a connection carries both directions: one sentence a round trip. */
export function payoffSentences(
  cells: readonly SteerCellFinding[],
  titleOf: (arm: string) => string,
): readonly string[] {
  const active = cells.filter(({ state, back }) => state === 'active' && back.p50Ns !== undefined);
  return [...Map.groupBy(active, ({ roundTripNs }) => roundTripNs).values()].flatMap((own) => {
    const [message, kept, opened] = tellWayNames.map((way) => own.find((cell) => cell.way === way));
    return message === undefined || kept === undefined
      ? []
      : [payoff({ message, kept, opened }, titleOf)];
  });
}

interface Compared {
  readonly message: SteerCellFinding;
  readonly kept: SteerCellFinding;
  readonly opened: SteerCellFinding | undefined;
}

function payoff({ message, kept, opened }: Compared, titleOf: (arm: string) => string): string {
  const place =
    message.roundTripNs === undefined
      ? 'Without a round trip'
      : `Over a round trip of ${formatSetting(message.roundTripNs, 'ns')}`;
  return (
    `${place}, an input is back after ${formatValue(message.back.p50Ns, 'ns')} by a message over ${titleOf(message.arm)}, and after ${formatValue(kept.back.p50Ns, 'ns')} by a request beside ${titleOf(kept.arm)} on a connection that is open: ${apartText(message, kept, 'the message')}.` +
    (opened === undefined
      ? ''
      : ` A request that opens its connection takes ${formatValue(opened.back.p50Ns, 'ns')}: ${costText(opened, kept)}.`)
  );
}

/** `no difference that a user notices (0.3 ms)`, `the message saves 12 ms` */
function apartText(one: SteerCellFinding, other: SteerCellFinding, subject: string): string {
  const [of = 0, to = 0] = [one.back.p50Ns, other.back.p50Ns];
  const apart = formatValue(Math.abs(of - to), 'ns');
  if (!differs(of, to)) return `no difference that a user notices (${apart})`;
  return `${subject} ${of < to ? 'saves' : 'costs'} ${apart}`;
}

function costText(opened: SteerCellFinding, kept: SteerCellFinding): string {
  const [of = 0, to = 0] = [opened.back.p50Ns, kept.back.p50Ns];
  if (!differs(of, to)) return `opening it costs nothing that a user notices`;
  const trips =
    opened.roundTripNs === undefined
      ? ''
      : `, ${((of - to) / opened.roundTripNs).toFixed(2)} round trips`;
  return `opening it costs ${formatValue(of - to, 'ns')}${trips}`;
}

/** The needs of each way. */
export function needsRows(cells: readonly SteerCellFinding[]): readonly (readonly string[])[] {
  return [...Map.groupBy(cells, ({ way }) => way)].map(([way, own]) => [
    stopWays[way].title,
    listWords([...new Set(own.map(({ transport }) => transports[transport].title))]),
    needs[way],
    stopWays[way].roundTrips.toFixed(1),
    (stopWays[way].roundTrips + 0.5).toFixed(1),
    own.every(({ sent }) => sent === 0)
      ? UNKNOWN
      : formatValue(Math.max(...own.map(({ sentBytes }) => sentBytes)), 'bytes'),
  ]);
}
