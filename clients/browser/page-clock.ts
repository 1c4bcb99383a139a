// Bounds the origin of a page's clock on the clock of this process. Each exchange asks the page for
// its time: the page reads it after the question and before the answer (Cristian's bound), so every
// exchange can only tighten the bound of the others.
//
// The page's time is blurred on purpose: Chromium rounds `performance.now()` down to a multiple of
// its resolution, and up again from a point in between that a page cannot guess. A reading is thus
// at most one resolution away from the truth, either way.

import type { OriginBound } from '../../bench/contract/browser.ts';
import { NS_PER_MS, NS_PER_US } from '../../bench/contract/units.ts';

/**
 * Resolutions of `performance.now()` (High Resolution Time §7.1); a page that is cross-origin
 * isolated may read it more finely.
 */
const COARSE_NS = 100 * NS_PER_US;
const FINE_NS = 5 * NS_PER_US;

/** The largest error of one reading, whatever step the page itself has seen. */
export function blurNs(isIsolated: boolean, stepNs: number): number {
  return Math.max(stepNs, isIsolated ? FINE_NS : COARSE_NS);
}

export interface Exchange {
  /** Readings of this process before the question and after the answer, ns. */
  readonly askedNs: number;
  readonly answeredNs: number;
  /** The page's reading in between. */
  readonly pageMs: number;
}

export const unknownOrigin: OriginBound = {
  exchanges: 0,
  lowNs: Number.NEGATIVE_INFINITY,
  highNs: Number.POSITIVE_INFINITY,
};

/** Bounds the page's origin on this process's clock, given one more exchange. */
export function tightenOrigin(
  bound: OriginBound,
  { askedNs, answeredNs, pageMs }: Exchange,
  blurNs: number,
): OriginBound {
  const pageNs = pageMs * NS_PER_MS;
  return {
    exchanges: bound.exchanges + 1,
    lowNs: Math.max(bound.lowNs, askedNs - pageNs - blurNs),
    highNs: Math.min(bound.highNs, answeredNs - pageNs + blurNs),
  };
}

/** The bound relative to the origin that stamps were converted with. */
export function around(originNs: number, { exchanges, lowNs, highNs }: OriginBound): OriginBound {
  return { exchanges, lowNs: lowNs - originNs, highNs: highNs - originNs };
}

/**
 * Origin with which the page's stamps are converted: its largest error is the same to either side.
 */
export function middleOf({ lowNs, highNs }: OriginBound): number {
  return (lowNs + highNs) / 2;
}
