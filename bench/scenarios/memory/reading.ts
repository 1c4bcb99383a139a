import { analyseLadders } from '../../analysis/memory/analyse-ladders.ts';
import { warnOfBentLadders } from '../../analysis/memory/bent-ladders.ts';
import type { MemoryFindings } from '../../analysis/memory/ladder-analysis.ts';
import { ladderMetrics } from '../../analysis/metrics/ladder.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const memoryReading: ScenarioReading<MemoryFindings> = {
  metrics: ladderMetrics,
  // A ladder measures no latency.
  floor: 'none',
  warnOfComparison: warnOfBentLadders,
  findings: (_run, loadPoints) => ({ ladders: analyseLadders(loadPoints) }),
};
