// Messages between the orchestrator and its child processes over the IPC channel. Both sides parse
// every message on arrival, so a process of another version causes a clear error and not a strange
// number.

import { z } from 'zod';
import { arrivalsSpecificationSchema } from './arrivals.ts';
import { clientStackIds, type ClientStack } from './arms/stacks.ts';
import { transportIds, type TransportId } from './arms/transports.ts';
import { writesOf, type Writes } from './arms/writes.ts';
import { payloadNames, type PayloadName } from './payload.ts';
import { certificateSchema } from './certificate.ts';
import { clockBoundSchema } from './clock-proof.ts';
import { injectionSchema } from './injection.ts';
import { relayFaultSchema } from './faults.ts';
import {
  peerCountSchema,
  recoveryClientTallySchema,
  recoverySpecificationSchema,
} from './recovery.ts';
import {
  clientTallySchema,
  openCountSchema,
  relayTallySchema,
  serverTallySchema,
} from './tally.ts';
import { browserLimitsPlanSchema, browserLimitsTallySchema } from './browser-limits.ts';
import { completionsPlanSchema, completionsTallySchema } from './completions.ts';
import { connectingSpecificationSchema } from './connecting.ts';
import { uplinkNames, type Uplink } from './arms/uplink.ts';
import { duplexClientTallySchema, duplexPlanSchema } from './duplex.ts';
import { proxyCellsPlanSchema, proxyCellsTallySchema } from './proxy-cells.ts';
import { turnsSpecificationSchema, turnsTallySchema } from './turns.ts';
import { steersPlanSchema, steersTallySchema } from './steers.ts';
import { stopsPlanSchema, stopsTallySchema } from './stops.ts';
import { ladderReadingSchema } from './ladder.ts';
import { largeMessagesSchema } from './large-messages.ts';
import { stallSpecificationSchema } from './stall.ts';
import { timetableSchema } from './timetable.ts';
import { workloadSchema } from './workload.ts';

/**
 * Everything that a server and a client must agree on for one trial. Both plan the same streams
 * from it.
 */
const trialSpecificationSchema = z.object({
  transport: z.enum(transportIds as [TransportId, ...TransportId[]]),
  /** Absent for the default behaviour of the transport's library. */
  writes: z.enum(Object.keys(writesOf) as [Writes, ...Writes[]]).optional(),
  /** Streams that the client puts on a connection or, where it decides that itself, that the server allows. */
  streamsPerConnection: z.int().min(1).optional(),
  /** Set for an arm over TLS. */
  tls: certificateSchema.optional(),
  client: z.enum(clientStackIds as [ClientStack, ...ClientStack[]]),
  connections: z.int().min(1),
  workload: workloadSchema,
  payload: z.enum(payloadNames as [PayloadName, ...PayloadName[]]),
  workloadSeed: z.int().nonnegative(),
  /** Tokens streamed before T0 to warm both processes up, at the same rate in every arm. */
  rehearsalTokens: z.int().nonnegative(),
  /**
   * Times in ns after T0: the window is [warmupNs, warmupNs + windowNs); streams go on for the tail
   * after it.
   */
  rampNs: z.number().nonnegative(),
  warmupNs: z.number().nonnegative(),
  /**
   * The first streams, which have a ramp of their own and run alone until the others start at
   * `untilNs`.
   */
  lowPhase: z
    .object({ connections: z.int().nonnegative(), untilNs: z.number().positive() })
    .optional(),
  windowNs: z.number().positive(),
  tailNs: z.number().nonnegative(),
  /**
   * When both processes collect their garbage, ns since T0; shortly before the window when absent.
   */
  collectNs: z.number().nonnegative().optional(),
  /** Time limit for streams to end after the tail. */
  drainNs: z.number().positive(),
  /**
   * One stream in this many is verified token by token; the others by their number of tokens and
   * bytes. Absent: all of them.
   */
  verifyOneIn: z.int().min(1).optional(),
  /** A receiver that is this far behind, in bytes, is cut off as a slow consumer. */
  backpressureBytes: z.int().positive(),
  injection: injectionSchema.optional(),
  /**
   * A fault is injected; streams outlive their connections. Every slot then has one stream, from
   * its start in the ramp to the end.
   */
  recovery: recoverySpecificationSchema.optional(),
  /** Streams follow this timetable instead of forming a steady population. */
  timetable: timetableSchema.optional(),
  /** Streams arrive by a trace or a model instead of forming a steady population. */
  arrivals: arrivalsSpecificationSchema.optional(),
  /** Some receivers stop reading at this moment, for good. */
  stall: stallSpecificationSchema.optional(),
  /** Some tokens are large messages; only on a timetable. */
  large: largeMessagesSchema.optional(),
  /** Defines how streams get their connections; absent: each opens a new one. */
  connecting: connectingSpecificationSchema.optional(),
  /** No stream is planned: each connection requests the next as soon as the last has ended. */
  completions: completionsPlanSchema.optional(),
  /** No stream is planned: pages of one browser request more than it opens. */
  browserLimits: browserLimitsPlanSchema.optional(),
  /** Streams are not planned: a few are requested for each cell of a table. */
  proxyCells: proxyCellsPlanSchema.optional(),
  /** No stream is planned: both ends of each session send frames. */
  duplex: duplexPlanSchema.optional(),
  /** How the client sends them, where the stream's connection only leads to it. */
  uplink: z.enum(uplinkNames as [Uplink, ...Uplink[]]).optional(),
  /** No stream is planned: one client asks for turn after turn of a conversation. */
  turns: turnsSpecificationSchema.optional(),
  /** The same, for each way of stopping a stream that runs. */
  stops: stopsPlanSchema.optional(),
  /** The same, for each way of giving input to a stream that runs. */
  steers: steersPlanSchema.optional(),
  /** The browser to start, for a client stack that is one; the first one found when absent. */
  browser: z.string().optional(),
  /** Address on which the server listens. */
  host: z.string(),
  /** 0 lets the kernel choose. */
  port: z.int().min(0).max(65_535),
});

