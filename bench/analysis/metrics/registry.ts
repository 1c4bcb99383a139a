// All metrics. Tables, charts, exports and comparisons loop over the list of their scenario: a metric added here also appears
// for old runs.

import type { Arm } from '../../contract/arms/arms.ts';
import { clientStacks, isBrowser } from '../../contract/arms/stacks.ts';
import type { FinishedTrial, LoadPoint, Plan, ScenarioId } from '../../contract/run-file.ts';
import { browserLimitsMetrics } from './browser-limits.ts';
import { burstChoice } from './burst.ts';
import { byteMetrics } from './bytes.ts';
import { canaryMetrics } from './canary.ts';
import { completionsMetrics } from './completions.ts';
import { connectChoice, connectMetrics, isAskedOfConnect, isEndpointOfConnect } from './connect.ts';
import { fanoutChoice, fanoutMetrics, isEndpointOfFanout } from './fanout.ts';
import { ladderMetrics } from './ladder.ts';
import { appendMetrics, latencyMetrics } from './latency.ts';
import {
  endpointIds,
  type EndpointId,
  type Metric,
  type MetricChoice,
  type MetricOf,
  type RecoveryMetric,
  type SteadyMetric,
} from './metric.ts';
import { recoveryMetrics } from './recovery.ts';
import { browserMetrics, resourceMetrics } from './resources.ts';
import { searchMetrics } from './search.ts';
import { slowReaderChoice, slowReaderMetrics } from './slow-reader.ts';
import { systemCallMetrics } from './system-calls.ts';

/** Metrics of steady streams: endpoints first, in their order; then bytes, then the rest. */
export const metrics: readonly Metric[] = inOrder(
  [...latencyMetrics, ...resourceMetrics, ...systemCallMetrics, ...byteMetrics].map(ofSteadyTrials),
);

export const endpoints: readonly Metric[] = declaredOf(metrics);

/** Metrics of trials with fault injection, in the same order. */
const breakingMetrics: readonly Metric[] = inOrder(recoveryMetrics.map(ofFaultedTrials));

/** Metrics of every scenario that can have a canary. */
const ofCanary: readonly Metric[] = canaryMetrics.map(ofSteadyTrials);

/** Metrics of pages: only streams that a browser receives have them. */
const ofBrowser: readonly Metric[] = [...appendMetrics, ...browserMetrics].map(ofSteadyTrials);

const metricsByScenario: Readonly<Record<ScenarioId, readonly Metric[]>> = {
  stream: [...metrics, ...ofBrowser, ...ofCanary],
  reconnect: breakingMetrics,
  herd: breakingMetrics,
  memory: inOrder(ladderMetrics.map((metric) => ofTrials('ladder', metric))),
  capacity: inOrder(searchMetrics.map((metric) => ofTrials('searched', metric))),
  connect: inOrder([...choose(metrics, connectChoice), ...connectMetrics.map(ofSteadyTrials), ...ofCanary]),
  fanout: inOrder([...choose(metrics, fanoutChoice), ...fanoutMetrics.map(ofSteadyTrials), ...ofCanary]),
  'slow-reader': inOrder([...choose(metrics, slowReaderChoice), ...slowReaderMetrics.map(ofSteadyTrials), ...ofCanary]),
  burst: inOrder([...choose(metrics, burstChoice), ...ofCanary]),
  completions: inOrder(completionsMetrics.map((metric) => ofTrials('completions', metric))),
  'browser-limits': browserLimitsMetrics.map((metric) => ofTrials('browser-limits', metric)),
};

/** Every metric of every scenario; two of one id are one quantity, an endpoint in one scenario and exploratory in another. */
export const allMetrics: readonly Metric[] = firstOfEachId(Object.values(metricsByScenario).flat());

function firstOfEachId(list: readonly Metric[]): readonly Metric[] {
  const ids = list.map(({ id }) => id);
  return list.filter(({ id }, index) => ids.indexOf(id) === index);
}

export function metricsOf(scenario: ScenarioId): readonly Metric[] {
  return metricsByScenario[scenario];
}

/** The parts of a plan that decide which metrics its trials can have; without arms there is no page among them. */
type Measured = Pick<Plan, 'scenario' | 'canary'> & Partial<Pick<Plan, 'arms'>>;

/** Metrics that the trials of a plan can have: the canary's only if one was sent, those of pages only if one receives. */
export function metricsOfPlan(plan: Measured): readonly Metric[] {
  return metricsOf(plan.scenario).filter((metric) => isMeasured(metric, plan));
}

