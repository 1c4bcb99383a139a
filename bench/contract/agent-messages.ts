// The messages of a controller and its agents over the broker. Both sides parse every
// message; each text, list and number of the wire is bounded.

import { z } from 'zod';
import { agentRoles, labelsSchema } from './agents.ts';
import { processReadingSchema } from './course.ts';
import { failedMessageSchema } from './messages.ts';
import { memorySchema, tcpInfoSchema, windowCallsSchema } from './run-file.ts';

/** Another number is another language. */
export const AGENT_PROTOCOL = 1;

/** Agents and controllers say this often that they are there. */
export const HEARTBEAT_MS = 500;
/** An agent that has not been heard for this long is lost to the trial. */
export const LOST_AFTER_MS = 2000;
/** An agent that has not heard its controller for this long ends what it runs. */
export const LEASE_MS = 3000;

const PREFIX = `streamduel.v${AGENT_PROTOCOL}`;

/** Subjects of the broker. */
export const subjects = {
  /** Everything of this program: what an account at the broker must be allowed. */
  all: `${PREFIX}.>`,
  discover: `${PREFIX}.discover`,
  agent: (id: string): string => `${PREFIX}.agent.${id}`,
  session: (session: string): string => `${PREFIX}.session.${session}`,
} as const;

const identifier = z.string().regex(/^[0-9a-f]{16}$/);
const text = z.string().min(1).max(200);
const count = z.int().nonnegative();
/** A point on a monotonic clock, ns: beyond 2^53 after 104 days of uptime. */
const instant = z.string().regex(/^\d{1,20}$/);
const port = z.int().min(1).max(65_535);

export const announcementSchema = z.object({
  protocol: z.int(),
  id: identifier,
  name: text,
  role: z.enum(agentRoles),
  labels: labelsSchema,
  /** The address at which others reach its servers and its clock. */
  address: text,
  clockPort: port,
  version: text,
  node: text,
  codeSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Differs between machines, and between two starts of one; empty when unknown. */
  bootId: z.string().max(64),
  timeNamespace: z.string().max(64),
  cpus: z.int().min(1),
  cpuModel: text,
  os: text,
  memoryBytes: z.number().nonnegative(),
  openFiles: count.optional(),
  localPorts: count.optional(),
  reusesPorts: z.boolean(),
  canPin: z.boolean(),
  /** The controller that it works for. */
  leasedBy: text.optional(),
});

export type Announcement = z.infer<typeof announcementSchema>;

export const MAX_PROCESSES_OF_AGENT = 64;
const processNumber = z.int().min(0).max(1023);
const seed = z
  .int()
  .min(0)
  .max(2 ** 32);

const startProcessSchema = z.object({
  kind: z.literal('start-process'),
  process: processNumber,
  /** Programs of this project; no other can be asked for. */
  program: z.enum(['server', 'load']),
  name: text,
  /** Index among those of its kind on one machine. */
  place: processNumber,
  setup: z.object({
    environmentPaddingBytes: z.int().min(0).max(65_536),
    serverCpu: z.int().min(0).max(4095).optional(),
    clientCpu: z.int().min(0).max(4095).optional(),
    serverFirst: z.boolean(),
    hashSeed: seed,
    randomSeed: seed.optional(),
    workingDirectoryBytes: z.int().min(0).max(1024).optional(),
  }),
});

export type StartProcess = z.infer<typeof startProcessSchema>;

const clockPlace = { host: text, port };

const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lease'), controller: text }),
  startProcessSchema,
  /** Parsed by the schema of the program before it gets it. */
  z.object({ kind: z.literal('tell'), process: processNumber, message: z.looseObject({}) }),
  z.object({
    kind: z.literal('exchange-clock'),
    ...clockPlace,
    exchanges: z.int().min(1).max(10_000),
  }),
  /** A few exchanges every second, until `stop-clock` asks for all of them. */
  z.object({ kind: z.literal('follow-clock'), ...clockPlace }),
  z.object({ kind: z.literal('stop-clock') }),
  z.object({ kind: z.literal('read-clock') }),
  z.object({ kind: z.literal('read-memory') }),
  z.object({ kind: z.literal('read-sockets'), ports: z.array(port).min(1).max(64) }),
  /** Readings of this machine and its processes over a window, answered by an event at its end. */
  z.object({
    kind: z.literal('watch'),
    epochNs: instant,
    fromNs: z.number().nonnegative(),
    toNs: z.number().positive(),
    stallAtNs: z.number().nonnegative().optional(),
  }),
  z.object({ kind: z.literal('measure-stamps'), process: processNumber }),
  z.object({ kind: z.literal('read-stamps'), process: processNumber, part: count }),
  /** Ends all processes, and removes what they left. */
  z.object({ kind: z.literal('end-trial') }),
]);

