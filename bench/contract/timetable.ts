// Streams that open, carry tokens and end by a common timetable: ladders of connections, and one
// source with many subscribers. All times are on the trial's clock and none depends on a
// connection, so a late stream catches up.

import { z } from 'zod';
import { deriveSeed, seededDraw } from './random.ts';
import { NS_PER_S } from './units.ts';

const phaseSchema = z.object({
  /** Streams that are open once the phase's opening time is over. */
  connections: z.int().nonnegative(),
  /**
   * Opening time: new streams open one after another, evenly spread; if there are fewer than
   * before, the youngest end in it.
   */
  openFromNs: z.number().nonnegative(),
  openToNs: z.number().nonnegative(),
  /** Time in which tokens are due; both ends are equal for a phase of silence. */
  streamFromNs: z.number().nonnegative(),
  streamToNs: z.number().nonnegative(),
});

/**
 * Connections rise, then fall to 0: a stream that has ended does not begin again. Times in ns since
 * T0, rising.
 */
export const timetableSchema = z.object({
  phases: z.array(phaseSchema).min(2),
  /**
   * All streams carry the same text, and each message is due on all of them at once: one source,
   * many subscribers.
   */
  isBroadcast: z.boolean(),
});

export type Timetable = z.infer<typeof timetableSchema>;
export type TimetablePhase = z.infer<typeof phaseSchema>;

export interface TimetabledStream {
  readonly startNs: number;
  readonly seed: number;
  /** Due times of the tokens, ns since T0; the last one ends the stream. */
  readonly dueNs: Float64Array;
}

/** Streams in order of their start. @param tokensPerSecond Rate of one stream, in even gaps. */
export function planTimetable(
  timetable: Timetable,
  options: { readonly seed: number; readonly tokensPerSecond: number },
): TimetabledStream[] {
  const { phases, isBroadcast } = timetable;
  const gapNs = NS_PER_S / options.tokensPerSecond;
  const draw = seededDraw(deriveSeed(options.seed, 0x74696d65));
  const most = Math.max(...phases.map(({ connections }) => connections));
  return Array.from({ length: most }, (_, stream) => {
    // Unshifted, all streams would have tokens due at one moment: a burst, which only a broadcast
    // wants.
    const shift = isBroadcast ? 0 : draw();
    const seed = deriveSeed(options.seed, isBroadcast ? 0 : 1 + stream);
    return { seed, ...timesOf(phases, { stream, gapNs, shift }) };
  });
}

/**
 * A stream opens in the first phase with more streams than its index, and ends in the first later
 * phase without.
 */
function timesOf(
  phases: readonly TimetablePhase[],
  { stream, gapNs, shift }: { stream: number; gapNs: number; shift: number },
): Pick<TimetabledStream, 'startNs' | 'dueNs'> {
  const opening = phases.findIndex(({ connections }) => connections > stream);
  const closing = phases.findIndex(
    ({ connections }, index) => index > opening && connections <= stream,
  );
  const first = phases[opening];
  const last = phases[closing];
  if (first === undefined || last === undefined)
    throw new RangeError('a timetable ends without streams');
  const startNs = momentWithin(first, {
    from: phases[opening - 1]?.connections ?? 0,
    stream,
    to: first.connections,
  });
  const endNs = momentWithin(last, {
    from: last.connections,
    stream,
    to: phases[closing - 1]?.connections ?? 0,
  });
  const dueNs: number[] = [];
  for (const { streamFromNs, streamToNs } of phases.slice(opening, closing)) {
    for (let due = streamFromNs + shift * gapNs; due < streamToNs; due += gapNs)
      if (due >= startNs) dueNs.push(Math.round(due));
  }
  return { startNs, dueNs: Float64Array.from([...dueNs, endNs]) };
}

/**
 * Position of `stream` among those that open or end in the phase, as a moment of its opening time.
 */
function momentWithin(
  { openFromNs, openToNs }: TimetablePhase,
  { from, stream, to }: { from: number; stream: number; to: number },
): number {
  return Math.round(openFromNs + ((openToNs - openFromNs) * (stream - from)) / (to - from));
}
