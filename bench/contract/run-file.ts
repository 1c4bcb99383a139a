// The saved form of a run: `run.ndjson`, line 1 the header, then one line per finished trial. It is
// the only input of analysis and reports, so a saved run can be rendered again without a new one.

import { z } from 'zod';
import { agentsPlanSchema, agentsRecordSchema } from './agents.ts';
import { arrivalsPlanSchema } from './arrivals.ts';
import { pathNames, type PathName } from './arms/paths.ts';
import { clientStackIds, type ClientStack } from './arms/stacks.ts';
import { transportIds, type TransportId } from './arms/transports.ts';
import { uplinkNames, type Uplink } from './arms/uplink.ts';
import { writesOf, type Writes } from './arms/writes.ts';
import { browserLimitsPlanSchema, browserLimitsTallySchema } from './browser-limits.ts';
import { proxyCellsPlanSchema, proxyCellsRecordSchema } from './proxy-cells.ts';
import { steersPlanSchema, steersRecordSchema } from './steers.ts';
import { stopsPlanSchema, stopsRecordSchema } from './stops.ts';
import { canaryPlanSchema, canaryRecordSchema } from './canary.ts';
import { arrivalsRecordSchema } from './arrivals-record.ts';
import { clockBoundSchema } from './clock-proof.ts';
import { courseSchema } from './course.ts';
import { completionsPlanSchema, completionsRecordSchema } from './completions.ts';
import { stormRecordSchema } from './connecting.ts';
import { distributionSchema } from './distribution.ts';
import { duplexPlanSchema, duplexRecordSchema } from './duplex.ts';
import { injectionSchema } from './injection.ts';
import { ladderPlanSchema, ladderRecordSchema } from './ladder.ts';
import { loadPilotSchema } from './load-pilot.ts';
import { loadPointSchema } from './load-point.ts';
import { payloadNames, type PayloadName } from './payload.ts';
import { kernelCountsSchema, recoveryRecordSchema, resumeLimitsSchema } from './recovery.ts';
import { replayRecordSchema } from './replay-record.ts';
import { searchOrderSchema, searchPlanSchema, searchRecordSchema } from './search.ts';
import { stallRecordSchema } from './stall.ts';
import { targetRecordSchema, targetsPlanSchema } from './target.ts';
import {
  clientTallySchema,
  openCountSchema,
  relayTallySchema,
  serverTallySchema,
} from './tally.ts';
import { sources, upstreamTallySchema, type SourceName } from './upstream.ts';
import { turnsPlanSchema, turnsRecordSchema } from './turns.ts';
import { workloadSchema } from './workload.ts';

export const RUN_SCHEMA_VERSION = 1;

/** Upper limits of a plan. */
export const MAX_BLOCKS = 1000;
export const MAX_SEED = 2 ** 32 - 1;

const armSchema = z.object({
  transport: z.enum(transportIds as [TransportId, ...TransportId[]]),
  writes: z.enum(Object.keys(writesOf) as [Writes, ...Writes[]]).optional(),
  streamsPerConnection: z.int().min(1).optional(),
  uplink: z.enum(uplinkNames as [Uplink, ...Uplink[]]).optional(),
  tls: z.literal(true).optional(),
  client: z.enum(clientStackIds as [ClientStack, ...ClientStack[]]),
  path: z.enum(pathNames as [PathName, ...PathName[]]),
  target: z.string().optional(),
  label: z.string().optional(),
  injection: injectionSchema.optional(),
});

const count = z.int().nonnegative();

/** A reason to doubt a number, stored beside it and printed with it. */
const warningSchema = z.object({ code: z.string(), message: z.string() });

/**
 * A validity check. `kind` says what a miss means (method: environment → noise that no arm caused;
 * harness → the load point is HARNESS-LIMITED; correctness → INVALID). `value` is undefined when
 * not measurable here, with the reason in `note`.
 */
