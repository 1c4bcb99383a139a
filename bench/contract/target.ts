// A target is a server that is not this project's: the user's own, whatever it is written in. The
// harness knows how to ask it for a stream and how to read the answer, not what it will send.

import { z } from 'zod';
import { pathNames, type PathName } from './arms/paths.ts';
import { transportIds, type TransportId } from './arms/transports.ts';
import { dialectIds, type DialectId } from './dialects/dialect-ids.ts';
import { processUseSchema } from './process-use-schema.ts';

const count = z.int().nonnegative();

/** A target's server is started afresh with this for each trial. */
const targetStartSchema = z.object({
  /** The program and its arguments; `${PORT}` stands for a free port. */
  command: z.array(z.string()).min(1),
  /** The directory it is started in, absolute. */
  directory: z.string(),
  /** Variables of its environment besides those of the harness; `${PORT}` as above. */
  environment: z.record(z.string(), z.string()),
  /** A path that answers with a status below 500 when the server is ready; absent: it accepts. */
  readyPath: z.string().optional(),
  readyTimeoutNs: z.number().positive(),
});

const pointedSchema = z.strictObject({ pointer: z.string(), equals: z.json().exactOptional() });

/** JSON pointers (RFC 6901) lead to the parts of a dialect that is not on the list. */
export const targetPointersSchema = z.strictObject({
  /** It leads to the text of a token. */
  token: z.string(),
  /** It leads to a member that is there once the generation is finished, or has this value then. */
  finish: pointedSchema.exactOptional(),
  /** The message, as a whole, after which nothing follows. */
  terminator: z.string().exactOptional(),
  /** It leads to a member that is there only in an error. */
  error: z.string().exactOptional(),
  ping: pointedSchema.exactOptional(),
});

/** Placeholders that are no variables of the environment. */
export const OWN_PLACEHOLDERS: ReadonlySet<string> = new Set(['PROMPT', 'STREAM', 'PORT', 'MODEL']);

/** A dialect by its name, or found out from each answer. */
export const AUTO_DIALECT = 'auto';

/**
 * One arm's server and request. `${NAME}` in the URL, the headers, the body and the messages stands
 * for a variable of the environment, which is read by the load process only and never saved;
 * `${PROMPT}` for one of the prompts, `${STREAM}` for an id that no other stream has, `${PORT}` for
 * the port of a server that is started.
 */
const targetSchema = z.object({
  name: z.string(),
  /** Targets of one server are compared with each other; each with the first one when absent. */
  server: z.string().optional(),
  url: z.string(),
  /** The transport decides its colour and its place; the wire is read as it comes. */
  transport: z.enum(transportIds as [TransportId, ...TransportId[]]),
  dialect: z.enum([AUTO_DIALECT, ...dialectIds] as [string, ...string[]]),
  pointers: targetPointersSchema.optional(),
  method: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string().optional(),
  messages: z.array(z.string()).optional(),
  subprotocols: z.array(z.string()).optional(),
  /** Certificates are not checked. */
  isInsecure: z.literal(true).optional(),
  start: targetStartSchema.optional(),
  /** What stands between it and its clients; only where it is started. Loopback when absent. */
  path: z.enum(pathNames as [PathName, ...PathName[]]).optional(),
});

/** The flags from which the targets were read, so that the run can be repeated. */
const givenFlagsSchema = z.object({
  target: z.array(z.string()),
  dialect: z.string().optional(),
  method: z.string().optional(),
  header: z.array(z.string()).optional(),
  data: z.string().optional(),
  message: z.array(z.string()).optional(),
  model: z.string().optional(),
  prompts: z.string().optional(),
});

/** Streams of a trial that were recorded, and those that were not. */
const recordedCountSchema = z.object({
  streams: count,
  /** They began when as much was kept as may be. */
  leftOut: count,
  /** Recorded without their events, which spell a secret. */
  withheld: count,
});

export const targetsPlanSchema = z.object({
  targets: z.array(targetSchema).min(1),
  /** Poisson arrivals, whether or not earlier streams have ended. */
  startsPerSecond: z.number().positive(),
  /** Drawn from for each stream, alike in all arms of a block. */
  prompts: z.array(z.string()).min(1),
  /** Until the head, until the first event, and between two reads. */
  silenceNs: z.number().positive(),
  /** The whole stream. */
  totalNs: z.number().positive(),
  /** File or folder to which each stream is recorded; absent: none is. */
  recordTo: z.string().optional(),
  given: givenFlagsSchema,
});

const ns = z.number();

/** One stream, ns since T0; what did not happen is absent. */
const targetStreamSchema = z.object({
  plannedNs: ns,
  startNs: ns,
  connectNs: ns.optional(),
  secureNs: ns.optional(),
  headNs: ns.optional(),
  firstByteNs: ns.optional(),
  firstEventNs: ns.optional(),
  /** The first text of any channel. */
  firstTokenNs: ns.optional(),
  firstContentNs: ns.optional(),
  lastTokenNs: ns.optional(),
  endNs: ns,
  bytesRead: count,
  /** Reads that brought part of the answer. */
  reads: count,
  events: count,
  /** Events that brought text. */
  tokenEvents: count,
  /** As the server counts them; absent where the dialect does not tell. */
  outputTokens: count.optional(),
  isWhole: z.boolean(),
  /** Rung of completeness that was reached, and the highest that could be checked. */
  reached: count.optional(),
  checkable: count,
});