export type Order = z.infer<typeof orderSchema>;

/** Parts of a stamp file, well below the 1 MiB that a broker takes by default. */
export const STAMPS_PART_BYTES = 512 * 1024;

/** To one agent. A lease has the first number; each further order has the next one. */
export const toAgentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('order'), session: identifier, sequence: count, order: orderSchema }),
  z.object({ kind: z.literal('keep'), session: identifier }),
  z.object({ kind: z.literal('release'), session: identifier }),
]);

export type ToAgent = z.infer<typeof toAgentSchema>;

/** The exchange in which the two clocks were closest bounded: the other clock minus the agent's. */
const clockReadingSchema = z.object({
  /** On the agent's clock. */
  atNs: instant,
  lowNs: z.number(),
  highNs: z.number(),
  exchanges: count,
});

export type ClockReading = z.infer<typeof clockReadingSchema>;

const hostReadingsSchema = z.object({
  stealMean: z.number().optional(),
  stealMax: z.number().optional(),
  busyNs: z.number().optional(),
  ownNs: z.number(),
  wallNs: z.number(),
  cpus: z.int().min(1),
  throttledNs: z.number().optional(),
  swappedInPages: z.number().optional(),
  outOfMemoryKills: z.number().optional(),
});

/** An hour has 3,600 of them. */
const MAX_READINGS = 10_000;

const machineReadingsSchema = z.object({
  host: hostReadingsSchema,
  calls: windowCallsSchema.optional(),
  processes: z.array(processReadingSchema).max(MAX_READINGS).optional(),
  resident: z
    .object({
      beforeBytes: z.number().optional(),
      peakBytes: z.number().optional(),
      endBytes: z.number().optional(),
    })
    .optional(),
  tracers: z.array(text).max(16),
});

/** Answers to orders, by their kind. */
export const answers = {
  lease: z.object({}),
  'start-process': z.object({ pid: z.int() }),
  /** Called with a time before which the process had the message. */
  tell: z.object({ atNs: instant }),
  'exchange-clock': clockReadingSchema,
  'follow-clock': z.object({}),
  'stop-clock': z.object({ readings: z.array(clockReadingSchema).max(MAX_READINGS) }),
  'read-clock': z.object({ atNs: instant }),
  'read-memory': z.object({ servers: memorySchema.optional() }),
  'read-sockets': z.object({ tcp: tcpInfoSchema.optional() }),
  watch: z.object({}),
  'measure-stamps': z.object({ bytes: count, sha256: z.string().length(64) }),
  'end-trial': z.object({}),
} as const satisfies Partial<Record<Order['kind'], z.ZodType>>;

/** A refused order; an answer has its own schema. */
export const refusalSchema = z.object({
  refused: failedMessageSchema.pick({ code: true, message: true, hint: true }),
});

const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('heartbeat'),
    processes: z
      .array(z.object({ process: processNumber, isStopped: z.boolean() }))
      .max(MAX_PROCESSES_OF_AGENT),
  }),
  z.object({ kind: z.literal('said'), process: processNumber, message: z.looseObject({}) }),
  z.object({
    kind: z.literal('failed'),
    process: processNumber,
    code: z.string().max(64),
    message: z.string().max(10_000),
    hint: z.string().max(2000).optional(),
  }),
  z.object({ kind: z.literal('watched'), readings: machineReadingsSchema }),
  z.object({ kind: z.literal('leaving'), why: text }),
]);

export type AgentEvent = z.infer<typeof eventSchema>;

/** From an agent to its controller: a number that is left out is a message that was lost. */
export const fromAgentSchema = z.object({ sequence: count, event: eventSchema });