const gateSchema = z.object({
  id: z.string(),
  kind: z.enum(['environment', 'harness', 'correctness']),
  title: z.string(),
  value: z.number().optional(),
  limit: z.number(),
  unit: z.enum(['ratio', 'ns', 'count', 'bytes', 'statistic']),
  ok: z.boolean(),
  note: z.string().optional(),
  /**
   * Possible fix of a miss: `nothing` for a property of the machine or its set-up, `alone` for a
   * measurement without parallel trials. Absent: for an environment gate, a disturbance that may be
   * over when the block is measured again.
   */
  remedy: z.enum(['nothing', 'alone']).optional(),
  /**
   * A miss concerns metrics that subtract a client's stamp from a server's: the value bounds the
   * offset of the two clocks.
   */
  boundsClocks: z.literal(true).optional(),
});

/**
 * Stop rule: every one of these metrics has this precision, whichever way the effect points, or the
 * time is up.
 */
const precisionStopSchema = z.object({
  /** Half-width of the 95 % interval of the ratio: 0.05 for 5 %. */
  ratio: z.number().positive(),
  /** Metric ids; empty for all endpoints. */
  metrics: z.array(z.string()),
  /** Limit on measuring time, summed over all trials. */
  maxTimeNs: z.number().positive(),
});

const scenarioIds = [
  'stream',
  'reconnect',
  'herd',
  'memory',
  'capacity',
  'connect',
  'fanout',
  'slow-reader',
  'burst',
  'completions',
  'browser-limits',
  'matrix',
  'own-servers',
  'head-of-line',
  'proxies',
  'voice',
  'turns',
  'cancel',
  'steer',
] as const;

export type ScenarioId = (typeof scenarioIds)[number];

/** Additional settings of `reconnect` and `herd`. */
const recoveryPlanSchema = z.object({
  isResumable: z.boolean(),
  limits: resumeLimitsSchema,
  heartbeatNs: z.number().positive(),
  longOutageNs: z.number().positive(),
  /** Requested faults that are unavailable here: why, and what to do. */
  absent: z.array(z.object({ fault: z.string(), why: z.string(), remedy: z.string() })),
});

const planSchema = z.object({
  scenario: z.enum(scenarioIds),
  preset: z.string(),
  /** The first is the baseline. */
  arms: z.array(armSchema).min(1),
  loadPoints: z.array(loadPointSchema).min(1),
  workload: workloadSchema,
  payload: z.enum(payloadNames as [PayloadName, ...PayloadName[]]),
  /**
   * Whether the messages of the payload's API are sent around the tokens; absent for a payload
   * without an API, and from runs that were saved before they were sent.
   */
  hasApiMessages: z.literal(true).optional(),
  /** Measured blocks; the burn-in block comes on top. */
  blocks: z.int().min(1),
  burnInBlocks: z.int().nonnegative(),
  warmupNs: z.number().nonnegative(),
  windowNs: z.number().positive(),
  drainNs: z.number().positive(),
  cooldownNs: z.number().nonnegative(),
  backpressureBytes: z.int().positive(),
  /** The one seed of the run; all else is derived from it. */
  seed: z.int().nonnegative(),
  /** Servers and clients bound to one CPU each, swapped every block. */
  pin: z.boolean(),
  keepStamps: z.boolean(),
  /** Whether verdicts may be printed: false for a preset too short to support one. */
  verdicts: z.boolean(),
  /** Rule to stop before `blocks`; without it, all of them are measured. */
  stop: precisionStopSchema.optional(),
  /**
   * Number of blocks that may be measured again because the machine, not an arm, disturbed them.
   */
  extraBlocks: z.int().nonnegative().optional(),
  /** Measured only to learn how many blocks a wanted precision needs. */
  isPilot: z.boolean().optional(),
  recovery: recoveryPlanSchema.optional(),
  /** Number of parallel trials in a block, for trials that wait most of the time; 1 when absent. */
  lanes: z.int().min(1).optional(),
  /** Source of the tokens; `timer` when absent. */
  source: z.enum(Object.keys(sources) as [SourceName, ...SourceName[]]).optional(),
  /**
   * Number of load processes, and of server processes of an arm, each with a port of its own; 1
   * when absent.
   */
  clientProcesses: z.int().min(1).optional(),
  serverProcesses: z.int().min(1).optional(),
  /** Set where the processes run on agents, which other machines may be. */
  agents: agentsPlanSchema.optional(),
  /**
   * Number of loopback addresses from which each load process connects in turn, when a single one
   * has too few ports.
   */
  clientAddresses: z.int().min(1).optional(),
  /** Additional settings of single scenarios. */
  ladder: ladderPlanSchema.optional(),
  search: searchPlanSchema.optional(),
  completions: completionsPlanSchema.optional(),
  browserLimits: browserLimitsPlanSchema.optional(),
  targets: targetsPlanSchema.optional(),
  proxyCells: proxyCellsPlanSchema.optional(),
  duplex: duplexPlanSchema.optional(),
  turns: turnsPlanSchema.optional(),
  stops: stopsPlanSchema.optional(),
  steers: steersPlanSchema.optional(),
  canary: canaryPlanSchema.optional(),
  /** When streams begin and how long they are; absent: a steady population. */
  arrivals: arrivalsPlanSchema.optional(),
  /** The capacity to which the shares of the load points refer. */
  loads: loadPilotSchema.optional(),
  /**
   * This share of a load point's streams starts first and runs alone until then: CPU at two loads
   * in one process.
   */
  lowPhase: z.object({ share: z.number().positive(), untilNs: z.number().positive() }).optional(),
  /** The browser of --browser; the first one found on the machine when absent. */
  browser: z.string().optional(),
});

