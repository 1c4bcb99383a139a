// Counts of one child process in one trial. Everything in ns and bytes; undefined when the machine
// cannot tell.

import { z } from 'zod';
import { browserTallySchema } from './browser.ts';
import { keptTallySchema, tlsSessionTallySchema } from './connecting.ts';
import { duplexServerTallySchema } from './duplex.ts';
import { processUseSchema } from './process-use-schema.ts';
import { goneClientSchema, takenStreamSchema } from './proxy-cells.ts';
import { servedTurnsSchema } from './served-turns.ts';
import { relayFaultTallySchema, serverRecoverySchema } from './recovery.ts';
import { stalledStreamSchema } from './stall.ts';
import { serverSteerSchema } from './steers.ts';
import { serverStopSchema } from './stops.ts';

const count = z.int().nonnegative();

/**
 * Totals written so far by the streams open at one moment; the prelude is what precedes the first
 * token.
 */
export const openCountSchema = z.object({
  streams: count,
  tokens: count,
  bytes: count,
  preludeBytes: count,
});

export const serverTallySchema = z.object({
  node: z.string(),
  use: processUseSchema,
  /** Tokens and bytes written within the window as the process itself bounded it. */
  windowTokens: count,
  windowBytes: count,
  tokensWritten: count,
  streamsOpened: count,
  streamsFinished: count,
  /** Streams that ended before their last token, by cause. */
  streamsCut: z.record(z.string(), count),
  /**
   * Bytes that the sockets of finished streams accepted, heads included; without streams whose
   * receiver stopped reading.
   */
  bytesWritten: count,
  /**
   * Bytes of the response heads of finished streams: status line and fields, as the server wrote
   * them.
   */
  headBytes: count,
  /** Tokens that followed another of the same stream within one pacer tick. */
  sameTickTokens: count,
  /** Tokens written before they were due: must be 0. */
  earlyTokens: count,
  /** Streams whose socket reported backpressure at least once. */
  backpressured: count,
  /** CPU time and tokens so far, twice a second since T0. Only for the single server of a trial. */
  seconds: z.array(z.object({ atNs: z.number(), cpuNs: z.number(), tokens: count })).optional(),
  /** SHA-256 (hex) of what this process planned: equal on both sides and in all arms of a block. */
  planSha256: z.string().optional(),
  /** Effects of an injection, by kind, as the server itself counted them. */
  injected: z.record(z.string(), count).optional(),
  /** Counts for streams that outlive their connections. */
  recovery: serverRecoverySchema.optional(),
  /** Records of streams whose receivers were planned to stop reading. */
  stalls: z.array(stalledStreamSchema).optional(),
  /** Clients that were seen gone before their streams were over, where that is asked for. */
  gone: z.array(goneClientSchema).optional(),
  /** Frames of sessions in which both ends send. */
  duplex: duplexServerTallySchema.optional(),
  /** Turns of conversations, where a trial has them. */
  turns: servedTurnsSchema.optional(),
  /** Streams that ended before their last token, where that is asked for. */
  stops: z.array(serverStopSchema).optional(),
  steers: z.array(serverSteerSchema).optional(),
  /** Only for a trial that asks for it: streams whose sockets were full. */
  taken: z.array(takenStreamSchema).optional(),
});

export const relayTallySchema = z.object({
  /** CPU time of the relay from its start to its end. */
  cpuNs: z.number().nonnegative(),
  connections: count,
  /** Reads from the server that were passed on. */
  reads: count,
  bytes: count,
  /** Time from a read to its write, by the relay's own clock: the delay really injected. */
  heldP50Ns: z.number().optional(),
  heldP99Ns: z.number().optional(),
  fault: relayFaultTallySchema.optional(),
});

const streamErrorSchema = z.object({ cause: z.string(), count, example: z.string() });

export const clientTallySchema = z.object({
  node: z.string(),
  use: processUseSchema,
  streamsPlanned: count,
  streamsStarted: count,
  streamsVerified: count,
  tokensPlanned: count,
  tokensReceived: count,
  lost: count,
  duplicated: count,
  reordered: count,
  corrupt: count,
  /** Streams whose announced hash was not that of the received text. */
  hashMismatches: count,
  errors: z.array(streamErrorSchema),
  /**
   * Socket reads that carried at least one token; undefined for a client stack that cannot see
   * reads.
   */
  tokenReads: count.optional(),
  /**
   * Bytes received on the sockets of verified streams, and of them the response heads; absent when
   * a stack cannot see its sockets.
   */
  bytesRead: count.optional(),
  headBytes: count.optional(),
  /**
   * Bytes of the headers of frames that carried tokens, besides `bytesRead`; absent where frames are
   * part of the byte model, or there are none.
   */
  tokenFrameBytes: count.optional(),
  /** Bytes sent by the client on those sockets: requests, and for WebSocket the close frames. */
  bytesSent: count.optional(),
  /**
   * Prediction of the byte model for those streams, heads left out; absent for a transport whose
   * bytes are not modelled.
   */
  modelBytes: count.optional(),
  /** Parts of that prediction: the framed tokens, and their payloads alone. */
  modelTokenBytes: count.optional(),
  payloadBytes: count,
  /**
   * The part of `modelTokenBytes` that is resume ids; absent from runs that were saved before these
   * were counted.
   */
  modelIdBytes: count.optional(),
  /** Planned starts that were never issued; the lateness of the others is in the stamps. */
  startsUnissued: count,
  /** Token messages received in the window. */
  windowTokens: count,
  planSha256: z.string().optional(),
  /** Counts of streams that run one after another on a connection. */
  kept: keptTallySchema.optional(),
  /** Counts of handshakes, where each connection was to resume a TLS session. */
  tlsSessions: tlsSessionTallySchema.optional(),
  /** Report of the browser, for streams received by a page. */
  browser: browserTallySchema.optional(),
});

export type ProcessUse = z.infer<typeof processUseSchema>;
export type OpenCount = z.infer<typeof openCountSchema>;
export type ServerTally = z.infer<typeof serverTallySchema>;
export type RelayTally = z.infer<typeof relayTallySchema>;
export type ClientTally = z.infer<typeof clientTallySchema>;
