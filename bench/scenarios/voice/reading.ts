import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { voiceMetrics } from './metrics.ts';

const LARGE = 'frame.behind.max';

export const voiceReading: ScenarioReading = {
  metrics: voiceMetrics,
  // The null arm takes no frames from the client.
  floor: 'none',
  isMeasuredAt: (metric, { largeBytes }) => metric !== LARGE || largeBytes !== undefined,
};