const environmentSchema = z.object({
  node: z.string(),
  v8: z.string(),
  os: z.string(),
  cpuModel: z.string(),
  cpus: z.int(),
  memoryBytes: z.number(),
  virtualised: z.string().optional(),
  /** Kernel settings that matter, as read; undefined values are left out. */
  settings: z.record(z.string(), z.string()),
  packages: z.record(z.string(), z.string()),
  lockfileSha256: z.string().optional(),
  gitCommit: z.string().optional(),
  fileDescriptorLimit: z.int().optional(),
  tools: z.record(z.string(), z.string()),
});

export const runHeaderSchema = z.object({
  kind: z.literal('run'),
  schema: z.literal(RUN_SCHEMA_VERSION),
  streamduel: z.string(),
  name: z.string(),
  startedAt: z.string(),
  /** The command line that repeats it. */
  command: z.string(),
  plan: planSchema,
  /** SHA-256 of the plan: trials of two runs may be joined only when it is equal. */
  planSha256: z.string(),
  environment: environmentSchema,
  /** Texts of --fail-if. */
  thresholds: z.array(z.string()).optional(),
  /**
   * Transports of `--transports all` that this run could not measure, and why: a predicate with the
   * transport as its subject.
   */
  leftOut: z.array(z.object({ transport: z.string(), why: z.string() })).optional(),
});

