// Report parts of scenario `voice` besides its verdicts: whether a session works over each arm, at
// which delay, and what it costs.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import { uplinks } from '../../contract/arms/uplink.ts';
import type { DuplexPlan } from '../../contract/duplex.ts';
import { loadPointTitle, type LoadPoint } from '../../contract/load-point.ts';
import { contestantsAt, renderMetricRows } from '../../report/arm-estimates.ts';
import { heading, list, section, type Block } from '../../report/blocks.ts';
import { formatCount, formatSetting } from '../../report/format.ts';
import { absences } from '../../report/mechanisms.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import type { ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { wrap } from '../../report/text-layout.ts';
import { MOST_LATE } from './sessions-work.ts';
import { armSentences, atPoint } from './sentences.ts';

export const voiceParts: ScenarioParts = {
  title: 'for voice',
  metricGroups: [{ title: 'Frames both ways', words: ['frame', 'late', 'barge'] }],
  circumstances,
  isOnTimetable: true,
  hasOwnForms: true,
  takesProbeOnly: true,
  sections: sessionsSection,
  terminal: (context) => [
    armSentences(context)
      .flatMap((sentence) => wrap(sentence, TERMINAL_COLUMNS))
      .join('\n'),
  ],
  alike: 'due times, pacers, limits, interruptions and order of work',
  asymmetries,
  limits,
  machineLimits: ({ arms, loadPoints }, cpus) => [
    `Server and client ran on one machine and talked over loopback, ${loadPoints.some(isRelayed) ? 'where a load point says so through a relay of the harness' : 'without any delay'}: no loss, and segments larger than those of Ethernet.`,
    `Both ends shared ${cpus}. Much of the work of receiving is charged to the sender there, so CPU time is not that of a server alone.`,
    ...absences(arms, {
      consequence: 'Each of them can outweigh the difference between the transports.',
    }),
  ],
};

const isRelayed = ({ roundTripNs, linkBytesPerSecond }: LoadPoint): boolean =>
  roundTripNs !== undefined || linkBytesPerSecond !== undefined;

/** A plan of this scenario always has it. */
function planOf({ plan }: Analysis): DuplexPlan {
  return plan.duplex as DuplexPlan;
}

const time = (ns: number): string => formatSetting(ns, 'ns');

function circumstances(analysis: Analysis): string {
  const { plan } = analysis;
  const { frameNs, frameBytes, interruptEveryFrames, deadlineNs } = planOf(analysis);
  return (
    `Sessions of voice: from its beginning to its end a frame of ${time(frameNs)} (${formatCount(frameBytes)} bytes of PCM, 16 kHz, 16 bit, mono) is due in each direction every ${time(frameNs)}, and every` +
    ` ${time(interruptEveryFrames * frameNs)} the user interrupts the answer. A frame that arrives more than ${time(deadlineNs)} after it was due is late: it cannot be played any more.` +
    ` Load: ${plan.loadPoints.map(loadPointTitle).join('; ')}. ${time(plan.windowNs)} measured per trial.`
  );
}

const rows = [
  'late.up',
  'late.down',
  'frame.up.p50',
  'frame.up.p99',
  'frame.down.p50',
  'frame.down.p99',
  'frame.up.rate',
  'barge.p50',
  'frame.behind.max',
  'cpu.server.audio',
  'bytes.frame.up',
  'bytes.frame.down',
] as const;

function sessionsSection(context: ReportContext): readonly Block[] {
  const { loadPoints } = context.analysis;
  const plan = planOf(context.analysis);
  return section('Does a voice session work?', [
    `It works, by a rule that was fixed beforehand, where at most ${formatSetting(MOST_LATE, 'ratio')} of the frames of each direction are late.`,
    list(armSentences(context)),
    ...loadPoints.map((point) => [
      loadPoints.length === 1 ? [] : heading(3, loadPointTitle(point.loadPoint)),
      list(contestantsAt(context, point).map((arm) => atPoint(point, arm, plan))),
      renderMetricRows(context, point, rows),
    ]),
    ...behindLarge(loadPoints),
  ]);
}

function behindLarge(points: readonly LoadPointAnalysis[]): readonly string[] {
  return points.some(({ loadPoint }) => loadPoint.largeBytes !== undefined)
    ? [
        'A message of 1 MiB goes down in the middle of the first session, before a frame of it. What is behind it on its connection waits until it is through: with one TCP connection a' +
          ' direction, it does so over each arm. In base64 the message is a third longer, and so is the wait. Another connection, or another stream of HTTP/2, would keep it out of the way of the voice.',
      ]
    : [];
}

function asymmetries({ plan: { arms } }: Analysis): readonly string[] {
  const has = (test: (arm: Arm) => boolean): boolean => arms.some(test);
  const hasRequests = has(({ uplink }) => uplink !== undefined);
  return [
    'Frames are the same bytes in every arm: a number, a mark for speech, and the content. In binary messages and in the bodies of POSTs they are sent as they are; in text messages and event streams they are JSON with the content in base64, because event streams are text.',
    ...(hasRequests
      ? [
          'Over SSE a session takes two connections: one leads down, and one up. Over WebSocket it takes one. The body of a POST is binary, as HTTP allows it, so that base64 is paid for in one direction only.',
        ]
      : []),
    ...(has(({ uplink }) => uplink === 'posts')
      ? [
          `SSE (${uplinks.posts.title} up): ${uplinks.posts.summary}; the connection is kept. Frames that are due meanwhile wait, and those that still wait when their session is over are not sent and count as late. Answers to POSTs go down beside the stream: their heads are as Fastify and node:http write them, so that their bytes are counted and not modelled.`,
        ]
      : []),
    ...(has(({ uplink }) => uplink === 'upload')
      ? [
          `SSE (${uplinks.upload.title} up): ${uplinks.upload.summary}. No answer is sent before it is over: nothing depends on one request being answered while it is sent. A browser sends such a body over HTTP/2 only.`,
        ]
      : []),
    'A frame up is received when the library of the server hands it over: ws after unmasking a message; node:http a part of a body, or Fastify a whole request. A frame down is received when the client has read it, before parsing.',
  ];
}

function limits({ plan: { arms, loadPoints } }: Analysis): readonly string[] {
  const hasRelay = loadPoints.some(({ roundTripNs = 0 }) => roundTripNs > 0);
  return [
    'Voice on the open internet runs over UDP, where a lost packet delays no other. All arms here are TCP, without loss: with it, what follows a lost segment waits for a round trip and more, in every arm alike.',
    ...(arms.some(({ uplink }) => uplink === 'posts')
      ? [
          'A POST a frame was measured on one connection. A browser opens up to six to a server, five beside the stream: frames could then overtake each other, and the server would have to sort them. Several frames in one POST need fewer of them, and add the time of the frames that wait for the last.',
        ]
      : []),
    ...(hasRelay
      ? [
          'The relay holds what it reads for half of the round trip in each direction, to about a millisecond, without jitter; a new connection carries nothing for a whole one, as with TCP.',
        ]
      : []),
    'The frames are as if drawn at random, nobody encoded or heard them: codecs make them smaller, which takes framing and heads of requests to a larger share.',
  ];
}
