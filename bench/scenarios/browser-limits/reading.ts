import type { BrowserLimitsFindings } from '../../analysis/browser-limits-analysis.ts';
import { analyseBrowserLimits } from '../../analysis/browser-limits/analyse-browser-limits.ts';
import { browserLimitsMetrics } from '../../analysis/metrics/browser-limits.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const browserLimitsReading: ScenarioReading<BrowserLimitsFindings> = {
  metrics: browserLimitsMetrics,
  // A browser opens no bare socket.
  floor: 'none',
  comparesNothing: true,
  findings: ({ header: { plan } }, loadPoints) => ({ browserLimits: analyseBrowserLimits(plan, loadPoints) }),
};
