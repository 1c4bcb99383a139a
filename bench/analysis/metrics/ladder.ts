// Metrics of ladders of connections: what one more connection or token costs, as slopes over the rungs of one trial.

import type { LadderMetric } from './metric.ts';

export const ladderMetrics: readonly LadderMetric[] = [];
