import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { analyseTarget } from './analyse-target.ts';
import type { TargetFindings } from './findings.ts';
import { targetMetrics } from './metrics.ts';

export const targetReading: ScenarioReading<TargetFindings> = {
  metrics: targetMetrics,
  // A bare socket cannot stream what a target does.
  floor: 'none',
  isEndpointAt: (endpoint, { loadPoint: { endpoints } }) =>
    endpoints === undefined || endpoints.includes(endpoint),
  findings: (_run, loadPoints) => ({ target: analyseTarget(loadPoints) }),
};
