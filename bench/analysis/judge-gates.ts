// The gates of a load point that failed, in words: those of single arms, and the controls between two.

import { amount } from './amounts.ts';
import type { GateSummary } from './analysis.ts';
import { comparedPairs } from './compared-pairs.ts';
import { summariseGates } from './gates-summary.ts';
import type { FailedControl, JudgedLoadPoint, MeasuredLoadPoint } from './measured-trials.ts';
import { isArmControl } from './metrics/control-dependence.ts';
import type { PairingPlan, ScenarioReading } from './scenario-reading.ts';

export interface GatedLoadPoint extends JudgedLoadPoint {
  readonly gates: readonly GateSummary[];
}

export function judgeGates(
  loadPoint: MeasuredLoadPoint,
  reading: ScenarioReading,
  plan: PairingPlan,
): GatedLoadPoint {
  const gates = summariseGates(loadPoint.arms, loadPoint.arms[0], {
    isLateByDesign: reading.isLateByDesign?.(loadPoint.loadPoint),
    pairs: reading.pairsOf && comparedPairs(loadPoint.arms, reading, plan),
  });
  const failures = (kind: GateSummary['kind']): Map<string, string[]> => {
    const byArm = new Map<string, string[]>();
    for (const gate of gates) {
      if (gate.kind !== kind || gate.state !== 'failed' || isArmControl(gate.id)) continue;
      byArm.set(gate.arm, [...(byArm.get(gate.arm) ?? []), describeMiss(gate)]);
    }
    return byArm;
  };
  return {
    ...loadPoint,
    gates,
    invalid: failures('correctness'),
    harnessLimited: failures('harness'),
    failedControls: gates
      .filter(({ id, state }) => isArmControl(id) && state === 'failed')
      .map((gate) => toFailedControl(gate, loadPoint)),
  };
}

/** Without a declared pair, a control is one against the baseline of the run. */
function toFailedControl(gate: GateSummary, { arms }: MeasuredLoadPoint): FailedControl {
  const { id, arm, against = arms[0]?.name ?? '' } = gate;
  return { gate: id, baseline: against, other: arm, reason: describeControl(gate) };
}

/** `H2 client event-loop utilisation (ws): missed in 5 of 12 trials, worst 81 %, limit 60 %`. */
function describeMiss(gate: GateSummary): string {
  const { id, title, arm, missed, trials, worst, limit, unit } = gate;
  const extremes =
    worst === undefined ? '' : `, worst ${amount(worst, unit)}, limit ${amount(limit, unit)}`;
  return `${id} ${title} (${arm}): missed in ${missed} of ${trials} trials${extremes}`;
}

/** `H9ready from due to the turn that found it due: 27 µs, median of 12 blocks, limit 20 µs`. */
function describeControl({ id, title, median: typical, trials, limit, unit }: GateSummary): string {
  const found = typical === undefined ? '' : `${amount(typical, unit)}, `;
  return `${id} ${title}: ${found}median of ${trials} blocks, limit ${amount(limit, unit)}`;
}
