// Plans timetables of trials in which all streams last from the ramp to the end: one source with
// many subscribers, and generations fast enough to fill a socket whose receiver does not read.

import { largeSpanNs, type LargeMessages } from '../../contract/large-messages.ts';
import type { LoadPoint } from '../../contract/load-point.ts';
import type { Plan } from '../../contract/run-file.ts';
import type { StallSpecification } from '../../contract/stall.ts';
import type { Timetable, TimetablePhase } from '../../contract/timetable.ts';
import { TAIL_NS } from '../../contract/tail.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { RAMP_SHARE } from '../../trial/specification.ts';

type Moments = Pick<Plan, 'warmupNs' | 'windowNs'>;

/**
 * Share of a message gap: no message lies on an edge of the window, where plan and timer could
 * disagree on whether it is inside.
 */
const PHASE_SHARE = 0.25;

/** Messages begin once all subscribers are connected, so that each of them gets the same ones. */
export function planBroadcast(
  { warmupNs, windowNs }: Moments,
  load: { connections: number; messagesPerSecond: number },
): Timetable {
  const { connections, messagesPerSecond } = load;
  const gapNs = NS_PER_S / messagesPerSecond;
  const openToNs = warmupNs * RAMP_SHARE;
  const endNs = endOf({ warmupNs, windowNs });
  return {
    isBroadcast: true,
    phases: [
      { connections, openFromNs: 0, openToNs, streamFromNs: openToNs, streamToNs: warmupNs },
      {
        connections,
        openFromNs: warmupNs,
        openToNs: warmupNs,
        streamFromNs: warmupNs + gapNs * PHASE_SHARE,
        streamToNs: endNs,
      },
      ending(endNs),
    ],
  };
}

/** Each stream begins when it opens, at a phase of its own. */
export function planLongStreams(moments: Moments, connections: number): Timetable {
  const endNs = endOf(moments);
  return {
    isBroadcast: false,
    phases: [
      {
        connections,
        openFromNs: 0,
        openToNs: moments.warmupNs * RAMP_SHARE,
        streamFromNs: 0,
        streamToNs: endNs,
      },
      ending(endNs),
    ],
  };
}

/** Stop between the ramp and the window: the whole window is measured with stopped receivers. */
const BEFORE_WINDOW_SHARE = 0.75;
/** Stop within the window, whose beginning without stopped receivers is the comparison. */
const IN_WINDOW_SHARE = 0.1;

/** Time at which receivers stop reading; undefined when none does. */
export function planStall(
  { warmupNs, windowNs }: Moments,
  { connections, isInWindow }: { connections: number; isInWindow: boolean },
) {
  if (connections === 0) return undefined;
  const atNs = isInWindow ? warmupNs + windowNs * IN_WINDOW_SHARE : warmupNs * BEFORE_WINDOW_SHARE;
  return { connections, atNs } satisfies StallSpecification;
}

/** Time between large messages, as multiples of the time for which one is under way. */
const SPANS_BETWEEN = 3;
/**
 * A client is occupied by a message of 1 MiB for 5 to 10 ms: more often, its timers' lateness at p99
 * would be that of the messages.
 */
const SHORTEST_BETWEEN_NS = 800 * NS_PER_MS;

/** Large messages from the end of the ramp on, the last of which is received within the window. */
export function planLarge(
  { warmupNs, windowNs }: Moments,
  loadPoint: LoadPoint & { readonly largeBytes: number },
): LargeMessages {
  const spanNs = largeSpanNs(loadPoint);
  return {
    bytes: loadPoint.largeBytes,
    everyNs: Math.max(SHORTEST_BETWEEN_NS, SPANS_BETWEEN * spanNs),
    fromNs: warmupNs * RAMP_SHARE,
    toNs: warmupNs + windowNs,
    spanNs,
  };
}

function endOf({ warmupNs, windowNs }: Moments): number {
  return warmupNs + windowNs + TAIL_NS;
}

/** All streams end at once: those that carry the same messages have the same last one. */
function ending(endNs: number): TimetablePhase {
  return {
    connections: 0,
    openFromNs: endNs,
    openToNs: endNs,
    streamFromNs: endNs,
    streamToNs: endNs,
  };
}
