import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { analyseTurns } from './analyse-turns.ts';
import type { TurnsFindings } from './findings.ts';
import { CPU, turnsMetrics } from './metrics.ts';

export const turnsReading: ScenarioReading<TurnsFindings> = {
  metrics: turnsMetrics,
  // Times are milliseconds and more.
  floor: 'none',
  // While a server waits, its own timers cost CPU time that no turn caused.
  isMeasuredAt: (metric, { turns }) => metric !== CPU || turns?.roundTripNs === 0,
  // The transport alone: with connections kept and state on the server in both arms, over a network.
  isEndpointAt: (_endpoint, { loadPoint: { turns } }) =>
    turns?.connection === 'kept' && turns.context === 'increment' && turns.roundTripNs > 0,
  findings: ({ header: { plan } }, loadPoints) => ({ turns: analyseTurns(plan, loadPoints) }),
};
