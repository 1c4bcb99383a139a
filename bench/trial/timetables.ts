// The timetables of trials in which all streams last from the ramp to the end: one source with many subscribers, and
// generations fast enough to fill a socket that nobody reads.

import type { Plan } from '../contract/run-file.ts';
import type { StallSpecification } from '../contract/stall.ts';
import type { Timetable, TimetablePhase } from '../contract/timetable.ts';
import { NS_PER_S } from '../contract/units.ts';
import { RAMP_SHARE, TAIL_NS } from './specification.ts';

type Moments = Pick<Plan, 'warmupNs' | 'windowNs'>;

/** Of a message gap: no message lies on an end of the window, where it would be in it by the plan and outside by a timer, or the reverse. */
const PHASE_SHARE = 0.25;

/** Messages begin once all subscribers are there, so that each of them gets the same ones. */
export function planBroadcast({ warmupNs, windowNs }: Moments, load: { connections: number; messagesPerSecond: number }): Timetable {
  const { connections, messagesPerSecond } = load;
  const gapNs = NS_PER_S / messagesPerSecond;
  const openToNs = warmupNs * RAMP_SHARE;
  const endNs = endOf({ warmupNs, windowNs });
  return {
    isBroadcast: true,
    phases: [
      { connections, openFromNs: 0, openToNs, streamFromNs: openToNs, streamToNs: warmupNs },
      { connections, openFromNs: warmupNs, openToNs: warmupNs, streamFromNs: warmupNs + gapNs * PHASE_SHARE, streamToNs: endNs },
      ending(endNs),
    ],
  };
}

/** Each stream begins when it opens, at a phase of its own. */
export function planLongStreams(moments: Moments, connections: number): Timetable {
  const endNs = endOf(moments);
  return {
    isBroadcast: false,
    phases: [{ connections, openFromNs: 0, openToNs: moments.warmupNs * RAMP_SHARE, streamFromNs: 0, streamToNs: endNs }, ending(endNs)],
  };
}

/** Between the ramp and the window: all of the window is measured with them. */
const BEFORE_WINDOW_SHARE = 0.75;
/** Into the window, which so has a time without them to be held against. */
const IN_WINDOW_SHARE = 0.1;

/** When receivers stop reading; undefined where none does. */
export function planStall({ warmupNs, windowNs }: Moments, { connections, isInWindow }: { connections: number; isInWindow: boolean }) {
  if (connections === 0) return undefined;
  const atNs = isInWindow ? warmupNs + windowNs * IN_WINDOW_SHARE : warmupNs * BEFORE_WINDOW_SHARE;
  return { connections, atNs } satisfies StallSpecification;
}

function endOf({ warmupNs, windowNs }: Moments): number {
  return warmupNs + windowNs + TAIL_NS;
}

/** All end at once: where they carry the same messages, they have the same last one. */
function ending(endNs: number): TimetablePhase {
  return { connections: 0, openFromNs: endNs, openToNs: endNs, streamFromNs: endNs, streamToNs: endNs };
}
