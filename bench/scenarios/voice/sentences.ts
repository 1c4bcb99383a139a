// What a run shows of each arm, in sentences made from its values alone.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import type { LoadPoint } from '../../contract/load-point.ts';
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
  const judged = loadPoints.flatMap((point) =>
    contestantsAt(context, point).map(
      (values): Judged => ({
        place: `${placeOf(point.loadPoint)}${sizes.size === 1 ? '' : ` for ${point.loadPoint.connections} sessions`}`,
        values,
        working: sessionsWork(point, values),
      }),
    ),
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
      ? [`${works.length > 0 ? 'it' : 'a voice session'} does not work ${fails.map(failure).join(', nor ')}`]
      : []),
    ...(unknown.length > 0 ? [`this run cannot say it ${placesOf(unknown)}`] : []),
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
function placeOf({ roundTripNs, linkBytesPerSecond, largeBytes }: LoadPoint): string {
  if (largeBytes !== undefined)
    return `with a message of 1 MiB in its midst${linkBytesPerSecond === undefined ? '' : ` on a link of ${(8 * linkBytesPerSecond) / 1e6} Mbit/s`}`;
  if (roundTripNs === undefined) return 'directly';
  return roundTripNs === 0
    ? 'over the relay alone'
    : `with a round trip of ${roundTripNs / NS_PER_MS} ms`;
}

/** What the arm did at one load point. */
export function atPoint(point: LoadPointAnalysis, arm: ArmValues): string {
  const { title, text, valueOf } = arm;
  const working = sessionsWork(point, arm);
  if (working.state === 'unknown') return `${title}: this run cannot say it (${working.why}).`;
  const late = `${text('late.up')} of the frames up and ${text('late.down')} of those down are late`;
  const barge =
    valueOf('barge.p50') === undefined
      ? 'interruptions do not stop the answer in time'
      : `an interruption is answered by silence after ${text('barge.p50')} (p50)`;
  const large =
    valueOf('frame.behind.max') === undefined
      ? ''
      : `; behind the large message a frame waits for up to ${text('frame.behind.max')}`;
  return (
    `${title}: ${working.state === 'works' ? 'works' : '**does not work**'}: ${late}; delivery p50 is ${text('frame.up.p50')} up and ${text('frame.down.p50')} down; ${barge}${large}.` +
    ` A second of audio costs the server ${text('cpu.server.audio')} of CPU time, and a frame ${formatValue(valueOf('bytes.frame.up'), 'bytes')} up and ${formatValue(valueOf('bytes.frame.down'), 'bytes')} down.`
  );
}
