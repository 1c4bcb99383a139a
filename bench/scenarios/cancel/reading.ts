import type { Arm } from '../../contract/arms/arms.ts';
import type { ArmPair } from '../../contract/arms/pairs.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { StopKind } from '../../contract/arms/stop-ways.ts';
import type { EndpointId } from '../../analysis/metrics/metric.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { analyseStops } from './analyse-stops.ts';
import type { CancelFindings } from './findings.ts';
import { cancelMetrics } from './metrics.ts';

const kindsOf: { readonly [Endpoint in EndpointId]?: StopKind } = { P10: 'say', P11: 'leave' };

export const cancelReading: ScenarioReading<CancelFindings> = {
  metrics: cancelMetrics,
  // The null arm has one way of stopping, and no words for the streams of this scenario.
  floor: 'none',
  pairsOf: pairsThatDiffer,
  isEndpointAt: (endpoint, { arms }) => differs(kindsOf[endpoint], arms),
  findings: (_run, loadPoints) => ({ stops: analyseStops(loadPoints) }),
};

/** Every arm with the first one, if they stop streams in different ways; all of them if none does. */
function pairsThatDiffer(arms: readonly Arm[]): readonly ArmPair[] {
  const [baseline, ...others] = arms;
  if (baseline === undefined) return [];
  const pairs = others.map((other) => ({ baseline, other }));
  const apart = pairs.filter((pair) =>
    (['say', 'leave'] as const).some((kind) => differs(kind, [pair.baseline, pair.other])),
  );
  return apart.length === 0 ? pairs : apart;
}

/**
 * Arms that stop in one way differ in the format of their tokens, which a stop does not see: one more
 * test for each of them would only widen what all others have to show. Two arms of one transport are
 * compared to find noise, or a known effect.
 */
function differs(kind: StopKind | undefined, arms: readonly Arm[]): boolean {
  if (kind === undefined) return false;
  const ways = arms.map(({ transport }) => transports[transport].stops[kind]);
  if (ways.some((way) => way === undefined)) return false;
  const isOfOneTransport = new Set(arms.map(({ transport }) => transport)).size === 1;
  return isOfOneTransport || new Set(ways).size > 1;
}
