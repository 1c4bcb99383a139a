// Builds the list of metrics of a scenario: from trials of one outcome, in the order in which
// tables show them.

import type { FinishedTrial } from '../../contract/run-file.ts';
import {
  endpointIds,
  type EndpointId,
  type Metric,
  type MetricChoice,
  type MetricOf,
} from './metric.ts';

type Outcome = FinishedTrial['outcome'];

/** Metrics of trials of one outcome, as metrics of any trial. */
export function ofTrials<Of extends Outcome>(
  outcome: Of,
  metrics: readonly MetricOf<Extract<FinishedTrial, { outcome: Of }>>[],
): readonly Metric[] {
  const isOf = (trial: FinishedTrial): trial is Extract<FinishedTrial, { outcome: Of }> =>
    trial.outcome === outcome;
  return metrics.map(({ value, atLeast, ...others }) => ({
    ...others,
    value: (trial) => (isOf(trial) ? value(trial) : undefined),
    ...(atLeast !== undefined && {
      atLeast: (trial: FinishedTrial) => (isOf(trial) ? atLeast(trial) : undefined),
    }),
  }));
}

/** Endpoints first, in their order; then counted metrics, then the rest. */
export function inOrder(metrics: readonly Metric[]): readonly Metric[] {
  return metrics.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ endpoint, isExact }: Metric): number {
  if (endpoint !== undefined) return endpointIds.indexOf(endpoint);
  return isExact === true ? 100 : 200;
}

/** Makes all endpoints that are not declared exploratory. */
export function declareOnly(
  metrics: readonly Metric[],
  isDeclared: (endpoint: EndpointId) => boolean,
): readonly Metric[] {
  return metrics.map((metric) => {
    const { endpoint, ...exploratory } = metric;
    return endpoint === undefined || isDeclared(endpoint) ? metric : exploratory;
  });
}

export function declaredOf(metrics: readonly Metric[]): readonly Metric[] {
  return metrics.filter(({ endpoint }) => endpoint !== undefined);
}

/**
 * Metrics that are meaningful in another scenario, too, in which only some of them are endpoints.
 */
export function choose(
  metrics: readonly Metric[],
  { ids, endpoints }: MetricChoice,
): readonly Metric[] {
  return declareOnly(
    metrics.filter(({ id }) => ids.includes(id)),
    (endpoint) => endpoints.includes(endpoint),
  );
}
