import { slowReaderMetrics } from './metrics.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const slowReaderReading: ScenarioReading = {
  metrics: slowReaderMetrics,
  floor: 'null-arm',
  // Streams are fast enough to fill a socket that nobody reads.
  isLateByDesign: () => true,
};
