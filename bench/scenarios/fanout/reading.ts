import type { FanoutFindings } from './findings.ts';
import { analyseFanout } from './analyse-fanout.ts';
import { fanoutMetrics, isEndpointOfFanout } from './metrics.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const fanoutReading: ScenarioReading<FanoutFindings> = {
  metrics: fanoutMetrics,
  floor: 'null-arm',
  isEndpointAt: (endpoint, { loadPoint }) => isEndpointOfFanout(endpoint, loadPoint),
  isLateByDesign: () => true,
  findings: ({ header: { plan } }, loadPoints) => ({ fanout: analyseFanout(plan, loadPoints) }),
};