const streamCauseSchema = z.object({ cause: z.string(), count, example: z.string() });

/** Reads of the load process over one trial; only streams that began in the window are listed. */
const targetTallySchema = z.object({
  node: z.string(),
  use: processUseSchema,
  startsPlanned: count,
  startsIssued: count,
  /** Starts that were due while the most streams allowed were open, and were left out. */
  startsDropped: count,
  streams: z.array(targetStreamSchema),
  /** From one event with text to the next, and from one read to the next, of whole streams. */
  interTokenNs: z.array(ns),
  interChunkNs: z.array(ns),
  /** Streams open at the end of the window; absent from earlier records. */
  openAtEnd: count.optional(),
  /** Gaps beyond those that are kept. */
  gapsLeftOut: count,
  /** Reasons for which streams of the whole trial were not whole. */
  causes: z.array(streamCauseSchema),
  /** Streams by dialect that was found. */
  dialects: z.record(z.string(), count),
  httpVersions: z.array(z.string()),
  /** Each says what could not be checked, and of how many streams. */
  notCheckable: z.array(z.object({ why: z.string(), count })),
  /** SHA-256 of the content of all streams of the window in order; absent unless all were whole. */
  contentSha256: z.string().optional(),
  /** Absent unless streams are recorded. */
  recorded: recordedCountSchema.optional(),
});

/** The processes of a server that was started, over the window. */
const targetServerSchema = z.object({
  processes: count,
  cpuNs: z.number().nonnegative(),
  /** Sum of their proportional set sizes at the end of the window; absent without /proc. */
  pssBytes: z.number().nonnegative().optional(),
  /** The same when it was ready, before the first stream; absent from earlier records. */
  readyPssBytes: z.number().nonnegative().optional(),
});

export const targetRecordSchema = targetTallySchema
  .omit({ streams: true, interTokenNs: true, interChunkNs: true })
  .extend({
    /** Streams that began in the window: all, and those that arrived whole. */
    streams: count,
    whole: count,
    bytesRead: count,
    reads: count,
    events: count,
    tokenEvents: count,
    /** Count over the whole streams; absent where the dialect does not tell. */
    outputTokens: count.optional(),
    server: targetServerSchema.optional(),
  });

/** To the load process of a target. */
export const toTargetLoadSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('target-load'),
    target: targetSchema,
    plan: targetsPlanSchema.omit({ targets: true, given: true, recordTo: true }),
    /** Where its streams are recorded: an absolute path. */
    record: z.object({ path: z.string(), trial: count }).optional(),
    seed: z.int().nonnegative(),
    /** Most streams open at a time. */
    mostOpen: z.int().min(1),
    warmupNs: z.number().nonnegative(),
    windowNs: z.number().positive(),
    /** Absent unless the server was started by the run. */
    port: z.int().optional(),
  }),
  z.object({ kind: z.literal('start'), epochNs: z.string() }),
]);

export const fromTargetLoadSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('progress'), tokensReceived: count, openStreams: count }),
  z.object({ kind: z.literal('target-tally'), tally: targetTallySchema }),
]);

/** To the process that starts a server and ends it, come what may. */
export const toGuardSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('guard'),
    command: z.array(z.string()).min(1),
    directory: z.string(),
    environment: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal('stop') }),
]);

export const fromGuardSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('guarding'), pid: z.int() }),
  /** The server ended: how, and the last that it printed. */
  z.object({ kind: z.literal('ended'), how: z.string(), said: z.string() }),
  z.object({ kind: z.literal('stopped') }),
]);

export type TargetDialect = DialectId | typeof AUTO_DIALECT;
export type Target = z.infer<typeof targetSchema>;
export type TargetStart = z.infer<typeof targetStartSchema>;
export type TargetPointers = z.infer<typeof targetPointersSchema>;
export type TargetsPlan = z.infer<typeof targetsPlanSchema>;
export type GivenTargetFlags = z.infer<typeof givenFlagsSchema>;
export type TargetStream = z.infer<typeof targetStreamSchema>;
export type TargetTally = z.infer<typeof targetTallySchema>;
export type TargetRecord = z.infer<typeof targetRecordSchema>;
export type RecordedCount = z.infer<typeof recordedCountSchema>;
export type TargetServerUse = z.infer<typeof targetServerSchema>;
export type ToTargetLoad = z.infer<typeof toTargetLoadSchema>;
export type FromTargetLoad = z.infer<typeof fromTargetLoadSchema>;
export type ToGuard = z.infer<typeof toGuardSchema>;
export type FromGuard = z.infer<typeof fromGuardSchema>;
