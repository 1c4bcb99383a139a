// Specification, counts of each process, and saved record of a trial with an injected fault.

import { z } from 'zod';
import { faultNames, type FaultName } from './faults.ts';
import { policyNames, type PolicyName } from './reconnect-policy.ts';
import { processUseSchema } from './process-use-schema.ts';

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const faultName = z.enum(faultNames as [FaultName, ...FaultName[]]);
const policyName = z.enum(policyNames as [PolicyName, ...PolicyName[]]);

/**
 * Limits of a server's replay: per stream by tokens and bytes, after the stream's end by time, over
 * all streams by bytes.
 */
export const resumeLimitsSchema = z.object({
  bufferTokens: z.int().nonnegative(),
  bufferBytes: z.int().nonnegative(),
  /** How long a stream is kept after its last token. */
  ttlNs: z.number().positive(),
  /**
   * Limit over all streams; beyond it buffers of streams without a receiver are dropped, those
   * longest without one first.
   */
  totalBytes: z.int().nonnegative(),
});

export type ResumeLimits = z.infer<typeof resumeLimitsSchema>;

/**
 * Buffers hold more than ten seconds of the fastest common stream; two minutes are also the default
 * of Socket.IO's recovery.
 */
export const DEFAULT_RESUME_LIMITS: ResumeLimits = {
  bufferTokens: 2048,
  bufferBytes: 1024 * 1024,
  ttlNs: 120e9,
  totalBytes: 256 * 1024 * 1024,
};

/**
 * Part of a trial's specification; without it streams end with their connections. Times in ns since
 * T0.
 */
export const recoverySpecificationSchema = z.object({
  fault: faultName,
  policy: policyName,
  faultNs: z.number().nonnegative(),
  /** Time from `faultNs` until the cause is over. */
  outageNs: z.number().nonnegative(),
  /**
   * False: the server keeps nothing, and a reconnected client continues with the tokens due then.
   */
  isResumable: z.boolean(),
  limits: resumeLimitsSchema,
  /** Interval between heartbeats, on every connection, busy or not; undefined for none. */
  heartbeatNs: z.number().positive().optional(),
  /** The SSE server's `retry`. */
  retryMs: z.int().positive(),
  /** No token is due for this long after the fault. */
  quietNs: z.number().positive().optional(),
  /** Share of clients that stop reading at the fault, for `outageNs`. */
  stopReadingShare: z.number().positive().max(1).optional(),
});

export type RecoverySpecification = z.infer<typeof recoverySpecificationSchema>;

/** Counts of a server for streams that outlive their connections, over its life. */
export const serverRecoverySchema = z.object({
  /** Connections that began a stream, and those that resumed one. */
  started: count,
  resumed: count,
  /**
   * Tokens replayed from the buffer because they were due before the connection was back, and their
   * bytes as written.
   */
  replayedTokens: count,
  replayedBytes: count,
  /** `gap` events, and requests for an unknown stream. */
  gaps: count,
  unknown: count,
  /** Tokens that came due while the stream had no receiver. */
  unheardTokens: count,
  /** Tokens evicted from a buffer, and streams evicted before their time to live was over. */
  evictedTokens: count,
  evictedStreams: count,
  peakBufferedBytes: count,
  /**
   * Connections that were replaced by a newer one of the same client, and those dropped because
   * they did not answer.
   */
  replaced: count,
  givenUp: count,
});

/** The server's connections and memory at one moment. */
export const peerCountSchema = z.object({
  /** TCP connections that the server holds open. */
  connections: count,
  /** Streams with a receiver, and all streams kept. */
  heard: count,
  streams: count,
  bufferedBytes: count,
  heapUsedBytes: count,
  rssBytes: count,
});

/**
 * A sequence of events that clients saw: `read ECONNRESET`, `wait`, `refused` … and the number of
 * such clients.
 */
const patternSchema = z.object({ events: z.array(z.string()), clients: count });

