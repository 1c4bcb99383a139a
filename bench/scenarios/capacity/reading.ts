import { analyseCapacity } from './analyse-capacity.ts';
import type { CapacityFindings } from './findings.ts';
import { supplementsOf } from './follow-up.ts';
import { searchMetrics } from './metrics.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const capacityReading: ScenarioReading<CapacityFindings> = {
  metrics: searchMetrics,
  // The proof of the load generator is in its place.
  floor: 'none',
  countSupplements: (plan, trials) => supplementsOf(plan, trials).length,
  findings: (run, loadPoints) => ({ capacity: analyseCapacity(run, loadPoints) }),
};