/** Names of the distributions that a trial may keep, all in ns. */
export const distributionNames = [
  'startLagNs',
  'connectNs',
  'openNs',
  'openFromPlanNs',
  'ttftNs',
  'ttftFromConnectNs',
  'ttftOverheadNs',
  'deliveryTransportNs',
  'deliveryScheduledNs',
  'latenessNs',
  'interChunkNs',
  'interTokenNs',
  'tpotNs',
  'jitterNs',
  'endToEndNs',
  'endToEndOverheadNs',
  // Trials with an injected fault: one value a client, from the fault …
  'faultToDetectNs',
  'faultToAttemptNs',
  'faultToOpenNs',
  'faultToResumedNs',
  'faultToCaughtUpNs',
  // … from the first attempt to the accepted connection, from the end of the cause, and the longest
  // time without a token.
  'attemptToOpenNs',
  'healToResumedNs',
  'visibleGapNs',
  // Delivery of tokens due before the fault or the stop; and after it, to clients that read on
  // while others did not.
  'beforeFaultDeliveryNs',
  'neighbourDeliveryNs',
  // One source with many subscribers, one value a message: from first to last receipt, and from its
  // due time to either.
  'spreadNs',
  'firstReceiptNs',
  'lastReceiptNs',
  // Whole streams in a closed loop: from the request to the end.
  'completionNs',
  // Streams in a page: from the callback of a token, from its write, and from its due time, until
  // its text was in the DOM.
  'appendNs',
  'appendTransportNs',
  'appendScheduledNs',
  // Two parts of delivery: from due to the pacer's turn that found the token due, and from there to
  // receipt. Then the time between turns.
  'dueToReadyNs',
  'readyToReceivedNs',
  'turnPeriodNs',
  // Streams of a target, from their planned starts: the first byte of the answer, the first event,
  // and the first text of any channel; ttftNs is the first of the content.
  'firstByteNs',
  'firstEventNs',
  'firstTokenNs',
  // Large messages among small ones: delivery of the large ones, of tokens of other streams that were
  // due while one was under way, and of tokens due at other times.
  'largeMessageNs',
  'behindLargeNs',
  'awayFromLargeNs',
  // Sessions in which both ends send: frames from when they were due to their receipt, how late the
  // sender had them, and from an interruption to the last frame of the answer.
  'frameUpNs',
  'frameDownNs',
  'frameReadyNs',
  'frameWrittenNs',
  'bargeInNs',
  // Turns of a conversation after its first, from the request: to the last token, and to the first.
  'turnNs',
  'turnFirstTokenNs',
  // Recorded streams that are replayed: by how much the gap between two writes misses the recorded one.
  'replayGapErrorNs',
] as const;

export type DistributionName = (typeof distributionNames)[number];

export const memorySchema = z.object({
  rssBytes: z.number(),
  pssBytes: z.number().optional(),
  ussBytes: z.number().optional(),
});

/** Sums over the server's sockets that were open after the window, from TCP_INFO. */
export const tcpInfoSchema = z.object({
  sockets: z.int(),
  bytesSent: z.number(),
  bytesRetransmitted: z.number(),
  segmentsOut: z.number(),
  segmentsIn: z.number(),
  dataSegmentsOut: z.number(),
});

const socketCounts = {
  tcp: tcpInfoSchema.optional(),
  /**
   * The server's own counts for its open streams, immediately before and after TCP_INFO was read.
   */
  openCounts: z.object({ before: openCountSchema, after: openCountSchema }),
};
const socketCountsSchema = z.object(socketCounts);

/**
 * Read and write system calls of all servers and of all load processes, as the kernel counted them
 * over the window.
 */
export const windowCallsSchema = z.object({
  /**
   * Time between the two readings of the counters: the window, plus how late another process woke
   * up for its edges.
   */
  spanNs: z.number().positive(),
  serverReads: count,
  serverWrites: count,
  clientReads: count,
  clientWrites: count,
});

const trialIdentity = {
  kind: z.literal('trial'),
  /** Position in the run, from 0. */
  trial: z.int().nonnegative(),
  /** Block 0 is burn-in when the plan has one. */
  block: z.int().nonnegative(),
  burnIn: z.boolean(),
  /**
   * Position of this arm within its block and load point, from 0: the order effect is fitted on it.
   */
  order: z.int().nonnegative(),
  arm: armSchema,
  loadPoint: loadPointSchema,
  workloadSeed: z.int(),
  /**
   * 1 for the block's second measurement, after the machine disturbed the first; absent for the
   * first.
   */
  attempt: z.int().nonnegative().optional(),
  /**
   * Measured again without parallel trials, because beside them the load generator of its block and
   * load point was late.
   */
  alone: z.literal(true).optional(),
  /** Scenario `capacity`: the load at which the search had to begin, or the loads to measure. */
  asked: searchOrderSchema.optional(),
  /** Random settings of this trial alone, so that an effect of the set-up can be found later. */
  setup: z.object({
    environmentPaddingBytes: z.int(),
    serverCpu: z.int().optional(),
    clientCpu: z.int().optional(),
    serverFirst: z.boolean(),
    hashSeed: z.int(),
    /** V8's --random-seed, and the length of the children's working directory. */
    randomSeed: z.int().optional(),
    workingDirectoryBytes: z.int().optional(),
  }),
  startedAt: z.string(),
};

