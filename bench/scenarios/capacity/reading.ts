import { analyseCapacity } from '../../analysis/capacity/analyse-capacity.ts';
import type { CapacityFindings } from '../../analysis/capacity/capacity-analysis.ts';
import { supplementsOf } from '../../analysis/capacity/follow-up.ts';
import { searchMetrics } from '../../analysis/metrics/search.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const capacityReading: ScenarioReading<CapacityFindings> = {
  metrics: searchMetrics,
  // The proof of the load generator is in its place.
  floor: 'none',
  countSupplements: (plan, trials) => supplementsOf(plan, trials).length,
  findings: (run, loadPoints) => ({ capacity: analyseCapacity(run, loadPoints) }),
};
