// The part of an analysis about injected faults and the recovery from them. Pure values, saved
// within analysis.json.

import type { RecoveryPattern } from '../../contract/recovery.ts';
import type { LoadPoint, Plan } from '../../contract/run-file.ts';

/**
 * Points of the reconnect clock, all counted from the fault; each trial gives its median client.
 */
export const moments = ['detect', 'attempt', 'open', 'resumed', 'caughtUp'] as const;

export type Moment = (typeof moments)[number];

/**
 * Summary over trials: the median of the trials' p50 with the lowest and the highest, and of their
 * p95 and maximum.
 */
export interface MomentSummary {
  readonly p50Ns: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly p95Ns: number;
  readonly maxNs: number;
  /** Trials in which any client reached it, and clients that did, over all trials. */
  readonly trials: number;
  readonly clients: number;
}

/** Effects of a fault on one arm, added up over its measured trials unless stated otherwise. */
export interface FaultedArm {
  readonly arm: string;
  /** The arm in words, as in sentences. */
  readonly title: string;
  readonly trials: number;
  readonly moments: Readonly<Record<Moment, MomentSummary | undefined>>;
  /**
   * Time from the end of the cause to the first unseen token; the longest time without a token;
   * delivery of clients that read on.
   */
  readonly healToResumed: MomentSummary | undefined;
  readonly visibleGap: MomentSummary | undefined;
  readonly neighbourDelivery: MomentSummary | undefined;
  readonly beforeDelivery: MomentSummary | undefined;
  readonly clients: {
    readonly all: number;
    /** undefined when they could not be counted. */
    readonly hit: number | undefined;
    readonly noticed: number;
    readonly resumed: number;
    /** Clients that received no unseen token after the fault, though some were missing. */
    readonly neverBack: number;
    readonly whole: number;
    readonly stopped: number;
    readonly givenUp: number;
    readonly unfinished: number;
  };
  readonly tokens: {
    readonly planned: number;
    readonly distinct: number;
    readonly dueAway: number;
    readonly lost: number;
    readonly lostDeclared: number;
    readonly duplicated: number;
    readonly reordered: number;
    readonly corrupt: number;
    /** undefined when the server that counted them is gone. */
    readonly replayed: number | undefined;
    readonly replayedBytes: number | undefined;
  };
  readonly attempts: number;
  readonly accepted: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly attemptFailures: Readonly<Record<string, number>>;
  /** The most frequent first. */
  readonly patterns: readonly RecoveryPattern[];
  /** Mean over trials, bin by bin from the fault; `resumedShare` is cumulative, of all clients. */
  readonly curve: {
    readonly binNs: number;
    readonly attempts: readonly number[];
    readonly accepted: readonly number[];
    readonly resumedShare: readonly number[];
  };
  /** Connections that the server held: medians over trials. */
  readonly peers: {
    readonly before: number | undefined;
    readonly dead: number | undefined;
    readonly end: number | undefined;
  };
  /** Counters of the kernel, added up. */
  readonly kernel: {
    readonly listenOverflows: number | undefined;
    readonly listenDrops: number | undefined;
    readonly synRetransmits: number | undefined;
    readonly segmentsRetransmitted: number | undefined;
  };
  /**
   * Medians over trials: time from fault to the end of its cause; CPU share and highest loop
   * utilisation of the server at the end.
   */
  readonly outageNs: number | undefined;
  readonly serverCpuShare: number | undefined;
  readonly serverUtilisationMax: number | undefined;
}

/** One fault under one policy at one load. */
export interface FaultAnalysis {
  readonly loadPoint: LoadPoint;
  readonly isResumable: boolean;
  /**
   * The heartbeat rule of these trials; undefined without heartbeats, or when the policy does not
   * watch them.
   */
  readonly deadAfterNs: number | undefined;
  readonly arms: readonly FaultedArm[];
  /** One plain sentence on the outcome, made from these numbers. */
  readonly sentence: string;
}

export interface RecoveryAnalysis {
  readonly faults: readonly FaultAnalysis[];
  readonly absent: NonNullable<Plan['recovery']>['absent'];
}

/** The part of an analysis that only this scenario has. */
export interface RecoveryFindings {
  readonly recovery: RecoveryAnalysis;
}