export function isMeasured(metric: Metric, { canary, arms = [] }: Measured): boolean {
  if (ofBrowser.includes(metric)) return arms.some(({ client }) => isBrowser(client));
  return canary !== undefined || !ofCanary.includes(metric);
}

/** The same at one load point: a storm has other metrics than streams that begin one by one. */
export function metricsOfPoint(plan: Measured, loadPoint: LoadPoint): readonly Metric[] {
  const all = metricsOfPlan(plan);
  return plan.scenario === 'connect' ? all.filter(({ id }) => isAskedOfConnect(id, loadPoint)) : all;
}

/** Metrics of steady streams that are meaningful in another scenario, in which only some of them are endpoints. */
function choose(from: readonly Metric[], { ids, endpoints: declared }: MetricChoice): readonly Metric[] {
  return declareOnly(
    from.filter(({ id }) => ids.includes(id)),
    (endpoint) => declared.includes(endpoint),
  );
}

/** The endpoints of a plan that does not name its endpoints. */
export function endpointsOf(scenario: ScenarioId): readonly Metric[] {
  return declaredOf(metricsOf(scenario)).filter(({ endpoint }) => endpoint !== LATER_ENDPOINT);
}

/** Plans from before 0.2 do not name their endpoints, and could not declare this one. */
const LATER_ENDPOINT: EndpointId = 'P9';

export interface MetricPlace {
  readonly scenario: ScenarioId;
  readonly loadPoint: LoadPoint;
  /** The arms that are compared. */
  readonly arms: readonly Arm[];
}

/**
 * The metrics of a scenario as they count at this place. With many subscribers a quantile is an endpoint only if messages are
 * many; a storm, new and kept connections each have the metrics that they support. The time to resume is an endpoint only if all
 * clients wait by the identical policy: otherwise it compares waiting times that were chosen, not transports.
 */
export function metricsAt({ scenario, loadPoint, arms }: MetricPlace): readonly Metric[] {
  const all = metricsOf(scenario);
  switch (scenario) {
    case 'stream':
      return declareOnly(all, (endpoint) => loadPoint.endpoints?.includes(endpoint) ?? endpoint !== LATER_ENDPOINT);
    case 'fanout':
      return declareOnly(all, (endpoint) => isEndpointOfFanout(endpoint, loadPoint));
    case 'connect':
      return declareOnly(
        all.filter(({ id }) => isAskedOfConnect(id, loadPoint)),
        (endpoint) => isEndpointOfConnect(endpoint, loadPoint),
      );
    case 'reconnect':
    case 'herd':
      return declareOnly(
        all,
        () => loadPoint.policy !== 'as-specified' && !arms.some(({ client }) => clientStacks[client].reconnectsItself),
      );
    default:
      return all;
  }
}

/** Makes all endpoints that are not declared exploratory. */
function declareOnly(all: readonly Metric[], isDeclared: (endpoint: EndpointId) => boolean): readonly Metric[] {
  return all.map((metric) => {
    const { endpoint, ...exploratory } = metric;
    return endpoint === undefined || isDeclared(endpoint) ? metric : exploratory;
  });
}

export function endpointsAt(place: MetricPlace): readonly Metric[] {
  return declaredOf(metricsAt(place));
}

export function findMetric(id: string): Metric | undefined {
  return allMetrics.find((metric) => metric.id === id);
}

function ofSteadyTrials(metric: SteadyMetric): Metric {
  return ofTrials('completed', metric);
}

function ofFaultedTrials(metric: RecoveryMetric): Metric {
  return ofTrials('faulted', metric);
}

type Outcome = FinishedTrial['outcome'];

function ofTrials<Of extends Outcome>(outcome: Of, metric: MetricOf<Extract<FinishedTrial, { outcome: Of }>>): Metric {
  const isOf = (trial: FinishedTrial): trial is Extract<FinishedTrial, { outcome: Of }> => trial.outcome === outcome;
  const { value, atLeast, ...others } = metric;
  return {
    ...others,
    value: (trial) => (isOf(trial) ? value(trial) : undefined),
    ...(atLeast !== undefined && { atLeast: (trial: FinishedTrial) => (isOf(trial) ? atLeast(trial) : undefined) }),
  };
}

function declaredOf(list: readonly Metric[]): readonly Metric[] {
  return list.filter((metric) => metric.endpoint !== undefined);
}

function inOrder(list: readonly Metric[]): readonly Metric[] {
  return list.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ endpoint, isExact }: Metric): number {
  if (endpoint !== undefined) return endpointIds.indexOf(endpoint);
  return isExact === true ? 100 : 200;
}
