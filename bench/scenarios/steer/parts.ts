// Report parts of scenario `steer` besides its verdicts: every way of giving input side by side, for
// whom a duplex connection pays, and what each way needs.

import type { Analysis } from '../../analysis/analysis.ts';
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
import { formatCount, formatSetting, formatValue } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { wrap } from '../../report/text-layout.ts';
import { warmWayOf } from './cell-values.ts';
import type { SteerCellFinding, SteerFindings } from './findings.ts';
import { describeWay, needsRows, payoffSentences } from './sentences.ts';
import { byRoundTrip, groupWays } from '../../report/told-ways.ts';

export const steerParts: ScenarioParts<SteerFindings> = {
  title: 'when a client sends to a stream that runs',
  metricGroups: [{ title: 'Inputs', words: ['steer'] }],
  circumstances,
  sections: (context) => [
    ...payoffSection(context),
    ...timesSection(context),
    ...needsSection(context),
  ],
  terminal,
  alike: 'the streams, and the moments of their inputs',
  asymmetries,
  limits,
  takesProbeOnly: true,
  moments:
    'An input is sent when the client hands it to its socket, or asks for a new one; received when the server’s own code has it, parsed; and back when the client has read the token that carries it.',
};

function circumstances({ plan }: Analysis): string {
  const { steers, payload, loadPoints, windowNs } = plan;
  const [count = 0] = loadPoints.map(({ connections }) => connections);
  const trips = loadPoints.map(({ roundTripNs }) =>
    roundTripNs === undefined ? 'none' : formatSetting(roundTripNs, 'ns'),
  );
  return (
    `In each trial ${formatCount(count)} active and as many quiet streams run in each way, a quarter as many where each input opens a connection. Each is sent an input of some 45 characters every 100 to 160 ms, at drawn moments that are the same in all ways. An active stream has ${formatCount(steers?.activeTokensPerSecond)} tokens/s besides, a quiet one hardly any.` +
    ` The server makes an input the stream’s next token, at once. Payload ${code(payload)} (${payloads[payload].summary}).` +
    ` Round trips: ${[...new Set(trips)].join(', ')}. ${formatSetting(windowNs, 'ns')} measured per trial.`
  );
}

function payoffSection({ analysis }: ReportContext<SteerFindings>): readonly Block[] {
  const sentences = payoffSentences(analysis.steers, (arm) => armTitleOf(analysis, arm));
  return sentences.length === 0
    ? []
    : section('For whom duplex pays', [
        list(sentences),
        'By the protocols a message and a request on a connection that is open take the same ways; a message spares a client that second connection and, where none is open, the time to open one.',
      ]);
}

function timesSection({ analysis }: ReportContext<SteerFindings>): readonly Block[] {
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  return section('What an input takes', [
    list(groupWays(analysis.steers, titleOf).map(describeWay)),
    ...byRoundTrip(analysis.steers, (cells) => wayTable(cells, titleOf)),
    'Medians over trials of each trial’s quantile. A dash stands where a trial has too few inputs for the quantile, or where not all of them came through.',
  ]);
}

function wayTable(cells: readonly SteerCellFinding[], titleOf: (arm: string) => string): Content {
  return table(
    [
      left('way'),
      ...['active', 'quiet'].flatMap((state) => [
        right(`${state}: one way p50`),
        right('p99'),
        right('and back p50'),
        right('p99'),
      ]),
    ],
    groupWays(cells, titleOf).map(({ title, active, quiet }) =>
      [title].concat(cellColumns(active[0]), cellColumns(quiet[0])),
    ),
  );
}

function cellColumns(cell: SteerCellFinding | undefined): readonly string[] {
  return [cell?.up.p50Ns, cell?.up.p99Ns, cell?.back.p50Ns, cell?.back.p99Ns].map((ns) =>
    formatValue(ns, 'ns'),
  );
}

function needsSection({ analysis }: ReportContext<SteerFindings>): readonly Block[] {
  return section('What each way needs', [
    table(
      [
        left('way'),
        left('transports'),
        left('what it needs'),
        right('round trips by the protocol'),
        right('and back'),
        right('bytes sent'),
      ],
      needsRows(analysis.steers),
    ),
    'Bytes are those that the client writes for one input, heads and frames included, without those of TCP/IP.',
  ]);
}

function terminal({ analysis }: ReportContext<SteerFindings>): readonly string[] {
  const sentences = payoffSentences(analysis.steers, (arm) => armTitleOf(analysis, arm));
  return sentences.length === 0
    ? []
    : [sentences.flatMap((sentence) => wrap(sentence, TERMINAL_COLUMNS)).join('\n')];
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const hasRequests = plan.arms.some(({ transport }) => warmWayOf(transport) !== 'message');
  return hasRequests
    ? [
        'A request is parsed by node:http and Fastify, a message by ws; both bodies are then parsed as JSON. A request has an answer of its own, which the next on its connection waits for; a message has none but the token.',
        'A request is compared on a connection that is open already, which a client that sends now and then need not have; on a new one it is a row of its own.',
      ]
    : [];
}

function limits({ plan }: Analysis): readonly string[] {
  return [
    'The server makes an input a token at once. A model takes it up with its next step at the earliest, 20 ms at 50 tokens/s, and a gateway passes it on: both come on top, for all ways alike.',
    ...(plan.loadPoints.some(({ roundTripNs }) => roundTripNs !== undefined)
      ? [
          'Round trips are made by a relay of the harness: half of one in each direction, to half a millisecond, and a whole one before a new connection carries anything. It has no loss and no limit on bytes. Without a round trip there is no relay.',
        ]
      : [
          'Round trips are added where nothing but the relay of the harness stands between client and server; this run has none.',
        ]),
    'These are streams that end with their connections, over HTTP/1.1: over HTTP/2 a request takes no second connection, which was not measured here.',
  ];
}
