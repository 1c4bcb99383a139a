// What a run shows of each arm, in sentences made from its values alone.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import type { LoadPoint } from '../../contract/load-point.ts';
import type { DuplexPlan } from '../../contract/duplex.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { contestantsAt, type ArmValues } from '../../report/arm-estimates.ts';
import { formatValue } from '../../report/format.ts';
import { listWords } from '../../report/mechanisms.ts';
import type { ReportContext } from '../../report/report-context.ts';
import { sessionsWork, type Working } from './sessions-work.ts';

interface Judged {
  readonly place: string;
  readonly values: ArmValues;
  readonly working: Working;
}

/** One for each arm: over which paths a session works, and over which it does not. */
export function armSentences(context: ReportContext): readonly string[] {
  const { loadPoints } = context.analysis;
  const sizes = new Set(loadPoints.map(({ loadPoint }) => loadPoint.connections));
  // Of a session with a large message few frames are behind it: a share of all says nothing of them.
  const plain = loadPoints.filter(({ loadPoint }) => loadPoint.largeBytes === undefined);
  const judged = plain.flatMap((point) =>
    contestantsAt(context, point).map((values): Judged => ({
      place: `${placeOf(point.loadPoint)}${sizes.size === 1 ? '' : ` for ${point.loadPoint.connections} sessions`}`,
      values,
      working: sessionsWork(point, values),
    })),
  );
  const byArm = Map.groupBy(judged, ({ values }) => armName(values.arm));
  return [...byArm.values()].map((own) => armSentence(own));
}

function armSentence(judged: readonly Judged[]): string {
  const title = judged[0]?.values.title ?? '';
  const in_ = (state: Working['state']): readonly Judged[] =>
    judged.filter(({ working }) => working.state === state);
  const [works, fails, unknown] = [in_('works'), in_('fails'), in_('unknown')];
  const parts = [
    ...(works.length > 0 ? [`a voice session works ${placesOf(works)}`] : []),
    ...(fails.length > 0
      ? [
          `${works.length > 0 ? 'it' : 'a voice session'} does not work ${fails.map(failure).join(', nor ')}`,
        ]
      : []),
    ...(unknown.length > 0
      ? [
          `this run cannot say whether ${unknown.length < judged.length ? 'it' : 'a voice session'} works ${placesOf(unknown)}`,
        ]
      : []),
  ];
  return `Over ${title}, ${parts.join('; ')}.`;
}

function placesOf(judged: readonly Judged[]): string {
  return listWords(judged.map(({ place }) => place));
}

function failure({ place, values: { text } }: Judged): string {
  return `${place} (${text('late.up')} of the frames up and ${text('late.down')} of those down are late; the server gets ${text('frame.up.rate')} frames/s of a session)`;
}

/** `directly`, `with a round trip of 20 ms`. */
function placeOf({ roundTripNs }: LoadPoint): string {
  if (roundTripNs === undefined) return 'directly';
  return roundTripNs === 0
    ? 'over the relay alone'
    : `with a round trip of ${roundTripNs / NS_PER_MS} ms`;
}

/** What the arm did at one load point. */
export function atPoint(point: LoadPointAnalysis, arm: ArmValues, plan: DuplexPlan): string {
  const { title, text, valueOf } = arm;
  const working = sessionsWork(point, arm);
  if (working.state === 'unknown')
    return `${title}: this run cannot say whether a voice session works (${working.why}).`;
  const { largeBytes } = point.loadPoint;
  const verdict =
    largeBytes !== undefined ? '' : working.state === 'works' ? 'works: ' : '**does not work**: ';
  const up =
    valueOf('frame.up.p50') === undefined
      ? 'not known up, where frames had not been sent when their session was over,'
      : `${text('frame.up.p50')} up`;
  return (
    `${title}: ${verdict}${text('late.up')} of the frames up and ${text('late.down')} of those down are late; delivery p50 is ${up} and ${text('frame.down.p50')} down; ${bargeWords(arm)}${largeWords(arm, plan)}.` +
    ` A second of audio costs the server ${text('cpu.server.audio')} of CPU time, and a frame ${formatValue(valueOf('bytes.frame.up'), 'bytes')} up and ${formatValue(valueOf('bytes.frame.down'), 'bytes')} down.`
  );
}

function bargeWords({ valueOf, text }: ArmValues): string {
  const afterNs = valueOf('barge.p50');
  if (afterNs === undefined) return 'interruptions do not stop each answer in time';
  return afterNs === 0
    ? 'after an interruption no frame of the answer comes any more (p50)'
    : `the last frame of the answer comes ${text('barge.p50')} after an interruption begins (p50)`;
}

function largeWords({ valueOf, text }: ArmValues, { deadlineNs }: DuplexPlan): string {
  const behindNs = valueOf('frame.behind.max');
  if (behindNs === undefined) return '';
  return `; behind the large message a frame waits for up to ${text('frame.behind.max')}, ${behindNs > deadlineNs ? 'too long to be played' : 'and can still be played'}`;
}
