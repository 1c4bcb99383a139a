// Summarises the validity checks of single trials for an arm at a load point.

import { transports } from '../contract/arms/transports.ts';
import type { FinishedTrial, Gate } from '../contract/run-file.ts';
import { quantileOf } from '../contract/distribution.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { GateSummary } from './analysis.ts';
import { judgeControls } from './arm-controls.ts';
import type { MeasuredPair } from './compared-pairs.ts';
import { pairTrials, type MeasuredArm } from './measured-trials.ts';
import { LATENESS_CONTROL } from './metrics/control-dependence.ts';
import { median } from './statistics/moments.ts';

/**
 * A harness gate missed in more than this share of an arm's trials shows no brief disturbance but
 * the steady state of the load generator. A quarter: one bad trial of the four of a short run must
 * not fail a load point; fewer misses cause a warning.
 */
const PERSISTENT_SHARE = 0.25;

/**
 * For runs before 0.2, whose tokens have no stamp of their turn: beyond it a late server was
 * measured, not its transport.
 */
const LATENESS_GAP_LIMIT_NS = 0.2 * NS_PER_MS;

interface ControlOptions {
  /** Whether servers are late by the design of the scenario; not when absent. */
  readonly isLateByDesign?: boolean | undefined;
  /** The declared pairs of a scenario; every arm is held against the baseline when absent. */
  readonly pairs?: readonly MeasuredPair[] | undefined;
}

/**
 * One summary per arm and gate, in the order in which the trials list them; then gates on a pair of
 * arms: H9…, unless servers are late by the design of the scenario, and C8block.
 */
export function summariseGates(
  arms: readonly MeasuredArm[],
  baseline: MeasuredArm | undefined,
  { isLateByDesign = false, pairs }: ControlOptions = {},
): readonly GateSummary[] {
  const summaries = arms.flatMap(({ name, completed }) =>
    summariseArm(
      name,
      completed.map((trial) => trial.gates),
    ),
  );
  if (baseline === undefined) return summaries;
  const others = arms.filter((arm) => arm.name !== baseline.name);
  const timed = (pairs ?? others.map((other) => ({ baseline, other }))).filter(
    (pair) => !isLateByDesign && isTimed(pair.baseline) && isTimed(pair.other),
  );
  return [
    ...summaries,
    ...timed.flatMap((pair) => {
      const judged = judgeControls(pair.baseline, pair.other) ?? [
        compareLateness(pair.baseline, pair.other),
      ];
      return pairs === undefined
        ? judged
        : judged.map((gate) => Object.assign({ against: pair.baseline.name }, gate));
    }),
    ...others.flatMap((other) => comparePlans(baseline, other)),
  ];
}

/**
 * The null arm is no contender, and an arm that sends an answer as a whole writes nothing in most
 * turns: those are shorter, which is the arm and no fault of the harness.
 */
function isTimed({ isNullArm, arm }: MeasuredArm): boolean {
  return !isNullArm && transports[arm.transport].capabilities.incremental;
}

function summariseArm(arm: string, gatesOfTrials: readonly (readonly Gate[])[]): GateSummary[] {
  const byId = new Map<string, Gate[]>();
  for (const gate of gatesOfTrials.flat()) byId.set(gate.id, [...(byId.get(gate.id) ?? []), gate]);
  return [...byId.values()].map((gates) => summariseGate(arm, gates));
}

function summariseGate(arm: string, gates: readonly Gate[]): GateSummary {
  const [gate] = gates as [Gate];
  const values = gates.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const missed = gates.filter(({ ok }) => !ok).length;
  return {
    id: gate.id,
    kind: gate.kind,
    title: gate.title,
    unit: gate.unit,
    limit: gate.limit,
    arm,
    median: median(values),
    worst:
      values.length === 0
        ? undefined
        : isLowerLimit(gates)
          ? Math.min(...values)
          : Math.max(...values),
    missed,
    trials: gates.length,
    state:
      values.length === 0 && missed === 0
        ? 'not-measured'
        : stateOf(gate.kind, missed, gates.length),
    note:
      gates.find(({ note, ok }) => note !== undefined && !ok)?.note ??
      gates.find(({ note }) => note !== undefined)?.note,
  };
}

/**
 * A gate does not say on which side of its limit it holds; a value that passed above it, or missed
 * below it, does.
 */
function isLowerLimit(gates: readonly Gate[]): boolean {
  return gates.some(
    ({ value, limit, ok }) => value !== undefined && (ok ? value > limit : value < limit),
  );
}

function stateOf(kind: Gate['kind'], missed: number, trials: number): 'ok' | 'warned' | 'failed' {
  if (missed === 0) return 'ok';
  // Noise that no arm caused is already contained in the interval.
  if (kind === 'environment') return 'warned';
  if (kind === 'correctness') return 'failed';
  return missed > trials * PERSISTENT_SHARE ? 'failed' : 'warned';
}

/** H9 for runs before 0.2: the median server lateness differs between the two arms of a block. */
function compareLateness(baseline: MeasuredArm, other: MeasuredArm): GateSummary {
  const gates = pairTrials(baseline, other).flatMap((pair): Gate[] => {
    const [first, second] = [medianLateness(pair.baseline), medianLateness(pair.other)];
    if (first === undefined || second === undefined) return [];
    const value = Math.abs(second - first);
    return [Object.assign({ value, ok: value <= LATENESS_GAP_LIMIT_NS }, latenessGate)];
  });
  const summary = summariseGate(
    other.name,
    gates.length === 0 ? [{ ...latenessGate, ok: true }] : gates,
  );
  return { ...summary, trials: gates.length, note: `against ${baseline.name}, per block` };
}

function medianLateness({ distributions }: FinishedTrial): number | undefined {
  return quantileOf(distributions.latenessNs, 0.5);
}

const latenessGate = {
  id: LATENESS_CONTROL,
  kind: 'harness',
  title: 'Difference of median server lateness between the arms',
  limit: LATENESS_GAP_LIMIT_NS,
  unit: 'ns',
} as const satisfies Omit<Gate, 'ok'>;

/**
 * C8block: the servers of a block planned different streams, so their streams cannot be compared.
 * No gate for runs that kept no hash.
 */
function comparePlans(baseline: MeasuredArm, other: MeasuredArm): GateSummary[] {
  const gates = pairTrials(baseline, other).flatMap((pair): Gate[] => {
    const [first, second] = [plannedBy(pair.baseline), plannedBy(pair.other)];
    if (first === undefined || second === undefined) return [];
    return [Object.assign({ value: Number(first !== second), ok: first === second }, planGate)];
  });
  if (gates.length === 0) return [];
  return [{ ...summariseGate(other.name, gates), note: `against ${baseline.name}, per block` }];
}

/**
 * Hash of the plan that the server reported; after a fault the client's, since the server may be
 * gone.
 */
function plannedBy(trial: FinishedTrial): string | undefined {
  switch (trial.outcome) {
    case 'completed':
    case 'ladder':
      return trial.server.planSha256;
    case 'faulted':
      return trial.recovery.client.planSha256;
    default:
      return undefined;
  }
}

const planGate = {
  id: 'C8block',
  kind: 'correctness',
  title: 'arms of a block that planned different streams',
  limit: 0,
  unit: 'count',
} as const satisfies Omit<Gate, 'ok'>;
