// Agents in a plan and in a trial's record: how many measure, and what each did.

import { z } from 'zod';

export const agentRoles = ['load', 'server', 'both'] as const;
export type AgentRole = (typeof agentRoles)[number];
/** The part of an agent in a trial. */
export type AgentPart = Exclude<AgentRole, 'both'>;

export const LABEL_NAME = /^[A-Za-z0-9][\w./-]{0,62}$/;
export const LABEL_VALUE = /^[\w.-]{1,63}$/;
export const MAX_LABELS = 16;

export const labelsSchema = z
  .record(z.string().regex(LABEL_NAME), z.string().regex(LABEL_VALUE))
  .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `at most ${MAX_LABELS} labels`);

const count = z.int().nonnegative();

const shareSchema = z.object({
  agent: z.string(),
  part: z.enum(['load', 'server']),
  address: z.string(),
  /** Agents with the same number share a machine. */
  machine: count,
  cpus: z.int().min(1),
  cpuModel: z.string(),
  streams: count,
  tokens: count,
  /** Its T0 minus that of the reference, as all exchanges of the trial show it, and how sure that is. */
  skewNs: z.number(),
  clockBoundNs: z.number().nonnegative(),
  exchanges: count,
  /** Its clock gains this much on the reference. */
  driftPerMillion: z.number(),
  /** By this much at least its clock left a steady drift; 0 when it need not have. */
  deviationNs: z.number().nonnegative(),
  /** From when it had the order to start until T0. */
  startLeadNs: z.number(),
});

/** A trial whose processes ran on agents has this in its record. */
export const agentsRecordSchema = z.object({
  /** The agent whose clock the others are held against: the first server's. */
  reference: z.string(),
  shares: z.array(shareSchema).min(2),
});

export type AgentsRecord = z.infer<typeof agentsRecordSchema>;
export type AgentShare = AgentsRecord['shares'][number];

/** How many agents measure a plan, and the labels that they must have. */
export const agentsPlanSchema = z.object({
  load: z.int().min(1),
  server: z.int().min(1),
  labels: labelsSchema.optional(),
});

export type AgentsPlan = z.infer<typeof agentsPlanSchema>;
