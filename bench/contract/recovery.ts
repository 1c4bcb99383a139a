// What the processes of a trial that breaks something must agree on, what each of them counts, and what is saved of it.

import { z } from 'zod';
import { faultNames, type FaultName } from './faults.ts';
import { policyNames, type PolicyName } from './reconnect-policy.ts';
import { processUseSchema } from './process-use-schema.ts';

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const faultName = z.enum(faultNames as [FaultName, ...FaultName[]]);
const policyName = z.enum(policyNames as [PolicyName, ...PolicyName[]]);

/** How far back a server can replay: per stream by tokens and bytes, after the stream's end by time, over all by bytes. */
export const resumeLimitsSchema = z.object({
  bufferTokens: z.int().nonnegative(),
  bufferBytes: z.int().nonnegative(),
  /** How long a stream is kept after its last token. */
  ttlNs: z.number().positive(),
  /** Over all streams; beyond it the buffers of those that nobody listens to are dropped, the longest unheard first. */
  totalBytes: z.int().nonnegative(),
});

export type ResumeLimits = z.infer<typeof resumeLimitsSchema>;

/** Ten seconds of the fastest common stream and more; two minutes are the default of Socket.IO's recovery too. */
export const DEFAULT_RESUME_LIMITS: ResumeLimits = {
  bufferTokens: 2048,
  bufferBytes: 1024 * 1024,
  ttlNs: 120e9,
  totalBytes: 256 * 1024 * 1024,
};

/** Part of a trial's specification; without it streams end with their connections. Times in ns since T0. */
export const recoverySpecificationSchema = z.object({
  fault: faultName,
  policy: policyName,
  faultNs: z.number().nonnegative(),
  /** From `faultNs` until the cause is over. */
  outageNs: z.number().nonnegative(),
  /** False: the server keeps nothing, and who comes back goes on with what is due then. */
  isResumable: z.boolean(),
  limits: resumeLimitsSchema,
  /** Between heartbeats, on every connection, busy or not; undefined for none. */
  heartbeatNs: z.number().positive().optional(),
  /** What the SSE server sends as `retry`. */
  retryMs: z.int().positive(),
  /** No token is due from the fault on for this long. */
  quietNs: z.number().positive().optional(),
  /** Share of clients that stop reading at the fault, for `outageNs`. */
  stopReadingShare: z.number().positive().max(1).optional(),
});

export type RecoverySpecification = z.infer<typeof recoverySpecificationSchema>;

/** What a server did about streams that outlive their connections, over its life. */
export const serverRecoverySchema = z.object({
  /** Connections that began a stream, and those that came back to one. */
  started: count,
  resumed: count,
  /** Tokens sent from the buffer because they were due before the connection came back, and their bytes as written. */
  replayedTokens: count,
  replayedBytes: count,
  /** `gap` events, and requests for a stream that is not known. */
  gaps: count,
  unknown: count,
  /** Tokens that came due while nobody listened. */
  unheardTokens: count,
  /** Tokens that fell out of a buffer, and streams that were forgotten before their time to live was over. */
  evictedTokens: count,
  evictedStreams: count,
  peakBufferedBytes: count,
  /** Connections that were replaced by a newer one of the same client, and those given up because they did not answer. */
  replaced: count,
  givenUp: count,
});

/** The server's connections and memory at one moment. */
export const peerCountSchema = z.object({
  /** TCP connections that the server holds open. */
  connections: count,
  /** Streams with a receiver, and all that are kept. */
  heard: count,
  streams: count,
  bufferedBytes: count,
  heapUsedBytes: count,
  rssBytes: count,
});

/** What clients saw, in order: `read ECONNRESET`, `wait`, `refused` … and how many of them. */
const patternSchema = z.object({ events: z.array(z.string()), clients: count });

/** What a load process counted in a trial that breaks something. */
export const recoveryClientTallySchema = z.object({
  node: z.string(),
  use: processUseSchema,
  streamsPlanned: count,
  streamsStarted: count,
  /** Every token once, in order or not, and the announced hash. */
  streamsWhole: count,
  /** Told that there is nothing (more) to come back to; and those whose policy forbids another attempt. */
  streamsStopped: count,
  streamsGivenUp: count,
  /** Neither whole nor stopped nor given up when the time was over. */
  streamsUnfinished: count,
  tokensPlanned: count,
  /** Every receipt; distinct tokens; receipts of a token that was there already. */
  tokensReceived: count,
  tokensDistinct: count,
  duplicated: count,
  reordered: count,
  corrupt: count,
  hashMismatches: count,
  /** Tokens that are missing at the end, and of them those that the server declared missing (a `gap`, or that the stream is unknown). */
  lost: count,
  lostDeclared: count,
  /** After the fault: attempts, those that were accepted, and the causes of the others. */
  attempts: count,
  accepted: count,
  attemptFailures: counts,
  /** How streams learnt that their connection was lost, by cause; `silent` for the heartbeat rule. After the fault. */
  losses: counts,
  /** The same before the fault: must be empty. */
  lossesBeforeFault: counts,
  patterns: z.array(patternSchema),
  bytesRead: count,
  bytesSent: count,
  startsUnissued: count,
  planSha256: z.string(),
});

/** What the relay did, by its own account. Times in ns since T0. */
export const relayFaultTallySchema = z.object({
  faultNs: z.number().optional(),
  healNs: z.number().optional(),
  /** Connections that stood when the fault came. */
  hit: count,
  /** Connections closed for idleness; cut after so many bytes; answered with a status; refused is what clients count. */
  idleCuts: count,
  byteCuts: count,
  answered: count,
  held: count,
});

/** Kernel counters of the trial's network namespace: what was added from the fault to the trial's end. */
export const kernelCountsSchema = z.object({
  listenOverflows: count.optional(),
  listenDrops: count.optional(),
  synRetransmits: count.optional(),
  segmentsRetransmitted: count.optional(),
});

/** Since the fault, in bins of `binNs`. */
const recoveryCurveSchema = z.object({
  binNs: z.number().positive(),
  attempts: z.array(count),
  accepted: z.array(count),
  /** Streams whose first unseen token came in this bin. */
  resumed: z.array(count),
});

/** The recovery of one trial as it is saved; the distributions over its clients are in the trial's `distributions`. */
export const recoveryRecordSchema = z.object({
  fault: faultName,
  policy: policyName,
  isResumable: z.boolean(),
  heartbeatNs: z.number().optional(),
  /** When it really happened and when its cause was over, ns since T0. */
  faultNs: z.number(),
  healNs: z.number().optional(),
  /** Connections that the fault hit, as whoever injected it counted them; undefined where it cannot know. */
  hit: count.optional(),
  clients: count,
  /** Noticed a loss after the fault; got an unseen token after it. */
  noticed: count,
  resumed: count,
  /** Missed the rest of their stream: no unseen token came after the fault, though there were some. */
  neverBack: count,
  /** Due while the client had no connection, by plan. */
  tokensDueAway: count,
  client: recoveryClientTallySchema,
  /** Of the server that was there at the end. */
  server: serverRecoverySchema.optional(),
  relay: relayFaultTallySchema.optional(),
  curve: recoveryCurveSchema,
  /** The server's peers just before the fault, after the time in which a dead one should have been noticed, and at the end. */
  peers: z.object({ before: peerCountSchema.optional(), dead: peerCountSchema.optional(), end: peerCountSchema.optional() }),
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
