import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { analyseSteers } from './analyse-steers.ts';
import type { SteerFindings } from './findings.ts';
import { steerMetrics } from './metrics.ts';

export const steerReading: ScenarioReading<SteerFindings> = {
  metrics: steerMetrics,
  // The null arm takes nothing from the client while a stream runs.
  floor: 'none',
  findings: (_run, loadPoints) => ({ steers: analyseSteers(loadPoints) }),
};
