import { analyseLadders } from './analyse-ladders.ts';
import { warnOfBentLadders } from './bent-ladders.ts';
import type { MemoryFindings } from './findings.ts';
import { ladderMetrics } from './metrics.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const memoryReading: ScenarioReading<MemoryFindings> = {
  metrics: ladderMetrics,
  // A ladder measures no latency.
  floor: 'none',
  warnOfComparison: warnOfBentLadders,
  findings: (_run, loadPoints) => ({ ladders: analyseLadders(loadPoints) }),
};
