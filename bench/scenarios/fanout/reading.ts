import type { FanoutFindings } from '../../analysis/fanout-analysis.ts';
import { analyseFanout } from '../../analysis/fanout/analyse-fanout.ts';
import { fanoutMetrics, isEndpointOfFanout } from '../../analysis/metrics/fanout.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const fanoutReading: ScenarioReading<FanoutFindings> = {
  metrics: fanoutMetrics,
  floor: 'null-arm',
  isEndpointAt: (endpoint, { loadPoint }) => isEndpointOfFanout(endpoint, loadPoint),
  isLateByDesign: () => true,
  findings: ({ header: { plan } }, loadPoints) => ({ fanout: analyseFanout(plan, loadPoints) }),
};
