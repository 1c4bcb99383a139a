// Sessions in which both ends send at once: frames of audio from the client to the server and from
// the server to the client, each due at a moment that the seed decides. Both processes plan the same
// sessions, so each knows what the other sends without being told.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { makeChunks } from './chunks.ts';
import type { LoadPoint } from './load-point.ts';
import { deriveSeed, drawBelow, seededDraw } from './random.ts';
import { processUseSchema } from './process-use-schema.ts';
import { NS_PER_MS } from './units.ts';

const count = z.int().nonnegative();
const ns = z.number();

export const duplexPlanSchema = z.object({
  frameNs: z.number().positive(),
  frameBytes: z.int().positive(),
  /** A frame that arrives later than this after it was due is too late to be played. */
  deadlineNs: z.number().positive(),
  /** From the opening of a session to its first frames. */
  leadNs: z.number().positive(),
  /** The user interrupts once in so many frames, and speaks for some of them. */
  interruptEveryFrames: z.int().min(2),
  interruptFrames: z.int().min(1),
  /** An answer that was not stopped goes on for this long after it was interrupted. */
  answerNs: z.number().positive(),
  /** One message of this size goes down in the middle of the first session. */
  largeBytes: z.int().positive().optional(),
  /** It counts as under way for this long: the frames behind it are the same in every arm. */
  largeSpanNs: z.number().positive().optional(),
});

export type DuplexPlan = z.infer<typeof duplexPlanSchema>;

/** Faults of the frames of one direction: all are 0 unless something is broken. */
const frameFaultsSchema = z.object({
  lost: count,
  repeated: count,
  reordered: count,
  corrupt: count,
});

/** Frames that were due in the window, as their receiver saw them. */
const receivedSchema = z.object({
  frames: count,
  faults: frameFaultsSchema,
  /** In order of receipt: when each was due, ns since T0, and how much later it was received. */
  dueNs: z.array(ns),
  delayNs: z.array(ns),
});

const sessionsEndedSchema = z.record(z.string(), count);

export const duplexServerTallySchema = z.object({
  up: receivedSchema,
  /** Frames written, of all sessions. */
  framesDown: count,
  /** How much later than due frames of the window were written; before any injected hold. */
  writtenLateNs: z.array(ns),
  /** Sessions by how they ended: `whole`, or the cause. */
  ended: sessionsEndedSchema,
  held: count,
});

const laneBytesSchema = z.object({
  /** Bytes of the sockets of whole sessions. */
  socket: count,
  /** Of these, the heads of requests and answers that open lanes. */
  heads: count,
  /** Of these, answers to single frames. */
  answers: count,
  /** What the specifications say of all others. */
  model: count,
  /** Of the model, the large message. */
  large: count,
  frames: count,
});

const bargeInSchema = z.object({
  /** When the first frame of the interruption was due, ns since T0. */
  atNs: ns,
  /**
   * From then to the last frame of the answer, 0 where none came after it; absent where the answer
   * went on to its own end.
   */
  afterNs: z.number().nonnegative().optional(),
});

export const duplexClientTallySchema = z.object({
  node: z.string(),
  use: processUseSchema,
  sessions: count,
  whole: count,
  errors: z.array(z.object({ cause: z.string(), count, example: z.string() })),
  down: receivedSchema,
  /** Frames handed to the sockets, of all sessions, and those that waited when their session ended. */
  framesUp: count,
  unsentUp: count,
  unsentUpInWindow: count,
  /** How much later than due frames of the window were ready to be sent: the pacing of the client. */
  readyLateNs: z.array(ns),
  bargeIns: z.array(bargeInSchema),
  bytes: z.object({ up: laneBytesSchema, down: laneBytesSchema }),
  /** Of the session with the large message: delays of frames that were due while it was under way. */
  behindLargeNs: z.array(ns),
  largeNs: ns.optional(),
  planSha256: z.string(),
});

export const duplexRecordSchema = z.object({
  sessions: count,
  frameNs: z.number().positive(),
  /** Frames due in the window, and those of them that were delivered, and in time to be played. */
  up: z.object({ planned: count, delivered: count, inTime: count }),
  down: z.object({ planned: count, delivered: count, inTime: count }),
  bargeIns: z.object({ of: count, stopped: count }),
  bytes: z.object({ up: laneBytesSchema, down: laneBytesSchema }),
  /** Longest delay of a frame behind the large message, and that of the message. */
  behindLargeMaxNs: ns.optional(),
  largeNs: ns.optional(),
  serverCpuNs: z.number().nonnegative(),
  held: count,
  /** Time for which a relay really held bytes, each way: median over all reads of both. */
  relayHeldP50Ns: z.number().optional(),
});

export type FrameFaults = z.infer<typeof frameFaultsSchema>;
export type ReceivedFrames = z.infer<typeof receivedSchema>;
export type DuplexServerTally = z.infer<typeof duplexServerTallySchema>;
export type DuplexClientTally = z.infer<typeof duplexClientTallySchema>;
export type LaneBytes = z.infer<typeof laneBytesSchema>;
export type DuplexRecord = z.infer<typeof duplexRecordSchema>;

export interface Session {
  readonly id: string;
  /** Of its sessions, the place in the trial; absent for one of the rehearsal. */
  readonly place?: number;
  /** The client opens it then; for one of the rehearsal, as soon as it can. */
  readonly openNs: number;
  /** Both directions have as many frames; the n-th, from 0, is due n · frameNs after the first. */
  readonly frames: number;
  readonly frameNs: number;
  readonly firstUpNs: number;
  readonly firstDownNs: number;
  /** Its frames take the contents from there on, one after another. */
  readonly contentUp: number;
  readonly contentDown: number;
  /** Numbers of the frames with which the user interrupts, rising. */
  readonly interruptions: readonly number[];
  /** The large message goes down before this frame. */
  readonly largeBefore?: number;
}