/** Fields of every finished trial. */
const finishedTrial = {
  ...trialIdentity,
  clock: z.object({
    before: clockBoundSchema,
    after: clockBoundSchema,
    sameTimeNamespace: z.boolean(),
  }),
  /** Who took part, where the processes ran on agents; the clocks above are bounded across them. */
  agents: agentsRecordSchema.optional(),
  /**
   * Wall time of the whole trial, and the part of it that was not rehearsal, warm-up, window, tail
   * or drain.
   */
  wallNs: z.number(),
  overheadNs: z.number(),
  windowNs: z.number(),
  planned: z.object({
    streams: z.int(),
    tokens: z.int(),
    windowStarts: z.int(),
    windowTokens: z.int(),
    meanConcurrent: z.number(),
  }),
  distributions: z.partialRecord(z.enum(distributionNames), distributionSchema),
  /** The port that the kernel gave the server, or the requested one. */
  serverPort: z.int().optional(),
  /** Share of CPU time that the hypervisor took in the window. */
  stolen: z.number().optional(),
  gates: z.array(gateSchema),
  warnings: z.array(warningSchema),
};

const completedTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('completed'),
  /** Number of stamps that should exist and do not. */
  missingStamps: z.int().nonnegative(),
  /** Most negative one-way delay, ns; 0 when none was negative. */
  mostNegativeNs: z.number(),
  steadiness: z.object({
    driftRatio: z.number().optional(),
    isDrifting: z.boolean(),
    /** Median delivery of tokens due in the first and in the last third of the window. */
    firstThirdP50Ns: z.number().optional(),
    lastThirdP50Ns: z.number().optional(),
  }),
  /** The window second by second; absent from runs that were saved before it was kept. */
  course: courseSchema.optional(),
  server: serverTallySchema,
  client: clientTallySchema,
  /** Only on path `relay`. */
  relay: relayTallySchema.optional(),
  /**
   * CPU time in the window of the processes between server and client, in steps of 10 ms; absent
   * where there are none.
   */
  betweenCpuNs: z.number().nonnegative().optional(),
  /**
   * Period in which only the first streams ran, ns since T0; see `seconds` of the server for its
   * CPU.
   */
  lowPhase: z.object({ fromNs: z.number(), toNs: z.number() }).optional(),
  /** The processes that simulate a model, one a server. */
  upstreams: z.array(upstreamTallySchema).optional(),
  /** Server memory when it began to listen, before the rehearsal, and at the end of the window. */
  memory: z.object({
    before: memorySchema.optional(),
    after: memorySchema.optional(),
    openStreams: z.int(),
  }),
  ...socketCounts,
  /**
   * The same before the window, when hardly a stream ends in the trial: it separates the cost of
   * opening streams.
   */
  afterRamp: socketCountsSchema.optional(),
  calls: windowCallsSchema.optional(),
  /**
   * Counts of the whole trial: connections that overflowed the listen queue, and retransmitted SYN
   * packets.
   */
  kernel: kernelCountsSchema.optional(),
  canary: canaryRecordSchema.optional(),
  arrivals: arrivalsRecordSchema.optional(),
  stall: stallRecordSchema.optional(),
  storm: stormRecordSchema.optional(),
  /**
   * One source with many subscribers: messages of the window, and those not received by all of them
   * when the next was due.
   */
  broadcast: z.object({ messages: count, overruns: count }).optional(),
  /** Only where recorded streams are replayed. */
  replay: replayRecordSchema.optional(),
});

/** A trial that climbed a ladder of connections. */
const ladderTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('ladder'),
  ladder: ladderRecordSchema,
  /** Sums over all processes of a kind. */
  server: serverTallySchema,
  client: clientTallySchema,
});

/** A trial that searched for a load, in steps. */
const searchedTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('searched'),
  search: searchRecordSchema,
});

/** A trial of whole streams in a closed loop. */
const completionsTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('completions'),
  completions: completionsRecordSchema,
});

/** A trial that requested more streams from one browser than it opens. */
const browserLimitsTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('browser-limits'),
  browserLimits: browserLimitsTallySchema,
});

