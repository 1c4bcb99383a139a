// Load points as shares of the weaker arm's capacity: at 6 % of it most differences are below the
// resolution of a timer, and a verdict found there says nothing about a busy server.

import { canWindowCarry } from '../analysis/statistics/tail-support.ts';
import { sharesConnections } from '../contract/arms/arms.ts';
import type { LoadPoint, Plan } from '../contract/run-file.ts';
import type { PilotTrial } from '../contract/load-pilot.ts';
import { parseList, usageError } from './quantities.ts';

/**
 * The load whose verdicts are reported first, and the only one at which opening and first token are
 * declared.
 */
const HEADLINE_SHARE = 0.5;
/** A process this busy counts as saturated: the rest is left for bursts and collections. */
const FULL_CPU_SHARE = 0.85;
/**
 * Streams of a load point until the pilot has found its own: what is wrong with the rest of a plan
 * is refused before a trial runs.
 */
export const PROVISIONAL_STREAMS = 2000;

/** Parses `10%,50%,70%`. @throws BenchError USAGE */
export function parseShares(text: string): number[] {
  return parseList('--loads', text).map((one) => {
    const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(one)?.[1]);
    if (!(percent >= 1 && percent <= 100))
      throw usageError('--loads', text, 'percentages from 1% to 100%, e.g. 10%,50%');
    return percent / 100;
  });
}

/** One load point a share, with the endpoints declared there. */
export function placeLoads(
  shares: readonly number[],
  carriedStreams: number,
  windowNs: number,
): LoadPoint[] {
  const headline = shares.reduce((best, share) =>
    distance(share) < distance(best) ? share : best,
  );
  return shares.map((share) => ({
    connections: Math.max(1, Math.round(share * carriedStreams)),
    share,
    endpoints: declaredEndpoints(windowNs, share === headline ? ['P1', 'P2'] : []),
  }));
}

/** The load points, whose numbers are of streams where an arm has several on a connection. */
export function countStreams(arms: Plan['arms'], loadPoints: readonly LoadPoint[]): LoadPoint[] {
  return arms.some(sharesConnections)
    ? loadPoints.map((point) => ({ ...point, isOfStreams: true }))
    : [...loadPoints];
}

function distance(share: number): number {
  return Math.abs(share - HEADLINE_SHARE);
}

/**
 * Declares delivery, ready to received and CPU at every load; p99 only in windows twice as long as
 * its tail needs at least: with just that (5 s), 24 of 36 blocks of a quiet run had it in both
 * arms, and a metric that a block lacks is not compared.
 */
export function declaredEndpoints(
  windowNs: number,
  beside: readonly string[] = ['P1', 'P2'],
): string[] {
  return [...beside, 'P3', 'P9', ...(canWindowCarry(0.99, windowNs / 2) ? ['P4'] : []), 'P5'];
}

/**
 * The plan at the pilot's loads: its last trial is of the weaker arm, near saturation; two digits,
 * so that runs are comparable.
 */
export function placePlan(plan: Plan, trials: readonly PilotTrial[]): Plan {
  const shares = plan.loadPoints.flatMap(({ share }) => (share === undefined ? [] : [share]));
  const carriedStreams = roundDown(fullAt(trials.at(-1) as PilotTrial));
  return {
    ...plan,
    loadPoints: countStreams(plan.arms, placeLoads(shares, carriedStreams, plan.windowNs)),
    loads: { carriedStreams, trials: [...trials] },
  };
}

/**
 * Streams at saturation, extrapolated linearly: the load-independent work of a process makes this a
 * little too low, never too high.
 */
export function fullAt(trial: PilotTrial): number {
  return (trial.streams * FULL_CPU_SHARE) / busiest(trial);
}

/** CPU share of the process that saturates first. */
export function busiest({ serverCpuShare, clientCpuShare }: PilotTrial): number {
  return Math.max(serverCpuShare, clientCpuShare);
}

function roundDown(streams: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(streams)) - 1);
  return Math.max(1, Math.floor(streams / unit) * unit);
}
