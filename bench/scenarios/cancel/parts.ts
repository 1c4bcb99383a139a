// Report parts of scenario `cancel` besides its verdicts: every way of stopping side by side, what
// each costs, and what each needs.

import type { Analysis } from '../../analysis/analysis.ts';
import { stopWays } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import { payloads } from '../../contract/payload.ts';
import {
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
} from '../../report/blocks.ts';
import { formatCount, formatSetting, formatValue, UNKNOWN } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { listWords, transportsOf } from '../../report/mechanisms.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { wrap } from '../../report/text-layout.ts';
import type { CancelFindings, StopCellFinding } from './findings.ts';
import { describeWay, needsRows } from './sentences.ts';
import { byRoundTrip, groupWays } from '../../report/told-ways.ts';

export const cancelParts: ScenarioParts<CancelFindings> = {
  title: 'when a user stops a stream',
  metricGroups: [{ title: 'Stops', words: ['stop', 'vain'] }],
  circumstances,
  sections: (context) => [...costSection(context), ...needsSection(context)],
  terminal,
  alike: 'the streams, and the moments of their stops',
  asymmetries,
  limits,
  takesProbeOnly: true,
  moments:
    'A stop is the moment at which the client does it; the generation ends when the server schedules no further token of the stream.',
};

function circumstances({ plan }: Analysis): string {
  const { stops, payload, loadPoints, windowNs } = plan;
  const [count = 0] = loadPoints.map(({ connections }) => connections);
  const trips = loadPoints.map(({ roundTripNs }) =>
    roundTripNs === undefined ? 'none' : formatSetting(roundTripNs, 'ns'),
  );
  return (
    `In each trial ${formatCount(count)} streams of each way and state are stopped. An active one has ${formatCount(stops?.activeTokensPerSecond)} tokens/s and is stopped at a drawn moment after a drawn token, the 8th to the 24th;` +
    ` a quiet one is stopped after its first token, and its next would come seconds later. All ways of an arm share its trials, and what is drawn is the same in each of them. Payload ${code(payload)} (${payloads[payload].summary}).` +
    ` Round trips: ${[...new Set(trips)].join(', ')}. ${formatSetting(windowNs, 'ns')} measured per trial.`
  );
}

function costSection(context: ReportContext<CancelFindings>): readonly Block[] {
  const { analysis } = context;
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  return section('What a stop costs', [
    list(groupWays(analysis.stops, titleOf).map(describeWay)),
    ...byRoundTrip(analysis.stops, (cells) => wayTable(cells, titleOf)),
    'Medians over trials of each trial’s median; tokens and bytes are means of a trial’s streams. **In vain** is what the server had generated when it ended, less what the client had received when it stopped: tokens that were under way are in it. Round trips are the time divided by the round trip.',
  ]);
}

function wayTable(cells: readonly StopCellFinding[], titleOf: (arm: string) => string): Content {
  const rows = groupWays(cells, titleOf).map(({ title, active, quiet }) =>
    [title].concat(cellColumns(active[0]), cellColumns(quiet[0])),
  );
  return table(
    [
      left('way'),
      ...['active', 'quiet'].flatMap((state) => [
        right(`${state}: goes on for`),
        right('round trips'),
        right('tokens in vain'),
        right('bytes in vain'),
      ]),
    ],
    rows,
  );
}

function cellColumns(cell: StopCellFinding | undefined): readonly string[] {
  if (cell === undefined || cell.stopped === 0) return [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN];
  const { latencyNs, roundTrips, vainTokens, vainBytes, unnoticed, stopped } = cell;
  const time = latencyNs === undefined ? '**not in the trial**' : formatValue(latencyNs, 'ns');
  return [
    unnoticed === 0 || latencyNs === undefined
      ? time
      : `${time} (${formatCount(unnoticed)} of ${formatCount(stopped)} not in the trial)`,
    roundTrips === undefined ? UNKNOWN : roundTrips.toFixed(2),
    formatValue(vainTokens, 'count'),
    formatValue(vainBytes, 'bytes'),
  ];
}

