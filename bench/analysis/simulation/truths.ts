// Test support: true values of the endpoints in a simulation.

import { NS_PER_MS, NS_PER_US } from '../../contract/units.ts';
import type { Truth } from './simulated-experiment.ts';
import type { SimulatedMetricId } from './simulated-trial.ts';

/** Values of a baseline for which both scales of the margin matter: neither is out of reach. */
const endpointBaselines = [
  ['open.p50', 5 * NS_PER_MS],
  ['ttft.overhead.p50', 5 * NS_PER_MS],
  ['delivery.p50', 0.6 * NS_PER_MS],
  ['delivery.p99', 6 * NS_PER_MS],
  ['cpu.server.token', 20 * NS_PER_US],
] as const satisfies [SimulatedMetricId, number][];

export const endpointIds: readonly SimulatedMetricId[] = endpointBaselines.map(([id]) => id);

interface TruthOptions {
  /** All endpoints by default. */
  readonly only?: readonly SimulatedMetricId[];
  /** The other arm's value over the baseline's; 1 by default. */
  readonly ratioOf?: (id: SimulatedMetricId) => number;
}

export function endpointTruths({
  only = endpointIds,
  ratioOf = () => 1,
}: TruthOptions = {}): ReadonlyMap<SimulatedMetricId, Truth> {
  const chosen = endpointBaselines.filter(([id]) => only.includes(id));
  return new Map(chosen.map(([id, baseline]) => [id, { baseline, ratio: ratioOf(id) }]));
}
