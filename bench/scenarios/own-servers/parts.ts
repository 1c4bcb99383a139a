// Report parts of scenario `own-servers` besides its verdicts: whether the streams were whole, what they
// spoke, the four firsts, and what the result does not say.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { Target } from '../../contract/target.ts';
import { contestantsAt, renderMetricRows } from '../../report/arm-estimates.ts';
import { flow, heading, left, list, right, section, table } from '../../report/blocks.ts';
import type { Block, Content, Table } from '../../report/blocks.ts';
import { formatCount, formatSetting } from '../../report/format.ts';
import { code, plainText } from '../../report/inline.ts';
import { listWords } from '../../report/mechanisms.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { armTitleOf, isEqualArmsRun, type ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { renderVerdicts } from '../../report/sections/verdicts.ts';
import { wrap } from '../../report/text-layout.ts';
import { renderServers, serverPairs, serverSentences } from './server-pairs.ts';
import type { ArmStreams, TargetFindings, TargetStreamsAnalysis } from './findings.ts';

type Context = ReportContext<TargetFindings>;

export const targetParts: ScenarioParts<TargetFindings> = {
  title: 'for its users',
  heading: ({ plan }) => {
    const servers = new Set(targetsOf(plan).flatMap(({ server }) => server ?? []));
    return servers.size < 2
      ? undefined
      : `Does a verdict hold in each server? ${listWords([...servers])}`;
  },
  metricGroups: [{ title: 'Streams of targets', words: ['target'] }],
  circumstances,
  conditions: ({ plan }) => [serversSentence(targetsOf(plan))],
  verdicts: verdictsByServer,
  sections: (context) => [wholeSection(context), timesSection(context)],
  terminal: (context) => [
    context.analysis.target
      .flatMap(({ arms }) => arms.flatMap((arm) => wholeSentence(arm, context)))
      .concat(context.analysis.loadPoints.flatMap((point) => serverSentences(context, point)))
      .flatMap((sentence) => wrap(plainText(sentence), TERMINAL_COLUMNS))
      .join('\n'),
  ],
  // A target opens, writes and ends its streams as it likes.
  outlivesConnections: true,
  alike: 'Prompts, starts of streams, the engine that reads and the order of work',
  asymmetries,
  limits,
  machineLimits: ({ targets }, cpus) => [
    ...(targets?.targets.some(({ url }) => isLocal(url)) === true
      ? [
          `Servers on this machine share ${cpus} with the load process, and over loopback much of the work of receiving is charged to the sender.`,
        ]
      : []),
    'The way to a server on another machine is part of its arm: its distance, its proxies, and what else they carried at the time.',
  ],
  moments:
    'Moments, all on the clock of the load process: the planned start of a stream; its connection; the head of the answer, or the 101 of a WebSocket; each read, whose time is taken before anything is parsed;' +
    ' an event has the time of the read that brought its last byte; the end of the answer.',
  quantilesOver: 'whole streams, or gaps in them,',
};

/** The servers side by side come first, then each pair as usual. */
function verdictsByServer(context: Context): Content | undefined {
  const { loadPoints } = context.analysis;
  const servers = loadPoints.map((point, index) =>
    serverPairs(context, point).length === 0
      ? []
      : [pointHeading(context, index), renderServers(context, point)],
  );
  if (flow(servers).length === 0 || isEqualArmsRun(context.analysis)) return undefined;
  return [section('In which servers does which verdict hold?', servers), renderVerdicts(context)];
}

const targetsOf = ({ targets }: Analysis['plan']): readonly Target[] => targets?.targets ?? [];

/** Whether a WebSocket is opened, and no request made. */
function isSocket(url: string): boolean {
  return /^wss?:/.test(url);
}

function isLocal(url: string): boolean {
  return /^\w+:\/\/(localhost|127\.|\[::1\])/.test(url);
}

function circumstances({ plan, loadPoints }: Analysis): string {
  const { targets } = plan;
  if (targets === undefined) return '';
  const named = targets.targets.map(
    ({ name, method, url }) =>
      `**${name}** (${code(`${isSocket(url) ? '' : `${method} `}${url}`)})`,
  );
  const most = loadPoints.map(({ loadPoint }) => formatCount(loadPoint.connections)).join(', ');
  return (
    `Servers that are not this project’s: ${listWords(named)}.` +
    ` Streams begin at random, ${formatSetting(targets.startsPerSecond, 'count')} a second on average, whether or not earlier ones have ended, each on a new connection, with at most ${most} open at a time;` +
    ` the same starts and prompts (${formatCount(targets.prompts.length)}) for all arms of a block.` +
    ` ${formatSetting(plan.windowNs, 'ns')} measured per trial; a stream without a byte for ${formatSetting(targets.silenceNs, 'ns')} has failed.`
  );
}

function boldNames(targets: readonly Target[]): string {
  return listWords(targets.map(({ name }) => `**${name}**`));
}

