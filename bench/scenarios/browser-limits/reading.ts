import type { BrowserLimitsFindings } from './findings.ts';
import { analyseBrowserLimits } from './analyse-browser-limits.ts';
import { browserLimitsMetrics } from './metrics.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const browserLimitsReading: ScenarioReading<BrowserLimitsFindings> = {
  metrics: browserLimitsMetrics,
  // A browser opens no bare socket.
  floor: 'none',
  comparesNothing: true,
  findings: ({ header: { plan } }, loadPoints) => ({
    browserLimits: analyseBrowserLimits(plan, loadPoints),
  }),
};
