// Shows what happened to the clients that stopped reading, and the effect on the others.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { formatCount, formatSetting, formatValue } from '../../report/format.ts';
import { heading, list, section, type Block, type Content } from '../../report/blocks.ts';
import { loadWords, type ReportContext } from '../../report/report-context.ts';
import { contestantsAt, renderMetricRows, type ArmValues } from '../../report/arm-estimates.ts';

const fates = [
  'stall.full',
  'stall.full.after',
  'stall.taken',
  'stall.cut',
  'stall.cut.after',
  'memory.stopped',
] as const;
const noticed = [
  'neighbours.before.p50',
  'neighbours.p50',
  'neighbours.before.p99',
  'neighbours.p99',
  'neighbours.rise.p99',
] as const;

export function renderStopped(context: ReportContext): readonly Block[] {
  return section('What becomes of a client that stops reading', [
    ...eachPoint(context, (point) => [
      list(contestantsAt(context, point).flatMap((arm) => sentences(context, point, arm))),
      renderMetricRows(context, point, fates),
    ]),
    'What is due for a receiver whose socket is full is not rendered: it waits in the plan, as a place in a text. **So the cap counts bytes that nobody holds, and the' +
      ' memory of the process does not grow towards it**; a server that queues what it cannot send would grow by the cap for each such client. Resident memory was' +
      ' read from outside five times a second, in all arms alike.',
    kernelSentence(context),
  ]);
}

export function renderNeighbours(context: ReportContext): readonly Block[] {
  return section('What the others notice', [
    'Delivery to the clients that read on, before and after the others stopped, in the same trials.',
    ...eachPoint(context, (point) => [renderMetricRows(context, point, noticed)]),
  ]);
}

function eachPoint(
  { analysis }: ReportContext,
  blocksOf: (point: LoadPointAnalysis) => readonly Content[],
): readonly Content[] {
  const points = analysis.loadPoints;
  return points.map((point) => [
    points.length === 1 ? [] : heading(3, loadWords(point.loadPoint)),
    blocksOf(point),
  ]);
}

function sentences(
  { analysis }: ReportContext,
  { loadPoint }: LoadPointAnalysis,
  { title, valueOf, text }: ArmValues,
): readonly string[] {
  const [full, cut] = [valueOf('stall.full'), valueOf('stall.cut')];
  if (full === undefined) return [];
  const cap = formatSetting(analysis.plan.backpressureBytes, 'bytes');
  const who = `Over ${title}, ${formatCount(loadPoint.stopped)} of ${formatCount(loadPoint.connections)} clients ${loadPoint.stopped === 1 ? 'stops' : 'stop'} reading.`;
  if (full === 0)
    return [
      `${who} The kernel takes all that they are sent until the end: the server never learns of it.`,
    ];
  const filled = `The kernel takes ${text('stall.taken')} for each, and the server's socket refuses more ${text('stall.full.after')} after the stop`;
  const some = full < 1 ? ` (in ${text('stall.full')} of the cases)` : '';
  const end =
    cut === undefined || cut === 0
      ? ` None is cut before the end: less than the cap of ${cap} comes due for them.`
      : ` Once more than the cap of ${cap} waits, it is cut: ${text('stall.cut.after')} after the stop${cut < 1 ? `, in ${text('stall.cut')} of the cases` : ''}.`;
  return [`${who} ${filled}${some}.${end}`];
}

const MANY = 100;

/** Kernel memory that many such clients would take, from the largest value of any arm. */
function kernelSentence(context: ReportContext): string {
  const { analysis } = context;
  const taken = analysis.loadPoints.flatMap((point) =>
    contestantsAt(context, point).flatMap(({ valueOf }) => valueOf('stall.taken') ?? []),
  );
  if (taken.length === 0) return '';
  const all = Math.max(...taken) * MANY;
  const settings = ['tcp_wmem', 'tcp_rmem'].flatMap((name) => {
    const value = analysis.environment.settings[name];
    return value === undefined ? [] : [`\`${name}\` ${value.replaceAll(/\s+/g, ' ')}`];
  });
  const limits = settings.length === 0 ? '' : ` (here ${settings.join(', ')})`;
  return (
    `What does grow is the kernel's memory, which no account of the process shows: ${formatCount(MANY)} such clients at once would have it hold ${formatValue(all, 'bytes')}.` +
    ` How much it takes is a matter of its settings${limits}, not of the transport; on one host the buffers of both ends count, and the server's is the larger.`
  );
}