function needsSection({ analysis }: ReportContext<CancelFindings>): readonly Block[] {
  return section('What each way needs', [
    table(
      [
        left('way'),
        left('transports'),
        left('what it needs'),
        right('round trips by the protocol'),
        right('bytes sent'),
        left('what is left for the next stream'),
      ],
      needsRows(analysis.stops),
    ),
    'Bytes are those that the client writes to stop one stream, without those of TCP/IP. A dash stands where the kernel sends it, or the client does not count it: a FIN, or a frame of 13 bytes that resets a stream of HTTP/2.',
  ]);
}

function terminal(context: ReportContext<CancelFindings>): readonly string[] {
  const { analysis } = context;
  const farthest = Math.max(...analysis.stops.map(({ roundTripNs = 0 }) => roundTripNs));
  const cells = analysis.stops.filter(({ roundTripNs = 0 }) => roundTripNs === farthest);
  const lines = groupWays(cells, (arm) => armTitleOf(analysis, arm)).flatMap(
    ({ title, active: [active], quiet: [quiet] }) =>
      active === undefined || quiet === undefined
        ? []
        : wrap(
            `${title}: active ${shortText(active)}, ${formatValue(active.vainTokens, 'count')} tokens in vain; quiet ${shortText(quiet)}`,
            TERMINAL_COLUMNS,
          ),
  );
  if (lines.length === 0) return [];
  const place =
    farthest === 0
      ? 'without a round trip'
      : `over a round trip of ${formatSetting(farthest, 'ns')}`;
  return [[`After a stop the server goes on for, ${place}:`, ...lines].join('\n')];
}

function shortText({ latencyNs, roundTrips }: StopCellFinding): string {
  if (latencyNs === undefined) return 'longer than the trial';
  const trips = roundTrips === undefined ? '' : ` (${roundTrips.toFixed(2)} round trips)`;
  return `${formatValue(latencyNs, 'ns')}${trips}`;
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const present = transportsOf(plan.arms);
  const kinds = (['say', 'leave'] as const).map((kind) => {
    const each = present.flatMap(({ title, stops }) => {
      const way = stops[kind];
      return way === undefined ? [] : [`${title} ${stopWays[way].title}`];
    });
    return kind === 'say'
      ? `*By saying so* is ${listWords(each)}. A request is counted on a connection that is open already, which a client that stops a stream now and then need not have; on a new one it is a row of its own.`
      : `*By leaving* is ${listWords(each)}: what the interface of each transport does to close a stream.`;
  });
  const closes = present.some(({ stops }) => stops.leave === 'close');
  const shares = plan.arms.some(({ streamsPerConnection }) => streamsPerConnection !== undefined);
  return [
    ...kinds,
    ...(closes
      ? [
          'The server ends the generation at the event `close` of its library, which for a WebSocket comes when the connection has ended: ws has no event for the close frame. Between the two it generates, and ws drops what it is handed, so that more tokens than bytes are in vain. A server that looks at `readyState` before each token learns of an active stream sooner.',
        ]
      : []),
    ...(shares
      ? [
          'Where streams share connections, streams of all ways are on them, and bytes are those of their bodies: frames are counted for the connection.',
        ]
      : []),
  ];
}

function limits({ plan }: Analysis): readonly string[] {
  const titles = new Set(plan.arms.map(({ transport }) => transports[transport].title));
  return [
    'The generation ends with the token that the server schedules next. A model that is told to stop ends its own batch first, and a gateway passes a stop on: both come on top, for all ways alike.',
    ...(plan.loadPoints.some(({ roundTripNs }) => roundTripNs !== undefined)
      ? [
          'Round trips are made by a relay of the harness: half of one in each direction, to half a millisecond, and a whole one before a new connection carries anything. It has no loss and no limit on bytes. Without a round trip there is no relay.',
        ]
      : [
          'Round trips are added where nothing but the relay of the harness stands between client and server; this run has none.',
        ]),
    `These are streams that end with their connections. Where they outlive them, to be resumed, a disconnect stops nothing, and ${listWords([...titles])} ${titles.size === 1 ? 'has' : 'have'} to say so.`,
  ];
}
