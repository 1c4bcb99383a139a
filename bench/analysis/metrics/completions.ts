// Metrics of whole streams in a closed loop.

import type { CompletionsMetric } from './metric.ts';

export const completionsMetrics: readonly CompletionsMetric[] = [];