function serversSentence(targets: readonly Target[]): string {
  const started = targets.filter(({ start }) => start !== undefined);
  const shared = targets.filter(({ start }) => start === undefined);
  return [
    ...(started.length === 0
      ? []
      : [`The server of ${boldNames(started)} was started afresh for each trial.`]),
    ...(shared.length === 0
      ? []
      : [
          `**All trials shared one server** of ${boldNames(shared)}, which was running already: what one trial left behind (caches, memory, compiled code) the next ones found, and its CPU and memory are not known.`,
        ]),
  ].join(' ');
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const targets = targetsOf(plan);
  const requests = targets.map(
    ({ name, method, url, body, messages }) =>
      `**${name}** is asked by ${isSocket(url) ? `a WebSocket${messages === undefined ? '' : ` and ${messages.length === 1 ? 'a message' : `${messages.length} messages`} once it is open`}` : `${method}${body === undefined ? '' : ' with a body'}`}.`,
  );
  return [
    ...requests,
    'Each server decides itself what it sends, how it is framed and when. Where the texts differ, so may the number of tokens, the bytes and the time of a whole stream.',
    ...(targets.some(({ url }) => isSocket(url)) && targets.some(({ url }) => !isSocket(url))
      ? [
          'A WebSocket stays open when its answer is over: the load process closes it then, and a whole stream ends with its last event. Over HTTP it ends with the end of the response.',
        ]
      : []),
  ];
}

function limits({ plan }: Analysis): readonly string[] {
  return [
    'When a token was due is not known, so that delivery from due, lost tokens and what the server itself waited for cannot be told apart: a slow model and a slow transport look alike.',
    'Every stream has a connection of its own. A client that keeps connections opens sooner.',
    ...(targetsOf(plan).length > 1
      ? [
          'Targets differ in more than their transport, unless you built them alike: a verdict is about these servers.',
        ]
      : []),
  ];
}

function wholeSection(context: Context): readonly Block[] {
  return section('Were the streams whole?', [
    ...context.analysis.target.map((found, index) => [
      pointHeading(context, index),
      list(found.arms.flatMap((arm) => wholeSentence(arm, context))),
      textsSentence(found),
      causesTable(found, context),
    ]),
    'A stream is whole when it reached the highest rung that its dialect lets a client check: the transport ended in order; no half event was left; the dialect’s own end came, and no error; the stream agrees with what it says of itself.' +
      ' All other figures are of whole streams.',
  ]);
}

function pointHeading({ analysis }: Context, index: number): Content {
  const point = analysis.loadPoints[index];
  return analysis.loadPoints.length < 2 || point === undefined
    ? []
    : heading(3, loadPointTitle(point.loadPoint));
}

function wholeSentence(arm: ArmStreams, { analysis }: Context): readonly string[] {
  const title = armTitleOf(analysis, arm.arm);
  if (arm.streams === 0) return [`**${title}**: no stream began in a window.`];
  const failed = arm.streams - arm.whole;
  const first = arm.causes[0];
  const spoke = [
    ...(arm.dialects.length === 0 ? [] : [`dialect ${listWords(arm.dialects.map(code))}`]),
    ...(arm.httpVersions.length === 0 ? [] : [`HTTP/${arm.httpVersions.join(', ')}`]),
  ].join(' over ');
  return [
    `**${title}**: ${formatCount(arm.whole)} of ${formatCount(arm.streams)} streams were whole${spoke === '' ? '' : ` (${spoke})`}.` +
      (failed > 0 && first !== undefined
        ? ` Most of the others: ${code(first.cause)}, ${code(first.example)}.`
        : '') +
      (arm.notCheckable.length === 0 ? '' : ` Not checkable: ${arm.notCheckable.join('; ')}.`),
  ];
}

function textsSentence({ comparableBlocks, equalTexts }: TargetStreamsAnalysis): string {
  if (comparableBlocks === 0) return '';
  return equalTexts === comparableBlocks
    ? `In all ${formatCount(comparableBlocks)} blocks the arms brought the same texts, to the byte.`
    : `In ${formatCount(equalTexts)} of ${formatCount(comparableBlocks)} blocks the arms brought the same texts. Where they differ, the arms did not do the same work: lengths, bytes and times of whole streams compare with care.`;
}

function causesTable({ arms }: TargetStreamsAnalysis, { analysis }: Context): Content {
  const rows = arms.flatMap((arm) =>
    arm.causes.map(({ cause, count, example }) => [
      armTitleOf(analysis, arm.arm),
      code(cause),
      formatCount(count),
      code(example),
    ]),
  );
  return rows.length === 0
    ? []
    : table(
        [left('arm'), left('cause'), right('streams, warm-up included'), left('the first one')],
        rows,
      );
}

const firsts = [
  'target.open.p50',
  'target.firstbyte.p50',
  'target.firstevent.p50',
  'target.firsttoken.p50',
  'target.ttft.p50',
  'target.gap.p50',
  'target.gap.p99',
  'target.chunk.p50',
  'target.tpot.p50',
  'target.total.p50',
  'target.tokens.event',
  'target.events.read',
  'target.bytes.event',
  'target.cpu.token',
  'target.memory',
  'target.memory.stream',
];

function timesSection(context: Context): readonly Block[] {
  return section('From the first byte to the last', [
    ...context.analysis.loadPoints.map((point, index) => [
      pointHeading(context, index),
      timesTable(context, point),
      bufferSentences(context, point),
    ]),
    'The first byte, event, token and content token are four moments: a comment or a chunk with nothing but a role stops an earlier clock, and reasoning comes before the answer.',
  ]);
}

function timesTable(context: Context, point: LoadPointAnalysis): Table {
  return renderMetricRows(context, point, firsts);
}

/** Events a read above which something is said to hold them back. */
const BUNCHED = 1.5;

function bufferSentences(context: Context, point: LoadPointAnalysis): Content {
  return list(
    contestantsAt(context, point).flatMap(({ title, valueOf, text }) => {
      const perRead = valueOf('target.events.read');
      return perRead === undefined || perRead < BUNCHED
        ? []
        : [
            `**${title}**: ${text('target.events.read')} events came in a read. Something between the server and the client holds them back, or the server writes several at once.`,
          ];
    }),
  );
}
