// Scenario `capacity`: one trial searches for the most streams at which the objectives hold. Each
// step of it is a whole steady trial in fresh processes; the saved part of a step is the basis on
// which its load was judged.

import { z } from 'zod';

const count = z.int().nonnegative();
const streams = z.int().min(1);

/**
 * `attainment.50ms >= 99%` or `delivery.p99 <= 50ms`: a condition that must hold; a threshold of
 * --fail-if is one that must not.
 */
const objectiveSchema = z.object({
  text: z.string(),
  /** Id of a metric of scenario `stream`, or `attainment`. */
  metric: z.string(),
  operator: z.enum(['<', '<=', '>', '>=']),
  /** Limit in the metric's unit. */
  limit: z.number(),
  /**
   * Only for `attainment`: a token counts when it was received within this time after it was due.
   */
  withinNs: z.number().positive().optional(),
});

export const searchPlanSchema = z.object({
  /** All of them must hold. */
  objectives: z.array(objectiveSchema).min(1),
  /** First load of a search without an earlier result. */
  firstStreams: streams,
  /** Highest load of any step. */
  mostStreams: streams,
  /**
   * Relative width of the final bracket, 0.05: the upper of the two loads is 5 % above the lower.
   */
  width: z.number().positive().max(1),
  /** The two loads that decide are judged by the majority of up to so many steps; odd. */
  stepsPerLoad: z.int().min(1),
  maxSteps: z.int().min(2),
  /**
   * The load generator verifies one stream in this many token by token, and counts the others; all
   * when absent.
   */
  verifyOneIn: z.int().min(1).optional(),
  /** Number of loads of the load–latency curve. */
  curveLoads: z.int().min(2),
});

/** Task of a planned trial: search from a load on, or measure the given loads once each. */
export const searchOrderSchema = z.discriminatedUnion('purpose', [
  z.object({
    purpose: z.literal('search'),
    startStreams: streams,
    /**
     * Reference load, measured before the search: one for all arms and blocks, well below the
     * capacity of each of them.
     */
    headlineStreams: streams.optional(),
  }),
  z.object({ purpose: z.literal('curve'), streams: z.array(streams).min(1) }),
  /**
   * The null arm at a load above every answer: checks whether the load generator could have carried
   * more.
   */
  z.object({ purpose: z.literal('proof'), streams: z.array(streams).min(1) }),
]);

/** Reasons why a load can fail; `harness`: the load generator and not the server was saturated. */
export const constraints = ['loss', 'objective', 'backlog', 'harness'] as const;

export type Constraint = (typeof constraints)[number];

/**
 * Behaviour of the server's pacer, and streams begun by the load generator: caused by the harness,
 * whatever the arm.
 */
const pacingSchema = z.object({
  /**
   * Mean time between the pacer's turns; absent for several servers, since each has turns of its
   * own.
   */
  turnPeriodNs: z.number().optional(),
  tokensPerTurn: z.number().optional(),
  /** Median time from a token's due time to the turn that found it due. */
  dueToReadyNs: z.number(),
  starts: count,
});

const measuredStepSchema = z.object({
  offeredTokensPerSecond: z.number().nonnegative(),
  /**
   * Rate received in the window; above the offered rate when an earlier backlog was worked off in
   * it.
   */
  deliveredTokensPerSecond: z.number().nonnegative(),
  deliveryP50Ns: z.number().optional(),
  deliveryP99Ns: z.number().optional(),
  /**
   * Delivery p50 of the window's last third less 1.2 times that of its first; undefined with too
   * few tokens in either.
   */
  backlogNs: z.number().optional(),
  /**
   * Tokens planned in the window, and those received by the end of the drain; absent in older runs,
   * judged by receipts in the window.
   */
  plannedTokens: count.optional(),
  receivedTokens: count.optional(),
  /**
   * Values of the objectives' metrics, in their order; null when the window has too few samples for
   * one.
   */
  objectives: z.array(z.number().nullable()),
  /** Failed streams; tokens lost, duplicated or corrupt. */
  errors: count,
  integrityFaults: count,
  tokensPerRead: z.number().optional(),
  serverCpuNs: z.number().nonnegative(),
  serverTokens: count,
  windowNs: z.number().positive(),
  /** Event-loop utilisation over the window, 0–1. */
  serverUtilisation: z.number(),
  clientUtilisation: z.number(),
  pacing: pacingSchema.optional(),
});

const stepSchema = z.object({
  streams,
  /** Absent for a step whose processes failed: then the load counts as failed by loss. */
  measured: measuredStepSchema.optional(),
  /** Empty for a load that was carried. */
  failed: z.array(z.enum(constraints)),
  /** One sentence for each of them, in their order. */
  reasons: z.array(z.string()),
  /** Ids of load-generator gates missed in this step, whether or not that made the load fail. */
  missedGates: z.array(z.string()),
  /** Ids of environment gates missed in this step: disturbances by the machine. */
  disturbedBy: z.array(z.string()),
});

export const searchEnds = ['found', 'harness', 'most', 'least', 'steps'] as const;

export const searchRecordSchema = z.object({
  /**
   * Step at the reference load, at which arms are compared by metrics other than capacity; no part
   * of the search.
   */
  headline: stepSchema.optional(),
  /** Steps in the order of measurement; a load may occur several times. */
  steps: z.array(stepSchema),
  /**
   * How a search ended; absent without a search. `harness`: at the load generator's limit, `most`:
   * at the highest allowed load (both: the answer is "at least"), `least`: not even the lowest load
   * was carried, `steps`: at the step limit, before the two deciding loads were next to each other
   * and judged as often as planned.
   */
  end: z.enum(searchEnds).optional(),
  /**
   * The highest load that was carried, and the lowest above it that was not; absent without one.
   */
  lowerStreams: streams.optional(),
  upperStreams: streams.optional(),
  /** Reasons why the load above the answer failed, in any of its steps. */
  failedBy: z.array(z.enum(constraints)),
});

export type Objective = z.infer<typeof objectiveSchema>;
export type SearchPlan = z.infer<typeof searchPlanSchema>;
export type SearchOrder = z.infer<typeof searchOrderSchema>;
export type Pacing = z.infer<typeof pacingSchema>;
export type MeasuredStep = z.infer<typeof measuredStepSchema>;
export type SearchStep = z.infer<typeof stepSchema>;
export type SearchEnd = (typeof searchEnds)[number];
export type SearchRecord = z.infer<typeof searchRecordSchema>;
