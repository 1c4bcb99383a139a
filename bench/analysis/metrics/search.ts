// Metrics of searches for the most streams at an objective.

import type { SearchMetric } from './metric.ts';

export const searchMetrics: readonly SearchMetric[] = [];