/** Counts of a load process in a trial with an injected fault. */
export const recoveryClientTallySchema = z.object({
  node: z.string(),
  use: processUseSchema,
  streamsPlanned: count,
  streamsStarted: count,
  /** Streams with every token once, in order or not, and the announced hash. */
  streamsWhole: count,
  /**
   * Streams that the server ended as not resumable (any more); and those whose policy forbids
   * another attempt.
   */
  streamsStopped: count,
  streamsGivenUp: count,
  /** Streams neither whole nor stopped nor given up when the time was over. */
  streamsUnfinished: count,
  tokensPlanned: count,
  /** All receipts; distinct tokens; receipts of a token that was received before. */
  tokensReceived: count,
  tokensDistinct: count,
  duplicated: count,
  reordered: count,
  corrupt: count,
  hashMismatches: count,
  /**
   * Tokens that are missing at the end, and of them those that the server declared missing (a
   * `gap`, or that the stream is unknown).
   */
  lost: count,
  lostDeclared: count,
  /** After the fault: attempts, those that were accepted, and the causes of the others. */
  attempts: count,
  accepted: count,
  attemptFailures: counts,
  /**
   * Lost connections after the fault, by how the stream detected it; `silent` for the heartbeat
   * rule.
   */
  losses: counts,
  /** The same before the fault: must be empty. */
  lossesBeforeFault: counts,
  patterns: z.array(patternSchema),
  bytesRead: count,
  bytesSent: count,
  startsUnissued: count,
  planSha256: z.string(),
});

/** Actions of the relay, as reported by itself. Times in ns since T0. */
export const relayFaultTallySchema = z.object({
  faultNs: z.number().optional(),
  healNs: z.number().optional(),
  /** Connections open when the fault came. */
  hit: count,
  /**
   * Connections closed for idleness; cut after a number of bytes; answered with a status. Refused
   * ones are counted by clients.
   */
  idleCuts: count,
  byteCuts: count,
  answered: count,
  held: count,
});

/** Kernel counters of the trial's network namespace: increase from the fault to the trial's end. */
export const kernelCountsSchema = z.object({
  listenOverflows: count.optional(),
  listenDrops: count.optional(),
  synRetransmits: count.optional(),
  segmentsRetransmitted: count.optional(),
});

/** Counts over time since the fault, in bins of `binNs`. */
const recoveryCurveSchema = z.object({
  binNs: z.number().positive(),
  attempts: z.array(count),
  accepted: z.array(count),
  /** Streams whose first unseen token came in this bin. */
  resumed: z.array(count),
});

/**
 * The saved recovery of one trial; the distributions over its clients are in the trial's
 * `distributions`.
 */
export const recoveryRecordSchema = z.object({
  fault: faultName,
  policy: policyName,
  isResumable: z.boolean(),
  heartbeatNs: z.number().optional(),
  /** Real times of the fault and of the end of its cause, ns since T0. */
  faultNs: z.number(),
  healNs: z.number().optional(),
  /**
   * Connections that the fault hit, as counted by the injecting process; undefined when it cannot
   * know.
   */
  hit: count.optional(),
  clients: count,
  /** Clients that noticed a loss after the fault; clients that got an unseen token after it. */
  noticed: count,
  resumed: count,
  /**
   * Clients that missed the rest of their stream: no unseen token came after the fault, though
   * there were some.
   */
  neverBack: count,
  /** Tokens due while the client had no connection, by plan. */
  tokensDueAway: count,
  client: recoveryClientTallySchema,
  /** Counts of the server that was running at the end. */
  server: serverRecoverySchema.optional(),
  relay: relayFaultTallySchema.optional(),
  curve: recoveryCurveSchema,
  /**
   * The server's peers just before the fault, after the time by which a dead peer should have been
   * noticed, and at the end.
   */
  peers: z.object({
    before: peerCountSchema.optional(),
    dead: peerCountSchema.optional(),
    end: peerCountSchema.optional(),
  }),
  kernel: kernelCountsSchema,
});

export type ServerRecovery = z.infer<typeof serverRecoverySchema>;
export type PeerCount = z.infer<typeof peerCountSchema>;
export type RecoveryPattern = z.infer<typeof patternSchema>;
export type RecoveryClientTally = z.infer<typeof recoveryClientTallySchema>;
export type RelayFaultTally = z.infer<typeof relayFaultTallySchema>;
export type KernelCounts = z.infer<typeof kernelCountsSchema>;
export type RecoveryCurve = z.infer<typeof recoveryCurveSchema>;
export type RecoveryRecord = z.infer<typeof recoveryRecordSchema>;
