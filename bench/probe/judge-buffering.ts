// Whether something between the server and here holds events back: seen by which of them the kernel
// handed over together, and by gaps that come in bunches.

import { NS_PER_MS } from '../contract/units.ts';
import { formatCount, formatValue } from '../report/format.ts';
import { sortedGaps } from './gap-histogram.ts';

export interface Buffering {
  /**
   * `none`; `all`: everything came at once, after a wait; `bunched`: several events at a time, over
   * and over; `unknown`: there were too few events to say.
   */
  readonly kind: 'none' | 'all' | 'bunched' | 'unknown';
  /** Reads with at least one event. */
  readonly reads: number;
  readonly eventsPerRead: number | undefined;
  readonly sentence: string;
}

interface Arrivals {
  /** Time of each event, ns; those of one read have one time. */
  readonly eventsNs: readonly number[];
  /** The request was sent then. */
  readonly sentNs: number;
}

const FEWEST_EVENTS = 5;
/** From so many events a read on, one may speak of all at once. */
const MANY_A_READ = 4;
/** Below this the wait is no longer than any server needs. */
const SHORT_WAIT_NS = 100 * NS_PER_MS;
/** Shorter gaps are the work of one turn of a server. */
const SHORT_GAP_NS = NS_PER_MS;

export function judgeBuffering({ eventsNs, sentNs }: Arrivals): Buffering {
  const readTimes = [...new Set(eventsNs)];
  const count = eventsNs.length;
  const reads = readTimes.length;
  const eventsPerRead = reads === 0 ? undefined : count / reads;
  const found = (kind: Buffering['kind'], sentence: string): Buffering => ({
    kind,
    reads,
    eventsPerRead,
    sentence,
  });
  if (count < FEWEST_EVENTS || eventsPerRead === undefined)
    return found('unknown', 'There are too few events to say whether something buffers.');
  const firstNs = readTimes[0] ?? 0;
  const lastNs = readTimes.at(-1) ?? 0;
  const spanNs = lastNs - firstNs;
  const waitNs = firstNs - sentNs;
  const few = reads === 1 ? 'one read' : `the last ${formatCount(reads)} reads`;
  if (eventsPerRead >= MANY_A_READ && spanNs < waitNs / 10) {
    const when = `${formatValue(waitNs, 'ns')} after the request`;
    return waitNs < SHORT_WAIT_NS
      ? found(
          'unknown',
          `All ${formatCount(count)} events came in ${few}, ${when}: the stream is too short to say whether something buffers.`,
        )
      : found(
          'all',
          `All ${formatCount(count)} events came in ${few}, ${when}: something buffers the whole answer, or the server writes it at once.`,
        );
  }
  const a = `${eventsPerRead.toFixed(1)} events a read`;
  if (eventsPerRead >= 2)
    return found(
      'bunched',
      `Events come in bunches: ${a}, a read every ${formatValue(spanNs / (reads - 1), 'ns')}. The server writes several at once, or something on the way collects them.`,
    );
  const bunch = bunchedGaps(readTimes);
  if (bunch !== undefined) return found('bunched', bunch);
  return found(
    'none',
    `Nothing buffers: ${formatCount(count)} events came in ${formatCount(reads)} reads.`,
  );
}

/** Undefined where gaps do not bunch. */
function bunchedGaps(times: readonly number[]): string | undefined {
  const gaps = sortedGaps(times);
  if (gaps.length < 2 * FEWEST_EVENTS) return undefined;
  const medianNs = gaps[Math.floor(gaps.length / 2)] ?? 0;
  const meanNs = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  if (medianNs > SHORT_GAP_NS || medianNs > meanNs / 10) return undefined;
  return `Events come in bunches: half of the gaps between reads are below ${formatValue(medianNs, 'ns')}, and the mean is ${formatValue(meanNs, 'ns')}. Something on the way collects them, or the server does.`;
}