export type TrialSpecification = z.infer<typeof trialSpecificationSchema>;

/** The `index`-th of `of` equal shares. */
const sliceSchema = z.object({ index: z.int().nonnegative(), of: z.int().min(1) });

export type Slice = z.infer<typeof sliceSchema>;

const startMessage = z.object({ kind: z.literal('start'), epochNs: z.string() });
/** Sent by a child process that cannot go on; see child-link.ts. */
export const failedMessageSchema = z.object({
  kind: z.literal('failed'),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

export const toServerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('serve'),
    specification: trialSpecificationSchema,
    stampsFile: z.string(),
    /**
     * Socket of the process that simulates a model and writes the tokens of this server's streams.
     */
    upstreamSocket: z.string().optional(),
    /**
     * For a server that takes over from another: it prepares, sends `prepared` and listens on
     * `listen`.
     */
    standby: z.object({ keepsState: z.boolean() }).optional(),
  }),
  startMessage,
  z.object({ kind: z.literal('listen'), port: z.int() }),
  z.object({ kind: z.literal('count-open') }),
  /** Ends all connections in good order; the streams go on. */
  z.object({ kind: z.literal('close-connections') }),
  z.object({ kind: z.literal('count-peers') }),
  /**
   * Requests the server's own readings of CPU, tokens and heap; `collect` forces full collections
   * first.
   */
  z.object({ kind: z.literal('read-ladder'), collect: z.boolean() }),
  z.object({ kind: z.literal('stop') }),
]);

export const fromServerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('listening'),
    port: z.int(),
    clockPort: z.int(),
    timeNamespace: z.string(),
  }),
  z.object({ kind: z.literal('prepared') }),
  z.object({ kind: z.literal('open-count'), open: openCountSchema }),
  z.object({ kind: z.literal('connections-closed'), connections: z.int().nonnegative() }),
  z.object({ kind: z.literal('ladder-reading'), reading: ladderReadingSchema }),
  z.object({ kind: z.literal('peer-count'), peers: peerCountSchema }),
  z.object({ kind: z.literal('tally'), tally: serverTallySchema }),
]);

