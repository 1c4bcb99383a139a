import { completionsMetrics } from './metrics.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const completionsReading: ScenarioReading = {
  metrics: completionsMetrics,
  // The null arm serves no whole streams.
  floor: 'none',
};
