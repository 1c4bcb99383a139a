// Estimates how long trials take, before the first one has ended.

import { faultOf } from '../contract/faults.ts';
import { ladderSteps } from '../contract/ladder.ts';
import type { Plan } from '../contract/run-file.ts';
import { TAIL_NS } from '../contract/tail.ts';
import { conversationNs } from '../contract/turn-times.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';

/** Process start, clock proof, rehearsal and exit. */
const GUESSED_OVERHEAD_S = 1;
/** Measurements of one search. */
const GUESSED_STEPS = 6;
/** A browser opens as many streams as it can: with 100 it took 6 to 12 s. */
const GUESSED_BROWSER_NS = 7 * NS_PER_S;
const GUESSED_BROWSER_STREAM_NS = 50 * NS_PER_MS;

/** Seconds that a trial adds to the run; with parallel trials, its share of them. */
export function estimateTrialS(plan: Plan): number {
  const ladderNs = plan.ladder && ladderSteps(plan.ladder).at(-1)?.quietToNs;
  const measuringNs =
    plan.browserLimits === undefined
      ? (ladderNs ?? conversationNs(plan) ?? plan.windowNs)
      : GUESSED_BROWSER_NS + GUESSED_BROWSER_STREAM_NS * mostConnections(plan);
  const trialNs = plan.warmupNs + measuringNs + TAIL_NS + plan.cooldownNs + meanFaultNs(plan);
  const measurements = plan.search === undefined ? 1 : GUESSED_STEPS;
  return (measurements * (trialNs / NS_PER_S + GUESSED_OVERHEAD_S)) / (plan.lanes ?? 1);
}

function mostConnections({ loadPoints }: Plan): number {
  return Math.max(...loadPoints.map(({ connections }) => connections));
}

/**
 * Mean time from the fault to the end of the streams, over all faults; 0 without fault injection.
 */
function meanFaultNs({ recovery, loadPoints }: Plan): number {
  if (recovery === undefined) return 0;
  const lengthsNs = loadPoints.map(({ fault }) => {
    if (fault === undefined) return 0;
    const { outageNs, recoveryNs, quietNs = 0 } = faultOf(fault, recovery.longOutageNs);
    return outageNs + recoveryNs + quietNs;
  });
  return lengthsNs.reduce((sum, ns) => sum + ns, 0) / lengthsNs.length;
}

/** `42 s`, `3 min 05 s` */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60
    ? `${whole} s`
    : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