export const toClientSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('load'),
    specification: trialSpecificationSchema,
    stampsFile: z.string(),
    host: z.string(),
    port: z.int(),
    clockPort: z.int(),
    /**
     * With several load processes, each runs the slots whose number leaves this remainder. Absent:
     * all of them.
     */
    slice: sliceSchema.optional(),
    /** The forward proxy on the way to that address, on the same host; absent for none. */
    through: z.object({ port: z.int(), upgrades: z.enum(['tunnelled', 'forwarded']) }).optional(),
    /** Source addresses, used in turn; the kernel chooses when absent. */
    localAddresses: z.array(z.string()).min(1).optional(),
  }),
  startMessage,
]);

export const fromClientSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    clock: clockBoundSchema,
    timeNamespace: z.string(),
    rehearsalNs: z.number(),
  }),
  z.object({ kind: z.literal('progress'), tokensReceived: z.int(), openStreams: z.int() }),
  z.object({ kind: z.literal('tally'), tally: clientTallySchema, clock: clockBoundSchema }),
  z.object({
    kind: z.literal('completions-tally'),
    tally: completionsTallySchema,
    clock: clockBoundSchema,
  }),
  z.object({
    kind: z.literal('browser-limits-tally'),
    tally: browserLimitsTallySchema,
    clock: clockBoundSchema,
  }),
  z.object({ kind: z.literal('stops-tally'), tally: stopsTallySchema, clock: clockBoundSchema }),
  z.object({ kind: z.literal('steers-tally'), tally: steersTallySchema, clock: clockBoundSchema }),
  z.object({
    kind: z.literal('proxy-cells-tally'),
    tally: proxyCellsTallySchema,
    clock: clockBoundSchema,
  }),
  z.object({ kind: z.literal('turns-tally'), tally: turnsTallySchema, clock: clockBoundSchema }),
  z.object({
    kind: z.literal('duplex-tally'),
    tally: duplexClientTallySchema,
    clock: clockBoundSchema,
  }),
  z.object({
    kind: z.literal('recovery-tally'),
    tally: recoveryClientTallySchema,
    clock: clockBoundSchema,
  }),
]);

/**
 * The relay of path `relay`: bytes to the client are held for `delayNs`, those to the server pass
 * at once; `fault` comes at `faultNs`.
 */
export const toRelaySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('relay'),
    host: z.string(),
    serverPort: z.int(),
    delayNs: z.number().nonnegative(),
    /** Bytes to all clients together, from T0 on; absent for no limit. */
    bytesPerSecond: z.number().positive().optional(),
    /** Round trip that is added from T0 on; absent for none. */
    roundTripNs: z.number().positive().optional(),
    /** Bytes to the server, of all clients together, from T0 on; absent for no limit. */
    uplinkBytesPerSecond: z.number().positive().optional(),
    fault: relayFaultSchema.optional(),
    /** Ns since T0. */
    faultNs: z.number().nonnegative().optional(),
  }),
  startMessage,
  z.object({ kind: z.literal('stop') }),
]);

export const fromRelaySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('relaying'), port: z.int() }),
  z.object({ kind: z.literal('tally'), tally: relayTallySchema }),
]);

/**
 * The process that owns a real proxy: it starts the proxy, says when it listens, and fails when it
 * ends by itself.
 */
export const toProxySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run-proxy'),
    title: z.string(),
    program: z.string(),
    arguments: z.array(z.string()),
    folder: z.string(),
    port: z.int(),
    /** It leads to the server once it answers a request for this with 200; absent: once it listens. */
    readyPath: z.string().optional(),
    /** Files outside of its folder that it leaves when it is killed. */
    leftovers: z.array(z.string()),
  }),
  z.object({ kind: z.literal('stop') }),
]);

export const fromProxySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('passing'), pid: z.int() }),
  z.object({ kind: z.literal('stopped') }),
]);

export type ToProxy = z.infer<typeof toProxySchema>;
export type FromProxy = z.infer<typeof fromProxySchema>;
export type ToRelay = z.infer<typeof toRelaySchema>;
export type FromRelay = z.infer<typeof fromRelaySchema>;
export type ToServer = z.infer<typeof toServerSchema>;
export type FromServer = z.infer<typeof fromServerSchema>;
export type ToClient = z.infer<typeof toClientSchema>;
export type FromClient = z.infer<typeof fromClientSchema>;
