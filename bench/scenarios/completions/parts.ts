// Report parts of scenario `completions` besides its verdicts: how many whole streams there were
// and how long they took, and that a closed loop answers no question about waiting.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { sharesConnections, type Arm } from '../../contract/arms/arms.ts';
import { isLoadGenerator } from '../../contract/arms/stacks.ts';
import type { TransportDescription } from '../../contract/arms/transport-description.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import {
  capitalised,
  formatCount,
  formatNumber,
  formatSetting,
  formatValue,
} from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { section } from '../../report/blocks.ts';
import { listWords, transportsOf } from '../../report/mechanisms.ts';
import type { ReportContext } from '../../report/report-context.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { contestantsAt, renderMetricRows, type ArmValues } from '../../report/arm-estimates.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { alert, heading, list, type Block, type Content } from '../../report/blocks.ts';

export const completionsParts: ScenarioParts = {
  title: 'for whole streams, one after another',
  metricGroups: [{ title: 'Whole streams', words: ['completions', 'completion'] }],
  circumstances,
  banner: ({ plan }) =>
    alert('note', [
      `**CLOSED LOOP**: ${asker(plan.arms)} asks for its next stream only when it has the last, so a server that is slow is asked less, and the requests that would` +
        ' have come meanwhile are never made (coordinated omission). Completion times are those of the requests that were made, not of users who arrive by' +
        ' themselves. For waiting times see scenario `stream`, whose streams begin when they are due.',
    ]),
  sections: streamsSection,
  terminal: (context) => [
    [
      ...wrap(
        'A closed loop (a slow server is asked less), so rates and completion times get no verdict:',
        TERMINAL_COLUMNS,
      ),
      ...context.analysis.loadPoints.flatMap((point) =>
        contestantsAt(context, point).flatMap((arm) =>
          wrap(`${loadPointTitle(point.loadPoint)}, ${sentenceOf(arm, context)}`, TERMINAL_COLUMNS),
        ),
      ),
    ].join('\n'),
  ],
  asymmetries,
  limits: ({ plan }) => [
    'A closed loop says what a number of clients who never pause get done. It does not say how long a request waits under a load that does not wait for it.',
    ...(plan.arms.some(({ client }) => isLoadGenerator(client))
      ? [
          'An HTTP load generator counts responses. It cannot tell when a token arrived, nor speak WebSocket: what it reports stands beside the probe’s numbers, not in' +
            ' their place.',
        ]
      : []),
  ],
};

function circumstances({ plan, loadPoints }: Analysis): string {
  const { workload } = plan;
  return (
    `Workload ${code(workload.name)}: whole streams of ${formatCount(workload.tokensPerStream)} tokens at ${formatSetting(workload.tokensPerSecond, 'tokens/s')},` +
    ` which by their plan take ${formatValue(plannedNs(plan), 'ns')}, in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).` +
    ` Load: ${loadPoints.map(({ loadPoint }) => loadPointTitle(loadPoint)).join(', ')}, ${plan.arms.some(sharesConnections) ? 'each followed by the next as soon as it has ended' : 'each with the next stream as soon as it has the last'};` +
    ` ${formatSetting(plan.windowNs, 'ns')} measured per trial.`
  );
}

/**
 * Time from the request to the last token with an infinitely fast server and network; gaps vary,
 * this uses their mean.
 */
function plannedNs({ workload }: Analysis['plan']): number {
  return (
    workload.firstTokenMedianMs * NS_PER_MS +
    ((workload.tokensPerStream - 1) / workload.tokensPerSecond) * NS_PER_S
  );
}

const rows = [
  'completions.rate',
  'completion.p50',
  'completion.p99',
  'cpu.server.stream',
  'bytes.completion',
  'elu.server',
  'elu.client',
];

function streamsSection(context: ReportContext): readonly Block[] {
  return section('Whole streams', [
    ...context.analysis.loadPoints.map((point) => onePoint(context, point)),
    `Streams per second are ${places(context.analysis.plan.arms)} over the time from one request to the next, so the first two rows say the same thing twice. The bytes are those of the server,` +
      ' of streams whose texts differ a little from arm to arm: a faster arm gets further in the same list.',
  ]);
}

function onePoint(context: ReportContext, point: LoadPointAnalysis): Content {
  return [
    heading(3, `${loadPointTitle(point.loadPoint)}, one stream after another`),
    list(contestantsAt(context, point).map((arm) => sentenceOf(arm, context))),
    renderMetricRows(context, point, rows),
  ];
}

/**
 * Utilisation from which the event loop had no time to spare; the limit of the gate on latency
 * under load.
 */
const BUSY = 0.8;

function sentenceOf({ title, valueOf, text }: ArmValues, { analysis }: ReportContext): string {
  const completionNs = valueOf('completion.p50');
  const rate = valueOf('completions.rate');
  if (completionNs === undefined || rate === undefined)
    return `${title}: no trial completed enough streams.`;
  const beyond = formatValue(completionNs - plannedNs(analysis.plan), 'ns');
  const limit = limitOf(valueOf('elu.server'), places(analysis.plan.arms));
  return `${title}: ${formatNumber(rate)} streams/s; a stream took ${text('completion.p50')} (median), ${beyond} more than its plan; ${limit}.`;
}

/** Each asks for one stream after another. */
function asker(arms: readonly Arm[]): string {
  return arms.some(sharesConnections)
    ? 'each connection, and where streams share one each place on it,'
    : 'each connection';
}

/** The number of streams at a time. */
function places(arms: readonly Arm[]): string {
  return arms.some(sharesConnections) ? 'streams at a time' : 'connections';
}

function limitOf(serverUtilisation: number | undefined, more: string): string {
  if (serverUtilisation === undefined) return 'how busy the server was is not known';
  const busy = formatValue(serverUtilisation, 'ratio');
  return serverUtilisation > BUSY
    ? `the server was busy ${busy} of the time, so this is about what it can do`
    : `the server was busy ${busy} of the time, so more ${more} would get more`;
}

function asymmetries({ plan }: Analysis): readonly string[] {
  const present = transportsOf(plan.arms);
  const generators = new Set(
    plan.arms.map(({ client }) => client).filter((client) => isLoadGenerator(client)),
  );
  return [
    `${capitalised(asker(plan.arms))} asks for the same streams in the same order in every arm; how far it gets depends on the arm.`,
    ...present.flatMap(({ texts }) => texts.nextStream ?? []),
    ...[...generators].flatMap((generator) => [
      `${generator} keeps its connections, as HTTP lets it; the other clients open a connection for each stream${whyNew(present)}${plan.arms.some(sharesConnections) ? ', unless the arm says that streams share connections' : ''}. So the transports are compared by the` +
        ` arms with the same client, and the arm with ${generator} shows what keeping connections and an HTTP load generator make of the same server.`,
      `${generator} takes a response as a whole: its times end with the last chunk and not with \`done\`, and it is checked for its status, the number of its events and its` +
        ' `done` with the hash of the text. The other clients verify each token.',
      `${generator} cannot end a stream: those under way when its time is over are cut, after the window.`,
    ]),
  ];
}

/**
 * Empty without a server whose connections carry one stream only, whatever the client would like.
 */
function whyNew(present: readonly TransportDescription[]): string {
  const single = present.filter(
    ({ capabilities }) => capabilities.duplex && capabilities.streamsPerConnection === 'one',
  );
  return single.length === 0
    ? ''
    : `, as the ${listWords(single.map(({ title }) => title))} server asks, whose connections carry one`;
}
