import { burstMetrics } from './metrics.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const burstReading: ScenarioReading = {
  metrics: burstMetrics,
  floor: 'null-arm',
  isLateByDesign: ({ tokensPerTick = 1 }) => tokensPerTick > 1,
};
