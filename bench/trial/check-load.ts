// Checks before a run that the streams of its workload can take part in its trials at all. If the
// first token came after the end of the trial, the run would measure nothing and find no error.

import { faultOf } from '../contract/faults.ts';
import { BenchError } from '../contract/errors.ts';
import { countPlacesTakingPart, planAllOffsetsNs, populationOf } from '../contract/population.ts';
import type { LoadPoint, Plan } from '../contract/run-file.ts';
import { tailOf } from '../contract/tail.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { MISSING_LOAD } from './stream-gates.ts';
import { RAMP_SHARE } from './specification.ts';

/** Number of streams checked: enough to resolve a share of a twentieth. */
const MOST_LOOKED_AT = 1000;

/** @throws BenchError USAGE that names the setting to increase or decrease. */
export function checkLoad(plan: Plan): void {
  for (const loadPoint of plan.loadPoints)
    if (isFromPopulation(plan, loadPoint)) checkPoint(plan, loadPoint);
}

/**
 * Otherwise streams arrive or follow a timetable made for the trial, or clients request one after another.
 */
function isFromPopulation(
  { ladder, completions, browserLimits, targets, proxyCells, duplex, arrivals, turns, stops }: Plan,
  { messagesPerSecond, stopped, largeBytes, connecting }: LoadPoint,
): boolean {
  const own = [
    ladder,
    completions,
    browserLimits,
    targets,
    proxyCells,
    duplex,
    stops,
    arrivals,
    turns,
    messagesPerSecond,
    stopped,
  ];
  return (
    own.every((one) => one === undefined) && largeBytes === undefined && connecting !== 'storm'
  );
}

function checkPoint(plan: Plan, loadPoint: LoadPoint): void {
  const { warmupNs, recovery } = plan;
  const workload =
    loadPoint.tokensPerTick === undefined
      ? plan.workload
      : { ...plan.workload, tokensPerTick: loadPoint.tokensPerTick };
  const connections = Math.min(loadPoint.connections, MOST_LOOKED_AT);
  const windowNs = plan.windowNs + afterFaultNs(plan, loadPoint);
  const trial = {
    workload,
    connections,
    workloadSeed: plan.seed,
    rampNs: warmupNs * RAMP_SHARE,
    warmupNs,
    windowNs,
    tailNs: tailOf(workload),
    ...(recovery !== undefined && { recovery }),
  };
  const population = populationOf(trial);
  const window = { windowStartNs: warmupNs, windowEndNs: warmupNs + windowNs };
  const tookPart = countPlacesTakingPart(population, planAllOffsetsNs(trial, population), window);
  if (tookPart >= (1 - MISSING_LOAD) * connections) return;
  const { name, firstTokenMedianMs } = workload;
  throw new BenchError(
    'USAGE',
    `only ${tookPart} of ${connections} streams of workload "${name}" can take part in a trial of ${seconds(warmupNs + windowNs)} s: ` +
      `their first token comes after a median of ${seconds(firstTokenMedianMs * NS_PER_MS)} s`,
    { hint: remedy(plan) },
  );
}

/**
 * With fault injection, and in a search for the load, the scenario sets the length of its trials.
 */
function remedy({
  recovery,
  search,
  workload: { firstTokenMedianMs, firstTokenSigma },
}: Plan): string {
  const shorter = 'lower firstTokenMedianMs or firstTokenSigma in the definition of the workload';
  if (recovery !== undefined || search !== undefined) return shorter;
  // A slot is silent for this long between two streams; 2σ covers 97 of 100 streams.
  const silenceNs = firstTokenMedianMs * NS_PER_MS * Math.exp(2 * firstTokenSigma);
  return `measure for longer, as with --duration ${Math.ceil(silenceNs / NS_PER_S) + 1}s, or ${shorter}`;
}

/** Time that a trial goes on after its fault. */
function afterFaultNs({ recovery }: Plan, { fault }: LoadPoint): number {
  if (recovery === undefined || fault === undefined) return 0;
  const { outageNs, recoveryNs } = faultOf(fault, recovery.longOutageNs);
  return outageNs + recoveryNs;
}

function seconds(ns: number): string {
  return String(Math.round(ns / (0.01 * NS_PER_S)) / 100);
}
