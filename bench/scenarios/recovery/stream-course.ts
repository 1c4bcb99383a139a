// Derives the effect of a fault on one stream from its client's stamps and the plan. A client that
// noticed nothing may still have stalled: then the gap between two of its tokens shows it.

import type { Quiet } from '../../contract/generation.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';

/** Times in ns since T0; columns by token, NaN for one that never arrived. */
export interface StreamStamps {
  readonly dueNs: Float64Array;
  /** Time of the first receipt. */
  readonly receivedNs: Float64Array;
  readonly pausedNs: number | undefined;
  /**
   * Times of the first loss after the fault: its detection, the first attempt, the first unseen
   * token, and before it the acceptance of the connection that brought it.
   */
  readonly lostNs: number | undefined;
  readonly attemptNs: number | undefined;
  readonly openNs: number | undefined;
  readonly newNs: number | undefined;
}

export interface FaultTimes {
  readonly faultNs: number;
  readonly healNs?: number;
  readonly quiet?: Quiet;
}

/** Times in ns since T0, except the duration `gapNs`. */
export interface StreamCourse {
  readonly lostNs: number | undefined;
  readonly attemptNs: number | undefined;
  readonly openNs: number | undefined;
  /**
   * The first unseen token after the interruption; undefined without an interruption, and for a
   * client that never got another token.
   */
  readonly resumedNs: number | undefined;
  /**
   * The longest time without a token between the fault and the first unseen token, less the planned
   * silence in it.
   */
  readonly gapNs: number | undefined;
  readonly isNeverBack: boolean;
  /**
   * Tokens that came due after the last one received and before the connection that replaced the
   * lost one.
   */
  readonly tokensDueAway: number;
}

/** Two receipts of a stream with nothing between them. */
interface Gap {
  readonly fromNs: number;
  readonly untilNs: number;
  /** The token that ended the gap. */
  readonly token: number;
}

export function followStream(stream: StreamStamps, times: FaultTimes): StreamCourse {
  const { dueNs, receivedNs, lostNs, attemptNs, openNs, newNs } = stream;
  const gap = lostNs === undefined ? findInterruption(stream, times) : gapBefore(receivedNs, newNs);
  const resumedNs = lostNs === undefined ? gap?.untilNs : newNs;
  const isTailMissing = receivedNs.length > 0 && Number.isNaN(receivedNs.at(-1));
  return {
    lostNs,
    attemptNs,
    openNs,
    resumedNs,
    gapNs:
      gap && Math.max(lengthOf(gap, times.quiet), longestUntil(gap.untilNs, receivedNs, times)),
    isNeverBack: resumedNs === undefined && isTailMissing,
    tokensDueAway:
      lostNs === undefined
        ? 0
        : countDue(dueNs, gap?.fromNs ?? lastReceiptNs(receivedNs, openNs) ?? lostNs, openNs),
  };
}

/**
 * An interruption differs from a slow token: it is longer than twice any gap before, and too long
 * for a slow token.
 */
const LEAST_FACTOR = 2;
const LEAST_GAP_NS = 250 * NS_PER_MS;
/**
 * The token that ended it must be late, too: if the plan itself paused for so long, nothing was
 * interrupted.
 */
const LEAST_LATE_NS = 100 * NS_PER_MS;
/** Time after a fault without an outage within which a gap may begin and still be caused by it. */
const MOMENT_NS = NS_PER_S;

/**
 * The longest gap that overlaps the outage and ended late, if it is long enough for an
 * interruption.
 */
function findInterruption(
  { dueNs, receivedNs }: StreamStamps,
  { faultNs, healNs, quiet }: FaultTimes,
): Gap | undefined {
  const untilNs = healNs ?? faultNs + MOMENT_NS;
  const isLate = (gap: Gap): boolean => gap.untilNs - (dueNs[gap.token] as number) > LEAST_LATE_NS;
  let longestBeforeNs = 0;
  let longest: Gap | undefined;
  for (const gap of gapsOf(receivedNs)) {
    const lengthNs = lengthOf(gap, quiet);
    if (gap.untilNs <= faultNs) longestBeforeNs = Math.max(longestBeforeNs, lengthNs);
    else if (
      gap.fromNs < untilNs &&
      isLate(gap) &&
      (longest === undefined || lengthNs > lengthOf(longest, quiet))
    )
      longest = gap;
  }
  const leastNs = Math.max(LEAST_FACTOR * longestBeforeNs, LEAST_GAP_NS);
  return longest !== undefined && lengthOf(longest, quiet) > leastNs ? longest : undefined;
}

