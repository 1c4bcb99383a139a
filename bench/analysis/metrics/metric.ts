// Defines a metric: a pure function from a finished trial to one number with a unit, and how two
// arms are compared by it.

import { quantileOf, type GridQuantile } from '../../contract/distribution.ts';
import type {
  BrowserLimitsTrial,
  CompletedTrial,
  CompletionsTrial,
  DistributionName,
  DuplexTrialRecord,
  FaultedTrial,
  FinishedTrial,
  LadderTrial,
  ProxyCellsTrial,
  SearchedTrial,
  SteersTrial,
  StopsTrial,
  TargetTrial,
  TurnsTrial,
} from '../../contract/run-file.ts';
import { supportsQuantile } from '../statistics/tail-support.ts';
import { dependsOnControl, isArmControl, type ControlDependence } from './control-dependence.ts';

export type MetricUnit =
  | 'ns'
  | 'bytes'
  | 'tokens/s'
  | 'ratio'
  | 'tokens/read'
  | 'ns/token'
  | 'bytes/token'
  | 'calls/token'
  | 'segments/token'
  | 'opens/s'
  | 'starts/s'
  | 'count';

/** The pre-declared endpoints, in their order; each scenario has those that it can answer. */
export const endpointIds = [
  'P1',
  'P2',
  'P3',
  'P9',
  'P4',
  'P5',
  'P6',
  'P7',
  'P8',
  'P10',
  'P11',
  'P12',
  'P13',
  'P14',
  'P15',
] as const;

export type EndpointId = (typeof endpointIds)[number];

/** Plans from before 0.2 do not name their endpoints, and could not declare this one. */
export const LATER_ENDPOINT: EndpointId = 'P9';

/** Zone of practical equivalence: a difference within either bound is negligible. */
export interface Margin {
  /** 0.1 stands for ratios from 1/1.1 to 1.1; undefined for metrics compared by difference. */
  readonly ratio: number | undefined;
  /** Bound in the metric's unit. */
  readonly absolute: number | undefined;
  /**
   * A user cannot notice a difference within the margin, though it may be most of the transport's
   * own time.
   */
  readonly isForUsers?: true;
}

export interface MetricOf<Trial extends FinishedTrial> {
  readonly id: string;
  readonly title: string;
  /** Its title where streams of some arm share connections, if it then counts by another unit. */
  readonly titleOfStreams?: string;
  readonly unit: MetricUnit;
  readonly better: 'lower' | 'higher' | 'neither';
  /** One line: the formula in words and symbols. */
  readonly definition: string;
  /** `difference` for values that may be zero or negative; `ratio` compares logarithms. */
  readonly scale: 'ratio' | 'difference';
  readonly endpoint?: EndpointId;
  /**
   * Part of a plan without which no trial has the metric: a receiving page, a canary, a proxy,
   * arrivals, a recording that is replayed.
   */
  readonly needs?: 'page' | 'canary' | 'proxy' | 'arrivals' | 'replay';
  /** Describes one arm, and two only if they write alike: never compared between arms. */
  readonly isWithinArm?: true;
  /** Counted, not sampled: arms are compared without a test. */
  readonly isExact?: boolean;
  /**
   * Counted at a moment, or by how bytes fell into segments: no verdict when the load generator was
   * short.
   */
  readonly dependsOnTiming?: boolean;
  /**
   * Its value is undefined when the load generator was short, so gates that concern another part of
   * the trial do not void it.
   */
  readonly judgesClient?: boolean;
  /**
   * Subtracts a stamp of the client from one of the server, or the reverse: as accurate as their
   * clocks agree.
   */
  readonly isOneWay?: boolean;
  /** A missed one of these controls between two arms voids it; all of them when absent. */
  readonly controls?: ControlDependence;
  readonly quantile?: GridQuantile;
  /** Why trials lack the number, if not for want of samples. */
  readonly absence?: string;
  readonly margin?: Margin;
  /** undefined when the trial does not support the number. */
  readonly value: (trial: Trial) => number | undefined;
  /** Lower bound from a trial without the number, if it shows one. Positive. */
  readonly atLeast?: (trial: Trial) => number | undefined;
}

/** Bytes on the socket do not depend on how busy the client was; segments do. */
export function isUntouchedByClient({
  isExact,
  dependsOnTiming,
  judgesClient,
}: Pick<Metric, 'isExact' | 'dependsOnTiming' | 'judgesClient'>): boolean {
  return judgesClient === true || (isExact === true && dependsOnTiming !== true);
}

/** Whether a gate of the harness that failed voids the metric. */
export function isVoidedBy(
  metric: Pick<Metric, 'isExact' | 'dependsOnTiming' | 'judgesClient' | 'controls'>,
  gate: string,
): boolean {
  return isArmControl(gate) ? dependsOnControl(metric, gate) : !isUntouchedByClient(metric);
}

/**
 * The metrics of steady streams that a scenario takes over, and the endpoints among them that it
 * declares.
 */
export interface MetricChoice {
  readonly ids: readonly string[];
  readonly endpoints: readonly EndpointId[];
}

/** A metric of any trial; its value is undefined for trials of another kind of scenario. */
export type Metric = MetricOf<FinishedTrial>;

export type SteadyMetric = MetricOf<CompletedTrial>;
export type RecoveryMetric = MetricOf<FaultedTrial>;
export type LadderMetric = MetricOf<LadderTrial>;
export type SearchMetric = MetricOf<SearchedTrial>;
export type CompletionsMetric = MetricOf<CompletionsTrial>;
export type BrowserLimitsMetric = MetricOf<BrowserLimitsTrial>;
export type TargetMetric = MetricOf<TargetTrial>;
export type ProxyCellsMetric = MetricOf<ProxyCellsTrial>;
export type TurnsMetric = MetricOf<TurnsTrial>;

export type DuplexMetric = MetricOf<DuplexTrialRecord>;
export type StopsMetric = MetricOf<StopsTrial>;
export type SteersMetric = MetricOf<SteersTrial>;

export type QuantileMetric = Omit<Metric, 'unit' | 'value' | 'atLeast'> & {
  readonly distribution: DistributionName;
  readonly quantile: GridQuantile;
};

/**
 * A quantile within the trial, in ns; never of pooled trials, whose p99 would be that of the worst
 * of them. Undefined when the samples, or the separate stalls that make up its tail, are too few to
 * bound it; a maximum is always defined.
 */
export function quantileMetric({ distribution: name, ...metric }: QuantileMetric): Metric {
  return {
    ...metric,
    unit: 'ns',
    value: ({ distributions, windowNs }) => {
      const distribution = distributions[name];
      if (distribution === undefined || !supportsQuantile(metric.quantile, distribution, windowNs))
        return undefined;
      return quantileOf(distribution, metric.quantile);
    },
  };
}
