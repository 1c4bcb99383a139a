import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { analyseProxies } from './analyse-proxies.ts';
import type { ProxiesFindings } from './findings.ts';
import { proxiesMetrics } from './metrics.ts';

export const proxiesReading: ScenarioReading<ProxiesFindings> = {
  metrics: proxiesMetrics,
  // Loopback is what each path is held against.
  floor: 'none',
  comparesNothing: true,
  findings: ({ header: { plan } }, loadPoints) => ({
    proxyCells: analyseProxies(plan, loadPoints),
  }),
};