/**
 * A client that did not read for a while may yet lose its connection after the first tokens that it
 * reads again.
 */
function longestUntil(
  resumedNs: number,
  receivedNs: Float64Array,
  { faultNs, quiet }: FaultTimes,
): number {
  let longestNs = 0;
  for (const gap of gapsOf(receivedNs)) {
    if (gap.untilNs > faultNs && gap.untilNs <= resumedNs)
      longestNs = Math.max(longestNs, lengthOf(gap, quiet));
  }
  return longestNs;
}

/**
 * Gaps between one receipt and the next in order of tokens; tokens that never arrived are skipped.
 */
function* gapsOf(receivedNs: Float64Array): Generator<Gap> {
  let fromNs = Number.NaN;
  for (const [token, untilNs] of receivedNs.entries()) {
    if (Number.isNaN(untilNs)) continue;
    if (untilNs > fromNs) yield { fromNs, untilNs, token };
    // A token that came out of order ends no gap and begins none.
    if (!(fromNs > untilNs)) fromNs = untilNs;
  }
}

/** Length of a gap without the planned silence of the model in it, ns. */
function lengthOf({ fromNs, untilNs }: Omit<Gap, 'token'>, quiet: Quiet | undefined): number {
  const silentNs =
    quiet === undefined
      ? 0
      : Math.min(untilNs, quiet.fromNs + quiet.forNs) - Math.max(fromNs, quiet.fromNs);
  return untilNs - fromNs - Math.max(0, silentNs);
}

function gapBefore(
  receivedNs: Float64Array,
  newNs: number | undefined,
): Omit<Gap, 'token'> | undefined {
  const fromNs = lastReceiptNs(receivedNs, newNs);
  return newNs === undefined || fromNs === undefined ? undefined : { fromNs, untilNs: newNs };
}

/** The latest receipt before a time, or of all without one; undefined when there is none. */
function lastReceiptNs(
  receivedNs: Float64Array,
  beforeNs = Number.POSITIVE_INFINITY,
): number | undefined {
  let lastNs: number | undefined;
  for (const ns of receivedNs)
    if (ns < beforeNs && (lastNs === undefined || ns > lastNs)) lastNs = ns;
  return lastNs;
}

function countDue(dueNs: Float64Array, fromNs: number, untilNs = Number.POSITIVE_INFINITY): number {
  let tokens = 0;
  for (const ns of dueNs) if (ns > fromNs && ns < untilNs) tokens++;
  return tokens;
}

const CAUGHT_UP_FACTOR = 1.5;
/**
 * With a usual delivery of half a millisecond, as on loopback, 1.5 times it leaves no room for the
 * noise of one token.
 */
const CAUGHT_UP_SLACK_NS = NS_PER_MS;

/**
 * Time of the first token, resumed or later, that was nearly as punctual as usual before the fault;
 * ns since T0.
 */
export function timeCaughtUpNs(
  { dueNs, receivedNs }: StreamStamps,
  { resumedNs }: StreamCourse,
  usualNs: number | undefined,
): number | undefined {
  if (resumedNs === undefined || usualNs === undefined) return undefined;
  const limitNs = Math.max(CAUGHT_UP_FACTOR * usualNs, usualNs + CAUGHT_UP_SLACK_NS);
  let firstNs: number | undefined;
  for (const [token, ns] of receivedNs.entries()) {
    const isPunctual = ns >= resumedNs && ns - (dueNs[token] as number) < limitNs;
    if (isPunctual && (firstNs === undefined || ns < firstNs)) firstNs = ns;
  }
  return firstNs;
}
