import { isCopy, type Arm } from '../../contract/arms/arms.ts';
import type { ArmPair } from '../../contract/arms/pairs.ts';
import type { PairingPlan, ScenarioReading } from '../../analysis/scenario-reading.ts';
import { analyseTarget } from './analyse-target.ts';
import type { TargetFindings } from './findings.ts';
import { targetMetrics } from './metrics.ts';

export const targetReading: ScenarioReading<TargetFindings> = {
  metrics: targetMetrics,
  // A bare socket cannot stream what a target does.
  floor: 'none',
  pairsOf: pairsOfServers,
  isEndpointAt: (endpoint, { loadPoint: { endpoints } }) =>
    endpoints === undefined || endpoints.includes(endpoint),
  findings: (_run, loadPoints) => ({ target: analyseTarget(loadPoints) }),
};

/**
 * Each target against the first one of its server; then those of no server, or alone on theirs,
 * against the first of the run.
 */
function pairsOfServers(arms: readonly Arm[], { targets }: PairingPlan): readonly ArmPair[] {
  const contenders = arms.filter((arm) => !isCopy(arm));
  const serverOf = ({ target }: Arm): string | undefined =>
    targets?.targets.find(({ name }) => name === target)?.server;
  const ofServer = Map.groupBy(
    contenders.filter((arm) => serverOf(arm) !== undefined),
    serverOf,
  );
  const paired = [...ofServer.values()].flatMap(([baseline, ...others]) =>
    baseline === undefined ? [] : others.map((other): ArmPair => ({ baseline, other })),
  );
  const isPaired = new Set(paired.flatMap(({ baseline, other }) => [baseline, other]));
  const [first, ...others] = contenders;
  const alone = others.filter((arm) => !isPaired.has(arm));
  return [
    ...paired,
    ...alone.flatMap((other): ArmPair[] =>
      first === undefined ? [] : [{ baseline: first, other }],
    ),
  ];
}
