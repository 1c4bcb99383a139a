import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { headOfLineMetrics } from './metrics.ts';

export const headOfLineReading: ScenarioReading = {
  metrics: headOfLineMetrics,
  floor: 'null-arm',
  // A large message holds up the turn of the pacer in which it is written.
  isLateByDesign: () => true,
};
