// One session on the server: verifies the frames that come up, sends those that go down when they
// are due, and ends when both are over, or at the first thing that is not in order.

import {
  dueNs,
  interruptionOf,
  isInterrupting,
  type DuplexPlan,
  type Session,
} from '../../bench/contract/duplex.ts';
import type { Frame } from '../../bench/contract/duplex-frames.ts';
import { FrameCheck } from '../../bench/contract/frame-check.ts';
import type { InjectionOf } from '../../bench/contract/injection.ts';
import type { Paced } from '../pacer.ts';
import {
  cutUpload,
  silentUpload,
  streamGone,
  tooMany,
  wrongSize,
  type SessionRefusal,
} from './duplex-refusals.ts';
import { FrameHold } from './frame-hold.ts';

/** The way down of a session, on whatever carries it. No method throws when the peer is gone. */
export interface DownLane {
  frame: (frame: Frame) => void;
  /** Says that all frames were sent, and ends the lane in order. */
  done: () => void;
  /** Says why the session is over, and ends the lane. */
  fail: (refusal: SessionRefusal) => void;
  abort: () => void;
}

export interface SessionEvents {
  readonly now: () => number;
  /** The content of a frame of the way down, by its index. */
  readonly contentOf: (index: number) => Buffer;
  /** The content of the large message. */
  readonly large: Buffer;
  /** A frame that is new and whole was received at this moment. */
  readonly received: (session: DuplexSession, index: number, atNs: number) => void;
  readonly written: (session: DuplexSession, index: number, atNs: number) => void;
  readonly over: (session: DuplexSession, how: string) => void;
  readonly injection: InjectionOf<'hold-frame'> | undefined;
}

export class DuplexSession implements Paced {
  readonly plan: Session;
  readonly check: FrameCheck;
  /** Owned by the pacer. */
  dueNs = 0;
  nextInSlot: Paced | undefined;
  isScheduled = false;
  /** When the last frame came up; of a session without one, when it began. */
  lastUpNs: number;
  isOver = false;
  hasDown = false;
  hasUp = false;
  framesDown = 0;
  /** Why the session was ended; undefined while it goes on, and where it was whole. */
  refusal: SessionRefusal | undefined;
  /** Tells the lane that leads up, where it is another than the one that leads down. */
  onFail: ((refusal: SessionRefusal) => void) | undefined;
  onAbort: (() => void) | undefined;
  /** Times of a rehearsal count from its opening, those of a trial from T0. */
  readonly #originNs: number;
  readonly #duplex: DuplexPlan;
  readonly #events: SessionEvents;
  readonly #stopped = new Set<number>();
  readonly #holdUp: FrameHold;
  readonly #holdDown: FrameHold;
  #down: DownLane | undefined;
  #isUpEnded = false;
  #isDownEnded = false;

  constructor(plan: Session, duplex: DuplexPlan, events: SessionEvents) {
    this.plan = plan;
    this.#duplex = duplex;
    this.#events = events;
    this.check = new FrameCheck({
      frames: plan.frames,
      frameBytes: duplex.frameBytes,
      firstContent: plan.contentUp,
    });
    this.#holdUp = new FrameHold(events.injection, 'up');
    this.#holdDown = new FrameHold(events.injection, 'down');
    this.lastUpNs = events.now();
    this.#originNs = plan.place === undefined ? events.now() : 0;
  }

  /** When a frame is due on the clock of the server. */
  dueOf(direction: 'up' | 'down', index: number): number {
    return this.#originNs + dueNs(this.plan, direction, index);
  }

  openDown(lane: DownLane): void {
    this.#down = lane;
    this.hasDown = true;
  }

  get held(): number {
    return this.#holdUp.held + this.#holdDown.held;
  }

  /** A frame of the way up, as it was parsed. */
  takeUp(frame: Frame): void {
    // A frame that is held outlives the buffer that it was read into.
    const kept = this.#holdUp.isActive ? { ...frame, content: Buffer.from(frame.content) } : frame;
    this.#holdUp.pass(frame.number - 1, () => this.#take(kept));
  }

  #take(frame: Frame): void {
    if (this.isOver) return;
    const { frameBytes } = this.#duplex;
    const { frames } = this.plan;
    if (frame.content.length !== frameBytes) {
      this.fail(wrongSize(frame.content.length, frameBytes), 'wrong-size');
      return;
    }
    if (frame.number > frames || this.#isUpEnded) {
      this.fail(tooMany(frames), 'too-many');
      return;
    }
    const atNs = this.#events.now();
    this.lastUpNs = atNs;
    const index = this.check.take(frame);
    if (index === undefined) return;
    this.#events.received(this, index, atNs);
    if (frame.isSpeech && isInterrupting(this.plan, index, this.#duplex)) this.#stopAnswer(index);
  }

  #stopAnswer(upFrame: number): void {
    const interruption = this.plan.interruptions.findLastIndex((first) => first <= upFrame);
    this.#stopped.add(interruption);
  }

  /** Sends the frame that is due; returns when the next one is. */
  emitNext(): number | undefined {
    if (this.isOver) return undefined;
    const index = this.framesDown++;
    const { largeBefore, frames } = this.plan;
    if (index === largeBefore)
      this.#down?.frame({ number: 0, isSpeech: false, content: this.#events.large });
    this.#events.written(this, index, this.#events.now());
    this.#holdDown.pass(index, () => this.#write(index));
    return index + 1 < frames ? this.dueOf('down', index + 1) : undefined;
  }

  #write(index: number): void {
    if (this.isOver) return;
    const interruption = interruptionOf(this.plan, index, this.#duplex);
    this.#down?.frame({
      number: index + 1,
      isSpeech: interruption === undefined || !this.#stopped.has(interruption),
      content: this.#events.contentOf(index),
    });
    if (index + 1 === this.plan.frames) {
      this.#isDownEnded = true;
      this.#endIfBoth();
    }
  }

  /** The client has said in order that it sends no more. */
  endUp(): void {
    if (this.#holdUp.isWaiting) {
      this.#holdUp.pass(-1, () => this.endUp());
      return;
    }
    this.#isUpEnded = true;
    this.#endIfBoth();
  }

  #endIfBoth(): void {
    if (!this.#isUpEnded || !this.#isDownEnded || this.isOver) return;
    this.#finish('whole');
    this.#down?.done();
  }

  /** The connection of the upload ended within it. */
  cutUp(): void {
    if (!this.#isUpEnded) this.fail(cutUpload(this.check.received), 'cut-upload');
  }

  /** The connection that leads to the client ended. */
  cutDown(): void {
    if (!this.isOver) this.fail(streamGone, 'client-gone');
  }

  failIfSilent(idleNs: number): void {
    const isSilent = !this.#isUpEnded && this.#events.now() - this.lastUpNs > idleNs;
    if (isSilent) this.fail(silentUpload(idleNs / 1e6), 'silent-upload');
  }

  fail(refusal: SessionRefusal, how: string): void {
    if (this.isOver) return;
    this.refusal = refusal;
    this.#finish(how);
    this.#down?.fail(refusal);
    this.onFail?.(refusal);
  }

  abort(): void {
    if (this.isOver) return;
    this.#finish('shut-down');
    this.#down?.abort();
    this.onAbort?.();
  }

  #finish(how: string): void {
    this.isOver = true;
    this.#holdUp.stop();
    this.#holdDown.stop();
    this.#events.over(this, how);
  }
}