/** What a trial says about its sessions. */
export interface DuplexTrial {
  readonly duplex: DuplexPlan;
  readonly workloadSeed: number;
  readonly connections: number;
  readonly rampNs: number;
  readonly warmupNs: number;
  readonly windowNs: number;
  readonly tailNs: number;
}

const SALT = 0x64757078;
/** Sessions before T0 send their frames faster, so that both sides run compiled code after it. */
const REHEARSAL = { sessions: 4, frames: 500, frameNs: NS_PER_MS };
const REHEARSAL_PREFIX = 'w';
/** Time for which frames count as behind a large message, where no link limits it. */
const UNLIMITED_SPAN_NS = 10 * NS_PER_MS;

/** When the last frames of a trial are due, at the latest; ns since T0. */
export function framesToNs({ warmupNs, windowNs, tailNs }: DuplexTrial): number {
  return warmupNs + windowNs + tailNs;
}

/** The sessions of a trial, the same in every arm of a block. */
export function planSessions(trial: DuplexTrial): readonly Session[] {
  const { duplex, workloadSeed, connections, rampNs, warmupNs, windowNs } = trial;
  const { frameNs, leadNs, interruptEveryFrames, largeBytes } = duplex;
  return Array.from({ length: connections }, (_, place): Session => {
    const draw = seededDraw(deriveSeed(workloadSeed, SALT, place));
    const openNs = (rampNs * place) / connections;
    const firstUpNs = openNs + leadNs + draw() * frameNs;
    const firstDownNs = openNs + leadNs + draw() * frameNs;
    const frames = Math.floor((framesToNs(trial) - Math.max(firstUpNs, firstDownNs)) / frameNs);
    const firstInterruption = drawBelow(draw, interruptEveryFrames);
    return {
      id: `s${place}`,
      place,
      openNs,
      frames,
      frameNs,
      firstUpNs,
      firstDownNs,
      contentUp: drawBelow(draw, contentCount(duplex)),
      contentDown: drawBelow(draw, contentCount(duplex)),
      interruptions: everyFrom(firstInterruption, interruptEveryFrames, frames),
      ...(largeBytes !== undefined &&
        place === 0 && {
          largeBefore: Math.ceil((warmupNs + windowNs / 2 - firstDownNs) / frameNs),
        }),
    };
  });
}

function everyFrom(first: number, every: number, below: number): readonly number[] {
  return Array.from(
    { length: Math.max(0, Math.ceil((below - first) / every)) },
    (_, index) => first + index * every,
  );
}

/** Sessions before T0; their times count from when each is opened. */
export function planRehearsalSessions({
  duplex,
  workloadSeed,
}: Pick<DuplexTrial, 'duplex' | 'workloadSeed'>): readonly Session[] {
  return Array.from({ length: REHEARSAL.sessions }, (_, index): Session => {
    const draw = seededDraw(deriveSeed(workloadSeed, SALT, 1, index));
    return {
      id: `${REHEARSAL_PREFIX}${index}`,
      openNs: 0,
      frames: REHEARSAL.frames,
      frameNs: REHEARSAL.frameNs,
      firstUpNs: 10 * NS_PER_MS,
      firstDownNs: 10 * NS_PER_MS,
      contentUp: drawBelow(draw, contentCount(duplex)),
      contentDown: drawBelow(draw, contentCount(duplex)),
      interruptions: [],
    };
  });
}

function contentCount({ frameBytes }: DuplexPlan): number {
  return makeChunks(frameBytes).length;
}

type Direction = 'up' | 'down';

/** When a frame is due: since T0, or since its opening in a rehearsal. */
export function dueNs(session: Session, direction: Direction, frame: number): number {
  const firstNs = direction === 'up' ? session.firstUpNs : session.firstDownNs;
  return firstNs + frame * session.frameNs;
}

/** Whether the user speaks in this frame of the way up. */
export function isInterrupting(
  { interruptions }: Session,
  frame: number,
  { interruptFrames }: DuplexPlan,
): boolean {
  return interruptions.some((first) => frame >= first && frame < first + interruptFrames);
}

/**
 * The interruption that stops the answer of this frame of the way down, as an index of
 * `interruptions`; undefined at other times, when the answer is spoken whatever comes.
 */
export function interruptionOf(
  session: Session,
  downFrame: number,
  { answerNs }: DuplexPlan,
): number | undefined {
  const atNs = dueNs(session, 'down', downFrame);
  const index = session.interruptions.findIndex((frame) => {
    const fromNs = dueNs(session, 'up', frame);
    return atNs >= fromNs && atNs < fromNs + answerNs;
  });
  return index === -1 ? undefined : index;
}

/** Time for which the large message is under way by the plan: the same frames in every arm. */
export function largeSpanOf({
  largeBytes,
  linkBytesPerSecond,
}: Pick<LoadPoint, 'largeBytes' | 'linkBytesPerSecond'>): number {
  return largeBytes === undefined || linkBytesPerSecond === undefined
    ? UNLIMITED_SPAN_NS
    : (largeBytes / linkBytesPerSecond) * 1e9;
}

/** The large message, as bytes. */
export function largeBytesOf(bytes: number): Buffer {
  return makeChunks(bytes)[0] as Buffer;
}

/** SHA-256 (hex) of the contents and the due times of all frames: equal on both sides. */
export function hashSessions(trial: DuplexTrial): string {
  const hash = createHash('sha256');
  for (const chunk of makeChunks(trial.duplex.frameBytes)) hash.update(chunk);
  return hash.update(JSON.stringify(planSessions(trial))).digest('hex');
}
