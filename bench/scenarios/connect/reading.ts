import type { ConnectFindings } from './findings.ts';
import { analyseConnect } from './analyse-connect.ts';
import { connectMetrics, isAskedOfConnect, isEndpointOfConnect } from './metrics.ts';
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
