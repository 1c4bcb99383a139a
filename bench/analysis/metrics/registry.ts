// All metrics. Tables, charts, exports and comparisons loop over the list of their scenario: a metric added here also appears
// for old runs.

import type { LoadPoint, ScenarioId } from '../../contract/run-file.ts';
import { reconnectsItself, type Arm } from '../../contract/transports.ts';
import { byteMetrics } from './bytes.ts';
import { latencyMetrics } from './latency.ts';
import type { Metric, RecoveryMetric, SteadyMetric } from './metric.ts';
import { recoveryMetrics } from './recovery.ts';
import { resourceMetrics } from './resources.ts';

/** Of steady streams. Endpoints first, in their order; then bytes, then the rest. */
export const metrics: readonly Metric[] = inOrder([...latencyMetrics, ...resourceMetrics, ...byteMetrics].map(ofSteadyTrials));

export const endpoints: readonly Metric[] = declaredOf(metrics);

/** Of streams whose connections are broken, in the same order. */
const breakingMetrics: readonly Metric[] = inOrder(recoveryMetrics.map(ofFaultedTrials));

/** Every metric of every scenario; no two share an id. */
export const allMetrics: readonly Metric[] = [...metrics, ...breakingMetrics];

export function metricsOf(scenario: ScenarioId): readonly Metric[] {
  return scenario === 'stream' ? metrics : breakingMetrics;
}

export function endpointsOf(scenario: ScenarioId): readonly Metric[] {
  return declaredOf(metricsOf(scenario));
}

export interface MetricPlace {
  readonly scenario: ScenarioId;
  readonly loadPoint: LoadPoint;
  /** The arms that are compared. */
  readonly arms: readonly Arm[];
}

/**
 * The metrics of a scenario as they count at this place. How soon clients are back is an endpoint only where all of them wait
 * by the identical policy: otherwise it compares waiting times that somebody chose, not transports, and is exploratory.
 */
export function metricsAt({ scenario, loadPoint, arms }: MetricPlace): readonly Metric[] {
  const all = metricsOf(scenario);
  if (scenario === 'stream') return all;
  const isIdentical = loadPoint.policy !== 'as-specified' && !arms.some(({ client }) => reconnectsItself(client));
  return isIdentical ? all : all.map(({ endpoint: _endpoint, ...metric }) => metric);
}

export function endpointsAt(place: MetricPlace): readonly Metric[] {
  return declaredOf(metricsAt(place));
}

export function findMetric(id: string): Metric | undefined {
  return allMetrics.find((metric) => metric.id === id);
}

function ofSteadyTrials(metric: SteadyMetric): Metric {
  return { ...metric, value: (trial) => (trial.outcome === 'completed' ? metric.value(trial) : undefined) };
}

function ofFaultedTrials(metric: RecoveryMetric): Metric {
  return { ...metric, value: (trial) => (trial.outcome === 'faulted' ? metric.value(trial) : undefined) };
}

function declaredOf(list: readonly Metric[]): readonly Metric[] {
  return list.filter((metric) => metric.endpoint !== undefined);
}

function inOrder(list: readonly Metric[]): readonly Metric[] {
  return list.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ endpoint, isExact }: Metric): number {
  if (endpoint !== undefined) return Number(endpoint.slice(1));
  return isExact === true ? 100 : 200;
}
