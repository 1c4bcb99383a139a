// One session on the client: verifies the frames that come down, hands over those that go up, and
// notes when the answer fell silent after each interruption.

import {
  dueNs,
  interruptionOf,
  isInterrupting,
  type DuplexPlan,
  type Session,
} from '../../bench/contract/duplex.ts';
import type { Frame } from '../../bench/contract/duplex-frames.ts';
import { FrameCheck } from '../../bench/contract/frame-check.ts';
import type { Instant } from '../../bench/contract/units.ts';
import type { StreamFailure } from '../stream-failure.ts';
import { LaneCount } from './lane-bytes.ts';
import type { LaneEvents, Lanes } from './lanes.ts';

export interface ReceivedEvents {
  readonly frame: (dueNs: number, delayNs: number) => void;
  readonly large: (bytes: Buffer, at: Instant) => void;
}

export class ClientSession {
  readonly plan: Session;
  readonly up = new LaneCount();
  readonly down = new LaneCount();
  readonly check: FrameCheck;
  /** By frame: 1 where it was handed to a socket. */
  readonly isSent: Uint8Array;
  /** By interruption: when the answer was last heard before it fell silent. */
  readonly lastHeardNs = new Map<number, number>();
  dropped = 0;
  isDone = false;
  failure: StreamFailure | undefined;
  readonly #duplex: DuplexPlan;
  readonly #received: ReceivedEvents;
  #lanes: Lanes | undefined;
  /** Frames that were due before a client that is late had opened the session. */
  #early: Frame[] = [];
  #lastSpeechNs = Number.NEGATIVE_INFINITY;

  constructor(plan: Session, duplex: DuplexPlan, received: ReceivedEvents) {
    this.plan = plan;
    this.#duplex = duplex;
    this.#received = received;
    this.isSent = new Uint8Array(plan.frames);
    this.check = new FrameCheck({
      frames: plan.frames,
      frameBytes: duplex.frameBytes,
      firstContent: plan.contentDown,
    });
  }

  get isOver(): boolean {
    return this.isDone || this.failure !== undefined;
  }

  get isOpen(): boolean {
    return this.#lanes !== undefined && !this.isOver;
  }

  open(lanesOf: (events: LaneEvents) => Lanes): void {
    this.#lanes = lanesOf({
      frame: (frame, at) => this.#take(frame, at),
      sent: ({ number }) => {
        this.isSent[number - 1] = 1;
      },
      done: () => {
        this.isDone = true;
      },
      failed: (failure) => {
        this.failure ??= failure;
      },
    });
    for (const frame of this.#early) this.#lanes.send(frame);
    this.#early = [];
  }

  /** @param index Number of the frame, from 0. */
  send(index: number, content: Buffer): void {
    if (this.isOver) return;
    const isSpeech = isInterrupting(this.plan, index, this.#duplex);
    const frame = { number: index + 1, isSpeech, content };
    if (this.#lanes === undefined) this.#early.push(frame);
    else this.#lanes.send(frame);
  }

  endUp(): void {
    if (this.isOpen) this.dropped = this.#lanes?.endUp() ?? 0;
  }

  close(): void {
    this.#lanes?.close();
  }

  #take(frame: Frame, at: Instant): void {
    if (frame.number === 0) {
      this.#received.large(frame.content, at);
      return;
    }
    const index = this.check.take(frame);
    if (index === undefined) return;
    const due = dueNs(this.plan, 'down', index);
    this.#received.frame(due, at - due);
    if (frame.isSpeech) this.#lastSpeechNs = at;
    else this.#fallSilent(index);
  }

  #fallSilent(index: number): void {
    const interruption = interruptionOf(this.plan, index, this.#duplex);
    if (interruption !== undefined && !this.lastHeardNs.has(interruption))
      this.lastHeardNs.set(interruption, this.#lastSpeechNs);
  }
}
