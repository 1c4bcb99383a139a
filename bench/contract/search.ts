// Scenario `capacity`: one trial searches for the most streams at which the objective holds. Each step of it is a whole
// steady trial in fresh processes; what is saved of a step is what its load was judged by.

import { z } from 'zod';

const count = z.int().nonnegative();

/** `delivery.p99 <= 50ms`: what must hold, where a threshold of --fail-if says what must not. */
export const objectiveSchema = z.object({
  text: z.string(),
  /** Id of a metric of scenario `stream`. */
  metric: z.string(),
  operator: z.enum(['<', '<=', '>', '>=']),
  /** In the metric's unit. */
  limit: z.number(),
});

export const searchPlanSchema = z.object({
  /** All of them must hold. */
  objectives: z.array(objectiveSchema).min(1),
  /** The grid of loads begins here, streams; each further load is `width` above the one before, so both arms share it. */
  firstStreams: z.int().min(1),
  mostStreams: z.int().min(1),
  /** 0.05: the answer lies between two loads of which the upper is 5 % above the lower. */
  width: z.number().positive().max(1),
  maxSteps: z.int().min(2),
});

/** What a load can fail by; `harness` says that the load generator and not the server was at its end. */
export const constraints = ['loss', 'objective', 'backlog', 'harness'] as const;

export type Constraint = (typeof constraints)[number];

export const stepSchema = z.object({
  streams: count,
  /** Place on the grid of loads. */
  place: z.int(),
  offeredTokensPerSecond: z.number(),
  deliveredTokensPerSecond: z.number(),
  deliveryP50Ns: z.number().optional(),
  deliveryP99Ns: z.number().optional(),
  /** Delivery p50 of the last third of the window less 1.2 times that of its first. */
  backlogNs: z.number().optional(),
  /** Values of the objectives' metrics, in their order. */
  objectives: z.array(z.number().optional()),
  errors: count,
  tokensPerRead: z.number().optional(),
  serverCpuNs: z.number(),
  serverTokens: count,
  windowNs: z.number().positive(),
  serverUtilisation: z.number(),
  clientUtilisation: z.number(),
  /** Empty for a load that was carried. */
  failed: z.array(z.enum(constraints)),
  /** In words, for what failed. */
  reasons: z.array(z.string()),
});

export const searchRecordSchema = z.object({
  purpose: z.enum(['search', 'curve', 'proof']),
  /** In the order in which they were measured; a load may be there several times. */
  steps: z.array(stepSchema),
  /** The highest load that was carried, and the lowest above it that was not; undefined without one. */
  lowerStreams: count.optional(),
  upperStreams: count.optional(),
  /** What the load above the answer failed by. */
  failedBy: z.array(z.enum(constraints)),
});

export type Objective = z.infer<typeof objectiveSchema>;
export type SearchPlan = z.infer<typeof searchPlanSchema>;
export type SearchStep = z.infer<typeof stepSchema>;
export type SearchRecord = z.infer<typeof searchRecordSchema>;
