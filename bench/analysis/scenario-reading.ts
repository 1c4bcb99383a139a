// The interface of a scenario to an analysis. Each scenario implements it in its
// own folder; the command that analyses a run hands it in.

import type { LoadPoint, Plan, SavedRun, TrialRecord, Warning } from '../contract/run-file.ts';
import { paths } from '../contract/arms/paths.ts';
import { isBrowser } from '../contract/arms/stacks.ts';
import { sharesConnections, type Arm } from '../contract/arms/arms.ts';
import type { ArmPair } from '../contract/arms/pairs.ts';
import type { JudgedLoadPoint, MeasuredArm } from './measured-trials.ts';
import { declaredOf, declareOnly } from './metrics/metric-list.ts';
import { LATER_ENDPOINT, type EndpointId, type Metric } from './metrics/metric.ts';

export interface ScenarioReading<Findings extends object = object> {
  /**
   * Metrics of its trials, old ones included: endpoints first, in their order; then counted
   * metrics, then the rest.
   */
  readonly metrics: readonly Metric[];
  /**
   * `null-arm` when latencies are believed only above those of a bare socket, so that a run without
   * one is warned of.
   */
  readonly floor: 'null-arm' | 'none';
  /**
   * Set when what it counts follows from rules and is no sample: arms are shown side by side, and
   * none is compared.
   */
  readonly comparesNothing?: true;
  /** The pairs of arms that are compared; every arm with the first one when absent. */
  readonly pairsOf?: (arms: readonly Arm[], plan: PairingPlan) => readonly ArmPair[];
  /** Whether a metric is meaningful at a load point; every one when absent. */
  readonly isMeasuredAt?: (metric: string, loadPoint: LoadPoint) => boolean;
  /** Whether a metric that can be an endpoint is one at this place; every one when absent. */
  readonly isEndpointAt?: (endpoint: EndpointId, place: MetricPlace) => boolean;
  /**
   * Whether many tokens are due in one turn of the pacer, so that each waits for the writes before
   * it; never when absent.
   */
  readonly isLateByDesign?: (loadPoint: LoadPoint) => boolean;
  /**
   * Number of trials that belong to no block and are measured once, after all of them; none when
   * absent.
   */
  readonly countSupplements?: (plan: Plan, trials: readonly TrialRecord[]) => number;
  /** Doubts about a comparison that only this scenario can have. */
  readonly warnOfComparison?: (metric: Metric, arms: readonly MeasuredArm[]) => readonly Warning[];
  /** The parts of the analysis that only this scenario has, by their keys in analysis.json. */
  readonly findings?: (run: SavedRun, loadPoints: readonly JudgedLoadPoint[]) => Findings;
}

/** The parts of a plan that decide which of its arms are compared. */
export type PairingPlan = Partial<Pick<Plan, 'payload' | 'targets'>>;

export interface MetricPlace {
  readonly loadPoint: LoadPoint;
  /** The arms that are compared. */
  readonly arms: readonly Arm[];
}

export function findMetric({ metrics }: ScenarioReading, id: string): Metric | undefined {
  return metrics.find((metric) => metric.id === id);
}

/** The metrics as they count at this place: those that are no endpoints there are exploratory. */
export function metricsAt(
  { metrics, isMeasuredAt, isEndpointAt }: ScenarioReading,
  place: MetricPlace,
): readonly Metric[] {
  const measured = metrics.filter(({ id }) => isMeasuredAt?.(id, place.loadPoint) !== false);
  return declareOnly(measured, (endpoint) => isEndpointAt?.(endpoint, place) !== false);
}

export function endpointsAt(reading: ScenarioReading, place: MetricPlace): readonly Metric[] {
  return declaredOf(metricsAt(reading, place));
}

/** The endpoints of a plan that does not name its endpoints. */
export function endpointsOf({ metrics }: ScenarioReading): readonly Metric[] {
  return declaredOf(metrics).filter(({ endpoint }) => endpoint !== LATER_ENDPOINT);
}

/**
 * The parts of a plan that decide which metrics its trials can have; without arms there is no page
 * among them.
 */
export type MeasuredPlan = Pick<Plan, 'canary' | 'arrivals'> &
  Partial<Pick<Plan, 'arms' | 'workload'>>;

export function isMeasured(
  { needs }: Metric,
  { canary, arrivals, arms = [], workload }: MeasuredPlan,
): boolean {
  if (needs === 'replay') return workload?.gaps.kind === 'recorded';
  if (needs === 'page') return arms.some(({ client }) => isBrowser(client));
  if (needs === 'proxy') return arms.some(({ path }) => paths[path].proxy !== undefined);
  if (needs === 'arrivals') return arrivals !== undefined;
  return needs !== 'canary' || canary !== undefined;
}

/**
 * Metrics that the trials of a plan can have: the canary's only if one was sent, those of pages
 * only if one receives, those of proxies only if one, or a relay, stands between, those of arrivals only if
 * streams arrive.
 */
export function metricsOfPlan(reading: ScenarioReading, plan: MeasuredPlan): readonly Metric[] {
  return titledFor(plan, reading).metrics.filter((metric) => isMeasured(metric, plan));
}

/** The reading with the titles that its metrics have with the arms of a plan. */
export function titledFor<Findings extends object>(
  { arms = [] }: MeasuredPlan,
  reading: ScenarioReading<Findings>,
): ScenarioReading<Findings> {
  if (!arms.some(sharesConnections)) return reading;
  const metrics = reading.metrics.map((metric) =>
    metric.titleOfStreams === undefined ? metric : { ...metric, title: metric.titleOfStreams },
  );
  return { ...reading, metrics };
}

/** The same at one load point of the plan. */
export function metricsOfPoint(
  reading: ScenarioReading,
  plan: MeasuredPlan,
  loadPoint: LoadPoint,
): readonly Metric[] {
  return metricsOfPlan(reading, plan).filter(
    ({ id }) => reading.isMeasuredAt?.(id, loadPoint) !== false,
  );
}
