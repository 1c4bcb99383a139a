// What a metric is: a pure function from a finished trial to one number with a unit, and how two arms are compared by it.

import { quantileOf, type GridQuantile } from '../../contract/distribution.ts';
import type {
  BrowserLimitsTrial,
  CompletedTrial,
  CompletionsTrial,
  DistributionName,
  FaultedTrial,
  FinishedTrial,
  LadderTrial,
  SearchedTrial,
} from '../../contract/run-file.ts';
import type { MetricUnit } from '../analysis.ts';
import { supportsQuantile } from '../statistics/tail-support.ts';

/** The pre-declared endpoints, in their order; each scenario has those that it can answer. */
export const endpointIds = ['P1', 'P2', 'P3', 'P9', 'P4', 'P5', 'P6', 'P7', 'P8'] as const;

export type EndpointId = (typeof endpointIds)[number];

/** Zone of practical equivalence: a difference within either bound is negligible. */
export interface Margin {
  /** 0.1 stands for ratios from 1/1.1 to 1.1; undefined for metrics compared by difference. */
  readonly ratio: number | undefined;
  /** In the metric's unit. */
  readonly absolute: number | undefined;
  /** What is within it is nothing that a user could tell, though it may be most of what the transport itself takes. */
  readonly isForUsers?: true;
}

export interface MetricOf<Trial extends FinishedTrial> {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly better: 'lower' | 'higher' | 'neither';
  /** One line: the formula in words and symbols. */
  readonly definition: string;
  /** `difference` for what may be zero or negative; `ratio` compares logarithms. */
  readonly scale: 'ratio' | 'difference';
  readonly endpoint?: EndpointId;
  /** Says something of one arm, and of two only where they write alike: never compared between arms. */
  readonly isWithinArm?: true;
  /** Counted, not sampled: arms are compared without a test. */
  readonly isExact?: boolean;
  /** Counted at a moment, or by how bytes fell into segments: no verdict where the load generator was short. */
  readonly dependsOnTiming?: boolean;
  /** Its value is undefined where the load generator was short, so gates that concern another part of the trial do not void it. */
  readonly judgesClient?: boolean;
  /** Subtracts a stamp of the client from one of the server, or the other way round: as good as their clocks agree. */
  readonly isOneWay?: boolean;
  readonly quantile?: GridQuantile;
  /** Why trials lack the number, where it is not for want of samples. */
  readonly absence?: string;
  readonly margin?: Margin;
  /** Undefined where the trial does not support the number. */
  readonly value: (trial: Trial) => number | undefined;
  /** Of a trial without the number that shows a lower bound of it. Positive. */
  readonly atLeast?: (trial: Trial) => number | undefined;
}

/** Bytes on the socket are what they are, however busy the client was; segments are not. */
export function isUntouchedByClient({
  isExact,
  dependsOnTiming,
  judgesClient,
}: Pick<Metric, 'isExact' | 'dependsOnTiming' | 'judgesClient'>): boolean {
  return judgesClient === true || (isExact === true && dependsOnTiming !== true);
}

/** Which metrics of steady streams a scenario takes over, and which of the endpoints among them it declares. */
export interface MetricChoice {
  readonly ids: readonly string[];
  readonly endpoints: readonly EndpointId[];
}

/** Of any trial; undefined for trials of another kind of scenario. */
export type Metric = MetricOf<FinishedTrial>;

export type SteadyMetric = MetricOf<CompletedTrial>;
export type RecoveryMetric = MetricOf<FaultedTrial>;
export type LadderMetric = MetricOf<LadderTrial>;
export type SearchMetric = MetricOf<SearchedTrial>;
export type CompletionsMetric = MetricOf<CompletionsTrial>;
export type BrowserLimitsMetric = MetricOf<BrowserLimitsTrial>;

export type QuantileMetric = Omit<Metric, 'unit' | 'value' | 'atLeast'> & {
  readonly distribution: DistributionName;
  readonly quantile: GridQuantile;
};

/**
 * A quantile within the trial, in ns; never of pooled trials, whose p99 would be that of the worst of them. Undefined where
 * the samples, or the separate stalls that make up its tail, are too few to bound it; a maximum is always what it is.
 */
export function quantileMetric({ distribution: name, ...metric }: QuantileMetric): Metric {
  return {
    ...metric,
    unit: 'ns',
    value: ({ distributions, windowNs }) => {
      const distribution = distributions[name];
      if (distribution === undefined || !supportsQuantile(metric.quantile, distribution, windowNs)) return undefined;
      return quantileOf(distribution, metric.quantile);
    },
  };
}
