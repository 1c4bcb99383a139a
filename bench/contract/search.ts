// Scenario `capacity`: one trial searches for the most streams at which the objectives hold. Each step of it is a whole
// steady trial in fresh processes; what is saved of a step is what its load was judged by.

import { z } from 'zod';

const count = z.int().nonnegative();
const streams = z.int().min(1);

/** `attainment.50ms >= 99%` or `delivery.p99 <= 50ms`: what must hold, where a threshold of --fail-if says what must not. */
const objectiveSchema = z.object({
  text: z.string(),
  /** Id of a metric of scenario `stream`, or `attainment`. */
  metric: z.string(),
  operator: z.enum(['<', '<=', '>', '>=']),
  /** In the metric's unit. */
  limit: z.number(),
  /** Of `attainment`: a token counts when it was received within this time of when it was due. */
  withinNs: z.number().positive().optional(),
});

export const searchPlanSchema = z.object({
  /** All of them must hold. */
  objectives: z.array(objectiveSchema).min(1),
  /** Where a search begins of which nothing is known. */
  firstStreams: streams,
  /** No step ever asks for more. */
  mostStreams: streams,
  /** 0.05: the answer lies between two loads of which the upper is 5 % above the lower. */
  width: z.number().positive().max(1),
  /** The two loads that decide are judged by the majority of up to so many steps; odd. */
  stepsPerLoad: z.int().min(1),
  maxSteps: z.int().min(2),
  /** The load generator verifies one stream of so many token by token, and counts the others; all when absent. */
  verifyOneIn: z.int().min(1).optional(),
  /** Loads of the load–latency curve. */
  curveLoads: z.int().min(2),
});

/** What a planned trial is to do: search from a load on, or measure the given loads once each. */
export const searchOrderSchema = z.discriminatedUnion('purpose', [
  z.object({
    purpose: z.literal('search'),
    startStreams: streams,
    /** Measured before the search: one load for all arms and blocks, well below what any of them carries. */
    headlineStreams: streams.optional(),
  }),
  z.object({ purpose: z.literal('curve'), streams: z.array(streams).min(1) }),
  /** The null arm at a load above every answer: whether the load generator could have carried more. */
  z.object({ purpose: z.literal('proof'), streams: z.array(streams).min(1) }),
]);

/** What a load can fail by; `harness` says that the load generator and not the server was at its end. */
export const constraints = ['loss', 'objective', 'backlog', 'harness'] as const;

export type Constraint = (typeof constraints)[number];

/** What the pacer of a trial's server did, and how many streams its load generator began: the harness's doing, whatever the arm. */
const pacingSchema = z.object({
  /** Mean time between its turns; absent of several servers, since each has turns of its own. */
  turnPeriodNs: z.number().optional(),
  tokensPerTurn: z.number().optional(),
  /** Median time from when a token was due to the turn that found it due. */
  dueToReadyNs: z.number(),
  starts: count,
});

const measuredStepSchema = z.object({
  offeredTokensPerSecond: z.number().nonnegative(),
  /** Received in the window; more than offered where an earlier backlog was worked off in it. */
  deliveredTokensPerSecond: z.number().nonnegative(),
  deliveryP50Ns: z.number().optional(),
  deliveryP99Ns: z.number().optional(),
  /** Delivery p50 of the window's last third less 1.2 times that of its first; undefined with too few tokens in either. */
  backlogNs: z.number().optional(),
  /** Tokens planned in the window, and those of them that were received by the end of the drain; absent in runs that were judged by what arrived in the window. */
  plannedTokens: count.optional(),
  receivedTokens: count.optional(),
  /** Values of the objectives' metrics, in their order; null where the window has too few samples for one. */
  objectives: z.array(z.number().nullable()),
  /** Streams that failed; tokens lost, repeated or damaged. */
  errors: count,
  integrityFaults: count,
  tokensPerRead: z.number().optional(),
  serverCpuNs: z.number().nonnegative(),
  serverTokens: count,
  windowNs: z.number().positive(),
  /** Share of the window in which the event loop did not wait. */
  serverUtilisation: z.number(),
  clientUtilisation: z.number(),
  pacing: pacingSchema.optional(),
});

const stepSchema = z.object({
  streams,
  /** Absent for a step whose processes failed: then the load counts as one that failed by loss. */
  measured: measuredStepSchema.optional(),
  /** Empty for a load that was carried. */
  failed: z.array(z.enum(constraints)),
  /** One sentence for each of them, in their order. */
  reasons: z.array(z.string()),
  /** Of the load generator, by id: missed in this step, whether or not that made the load fail. */
  missedGates: z.array(z.string()),
  /** Environment gates that were missed in this step, by id: what the machine did to it. */
  disturbedBy: z.array(z.string()),
});

export const searchEnds = ['found', 'harness', 'most', 'least', 'steps'] as const;

export const searchRecordSchema = z.object({
  /** At the load at which arms are compared otherwise than by what they carry; no part of the search. */
  headline: stepSchema.optional(),
  /** In the order in which they were measured; a load may be there several times. */
  steps: z.array(stepSchema),
  /**
   * How a search ended; absent where nothing was searched for. `harness`: at the load generator, `most`: at the highest load
   * that it may ask for (both: the answer is "at least"), `least`: not even the lowest load was carried, `steps`: before the two
   * loads that decide were next to each other and judged as often as planned.
   */
  end: z.enum(searchEnds).optional(),
  /** The highest load that was carried, and the lowest above it that was not; absent without one. */
  lowerStreams: streams.optional(),
  upperStreams: streams.optional(),
  /** What the load above the answer failed by, in any of its steps. */
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
