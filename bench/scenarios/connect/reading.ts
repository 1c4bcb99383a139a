import type { ConnectFindings } from '../../analysis/connect-analysis.ts';
import { analyseConnect } from '../../analysis/connect/analyse-connect.ts';
import { connectMetrics, isAskedOfConnect, isEndpointOfConnect } from '../../analysis/metrics/connect.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

/** A storm, new and kept connections each have the metrics that they support. */
export const connectReading: ScenarioReading<ConnectFindings> = {
  metrics: connectMetrics,
  floor: 'null-arm',
  isMeasuredAt: isAskedOfConnect,
  isEndpointAt: (endpoint, { loadPoint }) => isEndpointOfConnect(endpoint, loadPoint),
  isLateByDesign: ({ connecting }) => connecting === 'storm',
  findings: ({ header: { plan } }, loadPoints) => ({ connect: analyseConnect(plan, loadPoints) }),
};
