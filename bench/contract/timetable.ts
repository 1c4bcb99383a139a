// Streams that come, carry tokens and go by a timetable common to all of them: ladders of connections, and one source with
// many subscribers. All times are on the trial's clock and none hangs on a connection, so a late one catches up.

import { z } from 'zod';
import { deriveSeed, seededDraw } from './random.ts';
import { NS_PER_S } from './units.ts';

const phaseSchema = z.object({
  /** Streams that are open once the phase's opening time is over. */
  connections: z.int().nonnegative(),
  /** Those that are new open one after another, evenly over it; where there are fewer than before, the youngest end in it. */
  openFromNs: z.number().nonnegative(),
  openToNs: z.number().nonnegative(),
  /** Tokens are due in it; equal for a phase of silence. */
  streamFromNs: z.number().nonnegative(),
  streamToNs: z.number().nonnegative(),
});

/** Connections rise, then fall to 0: a stream that has ended does not begin again. Times in ns since T0, rising. */
export const timetableSchema = z.object({
  phases: z.array(phaseSchema).min(2),
  /** All streams carry the same text, and each message is due on all of them at once: one source, many subscribers. */
  isBroadcast: z.boolean(),
});

export type Timetable = z.infer<typeof timetableSchema>;
export type TimetablePhase = z.infer<typeof phaseSchema>;

export interface TimetabledStream {
  readonly startNs: number;
  readonly seed: number;
  /** When each token is due, ns since T0; the last one ends the stream. */
  readonly dueNs: Float64Array;
}

/** Streams in order of their start. @param tokensPerSecond Of one stream, in even gaps. */
export function planTimetable(
  timetable: Timetable,
  options: { readonly seed: number; readonly tokensPerSecond: number },
): TimetabledStream[] {
  const { phases, isBroadcast } = timetable;
  const gapNs = NS_PER_S / options.tokensPerSecond;
  const draw = seededDraw(deriveSeed(options.seed, 0x74696d65));
  const most = Math.max(...phases.map(({ connections }) => connections));
  return Array.from({ length: most }, (_, stream) => {
    // All streams at one moment would be a burst, which is what a broadcast is.
    const shift = isBroadcast ? 0 : draw();
    const seed = deriveSeed(options.seed, isBroadcast ? 0 : 1 + stream);
    return { seed, ...timesOf(phases, { stream, gapNs, shift }) };
  });
}

/** The first phase in which there are more streams than `stream`, and the first after it in which there are not. */
function timesOf(
  phases: readonly TimetablePhase[],
  { stream, gapNs, shift }: { stream: number; gapNs: number; shift: number },
): Pick<TimetabledStream, 'startNs' | 'dueNs'> {
  const opening = phases.findIndex(({ connections }) => connections > stream);
  const closing = phases.findIndex(({ connections }, index) => index > opening && connections <= stream);
  const first = phases[opening];
  const last = phases[closing];
  if (first === undefined || last === undefined) throw new RangeError('a timetable ends without streams');
  const startNs = momentWithin(first, { from: phases[opening - 1]?.connections ?? 0, stream, to: first.connections });
  const endNs = momentWithin(last, { from: last.connections, stream, to: phases[closing - 1]?.connections ?? 0 });
  const dueNs: number[] = [];
  for (const { streamFromNs, streamToNs } of phases.slice(opening, closing)) {
    for (let due = streamFromNs + shift * gapNs; due < streamToNs; due += gapNs) if (due >= startNs) dueNs.push(Math.round(due));
  }
  return { startNs, dueNs: Float64Array.from([...dueNs, endNs]) };
}

/** The place of `stream` among those that come or go in the phase, as a moment of its opening time. */
function momentWithin(
  { openFromNs, openToNs }: TimetablePhase,
  { from, stream, to }: { from: number; stream: number; to: number },
): number {
  return Math.round(openFromNs + ((openToNs - openFromNs) * (stream - from)) / (to - from));
}
