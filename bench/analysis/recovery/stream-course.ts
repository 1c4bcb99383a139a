// What a fault did to one stream, from its client's stamps and the plan. A client that noticed nothing may still have stood
// still: then the gap between two of its tokens says so.

import type { Quiet } from '../../contract/generation.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';

/** Ns since T0; columns by token, NaN for one that never came. */
export interface StreamStamps {
  readonly dueNs: Float64Array;
  /** Of the first receipt. */
  readonly receivedNs: Float64Array;
  readonly pausedNs: number | undefined;
  /**
   * Of the first loss after the fault: noticed, first attempt, first token that was not there already, and before it the
   * acceptance of the connection that brought it.
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

/** Ns since T0, but `gapNs`. */
export interface StreamCourse {
  readonly lostNs: number | undefined;
  readonly attemptNs: number | undefined;
  readonly openNs: number | undefined;
  /** The first unseen token after the interruption; undefined for a client that saw none, and for one that never got another. */
  readonly resumedNs: number | undefined;
  /** The longest time without a token between the fault and the first unseen token, less the planned silence in it. */
  readonly gapNs: number | undefined;
  readonly isNeverBack: boolean;
  /** Tokens that came due after the last one received and before the connection that replaced the lost one. */
  readonly tokensDueAway: number;
}

/** Two receipts of a stream with nothing between them. */
interface Gap {
  readonly fromNs: number;
  readonly untilNs: number;
  /** That ended it. */
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
    gapNs: gap && Math.max(lengthOf(gap, times.quiet), longestUntil(gap.untilNs, receivedNs, times)),
    isNeverBack: resumedNs === undefined && isTailMissing,
    tokensDueAway: lostNs === undefined ? 0 : countDue(dueNs, gap?.fromNs ?? lastReceiptNs(receivedNs, openNs) ?? lostNs, openNs),
  };
}

/** What tells an interruption from a slow token: longer than twice any gap before, and than anybody takes for one. */
const LEAST_FACTOR = 2;
const LEAST_GAP_NS = 250 * NS_PER_MS;
/** And the token that ended it was late: where the plan itself paused for so long, nothing was interrupted. */
const LEAST_LATE_NS = 100 * NS_PER_MS;
/** How long after a fault that is a moment a gap may begin and still be its doing. */
const MOMENT_NS = NS_PER_S;

/** The longest gap that overlaps the outage and ended late, where it is long enough to be one. */
function findInterruption({ dueNs, receivedNs }: StreamStamps, { faultNs, healNs, quiet }: FaultTimes): Gap | undefined {
  const untilNs = healNs ?? faultNs + MOMENT_NS;
  const isLate = (gap: Gap): boolean => gap.untilNs - (dueNs[gap.token] as number) > LEAST_LATE_NS;
  let longestBeforeNs = 0;
  let longest: Gap | undefined;
  for (const gap of gapsOf(receivedNs)) {
    const lengthNs = lengthOf(gap, quiet);
    if (gap.untilNs <= faultNs) longestBeforeNs = Math.max(longestBeforeNs, lengthNs);
    else if (gap.fromNs < untilNs && isLate(gap) && (longest === undefined || lengthNs > lengthOf(longest, quiet))) longest = gap;
  }
  const leastNs = Math.max(LEAST_FACTOR * longestBeforeNs, LEAST_GAP_NS);
  return longest !== undefined && lengthOf(longest, quiet) > leastNs ? longest : undefined;
}

/** A client that did not read for a while may yet lose its connection after the first tokens that it reads again. */
function longestUntil(resumedNs: number, receivedNs: Float64Array, { faultNs, quiet }: FaultTimes): number {
  let longestNs = 0;
  for (const gap of gapsOf(receivedNs)) {
    if (gap.untilNs > faultNs && gap.untilNs <= resumedNs) longestNs = Math.max(longestNs, lengthOf(gap, quiet));
  }
  return longestNs;
}

/** Between one receipt and the next in order of tokens; those that never came are skipped. */
function* gapsOf(receivedNs: Float64Array): Generator<Gap> {
  let fromNs = Number.NaN;
  for (const [token, untilNs] of receivedNs.entries()) {
    if (Number.isNaN(untilNs)) continue;
    if (untilNs > fromNs) yield { fromNs, untilNs, token };
    // A token that came out of order ends no gap and begins none.
    if (!(fromNs > untilNs)) fromNs = untilNs;
  }
}

/** While the model is silent by plan, nobody waits for a token. */
function lengthOf({ fromNs, untilNs }: Omit<Gap, 'token'>, quiet: Quiet | undefined): number {
  const silentNs = quiet === undefined ? 0 : Math.min(untilNs, quiet.fromNs + quiet.forNs) - Math.max(fromNs, quiet.fromNs);
  return untilNs - fromNs - Math.max(0, silentNs);
}

function gapBefore(receivedNs: Float64Array, newNs: number | undefined): Omit<Gap, 'token'> | undefined {
  const fromNs = lastReceiptNs(receivedNs, newNs);
  return newNs === undefined || fromNs === undefined ? undefined : { fromNs, untilNs: newNs };
}

/** The latest receipt before a time, or of all without one; undefined where there is none. */
function lastReceiptNs(receivedNs: Float64Array, beforeNs = Number.POSITIVE_INFINITY): number | undefined {
  let lastNs: number | undefined;
  for (const ns of receivedNs) if (ns < beforeNs && (lastNs === undefined || ns > lastNs)) lastNs = ns;
  return lastNs;
}

function countDue(dueNs: Float64Array, fromNs: number, untilNs = Number.POSITIVE_INFINITY): number {
  let tokens = 0;
  for (const ns of dueNs) if (ns > fromNs && ns < untilNs) tokens++;
  return tokens;
}

const CAUGHT_UP_FACTOR = 1.5;
/** A usual delivery of half a millisecond, as on loopback, leaves 1.5 times it no room for the noise of one token. */
const CAUGHT_UP_SLACK_NS = NS_PER_MS;

/** When the first token, resumed or later, was as punctual as the usual one before the fault, nearly. Ns since T0. */
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