/** A trial on a server that is not this project's. */
const targetTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('target'),
  target: targetRecordSchema,
});

/** A trial that requested single streams over a path, each for a cell of a table. */
const proxyCellsTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('proxy-cells'),
  proxyCells: proxyCellsRecordSchema,
});

/** A trial of sessions in which both ends send. */
const duplexTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('duplex'),
  duplex: duplexRecordSchema,
});

/** A trial of one conversation, turn after turn. */
const turnsTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('turns'),
  turns: turnsRecordSchema,
});

/** A trial whose clients stopped streams that ran, in each way of their transport. */
const stopsTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('stops'),
  stops: stopsRecordSchema,
});

/** A trial whose clients gave input to streams that ran, in each way of their transport. */
const steersTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('steers'),
  steers: steersRecordSchema,
});

/** A trial with an injected fault: its streams outlive their connections. */
const faultedTrialSchema = z.object({
  ...finishedTrial,
  outcome: z.literal('faulted'),
  recovery: recoveryRecordSchema,
  /** Tally of the server that was running at the end. */
  server: serverTallySchema.optional(),
});

const failedTrialSchema = z.object({
  ...trialIdentity,
  outcome: z.literal('failed'),
  failure: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});

export const trialRecordSchema = z.discriminatedUnion('outcome', [
  completedTrialSchema,
  faultedTrialSchema,
  ladderTrialSchema,
  searchedTrialSchema,
  completionsTrialSchema,
  browserLimitsTrialSchema,
  targetTrialSchema,
  proxyCellsTrialSchema,
  duplexTrialSchema,
  turnsTrialSchema,
  stopsTrialSchema,
  steersTrialSchema,
  failedTrialSchema,
]);

export type { LoadPoint } from './load-point.ts';
export type Warning = z.infer<typeof warningSchema>;
export type Gate = z.infer<typeof gateSchema>;
export type PrecisionStop = z.infer<typeof precisionStopSchema>;
export type Plan = z.infer<typeof planSchema>;
export type Environment = z.infer<typeof environmentSchema>;
export type RunHeader = z.infer<typeof runHeaderSchema>;
export type MemoryReading = z.infer<typeof memorySchema>;
export type SocketCounts = z.infer<typeof socketCountsSchema>;
export type WindowCalls = z.infer<typeof windowCallsSchema>;
export type TcpInfo = z.infer<typeof tcpInfoSchema>;
export type CompletedTrial = z.infer<typeof completedTrialSchema>;
export type FaultedTrial = z.infer<typeof faultedTrialSchema>;
export type LadderTrial = z.infer<typeof ladderTrialSchema>;
export type SearchedTrial = z.infer<typeof searchedTrialSchema>;
export type CompletionsTrial = z.infer<typeof completionsTrialSchema>;
export type BrowserLimitsTrial = z.infer<typeof browserLimitsTrialSchema>;
export type TargetTrial = z.infer<typeof targetTrialSchema>;
export type ProxyCellsTrial = z.infer<typeof proxyCellsTrialSchema>;
export type DuplexTrialRecord = z.infer<typeof duplexTrialSchema>;
export type TurnsTrial = z.infer<typeof turnsTrialSchema>;
export type StopsTrial = z.infer<typeof stopsTrialSchema>;
export type SteersTrial = z.infer<typeof steersTrialSchema>;
/** A trial that was measured to its end. */
export type FinishedTrial =
  | CompletedTrial
  | FaultedTrial
  | LadderTrial
  | SearchedTrial
  | CompletionsTrial
  | BrowserLimitsTrial
  | TargetTrial
  | ProxyCellsTrial
  | DuplexTrialRecord
  | TurnsTrial
  | StopsTrial
  | SteersTrial;
export type FailedTrial = z.infer<typeof failedTrialSchema>;
export type TrialRecord = z.infer<typeof trialRecordSchema>;

/** A run as loaded from disk. */
export interface SavedRun {
  readonly folder: string;
  readonly header: RunHeader;
  readonly trials: readonly TrialRecord[];
  readonly warnings: readonly Warning[];
}
