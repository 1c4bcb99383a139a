// One timing wheel emits every token of every stream when it is due: 1 ms slots, one timer. Never a timer a stream:
// per-stream timers fire early (Node truncates to whole ms) and lose tokens under load. Never a spin: it would be the CPU we measure.

import { NS_PER_MS } from '../bench/contract/units.ts';

/** A stream as the pacer sees it; links live in the stream, so pacing allocates nothing per token. */
export interface Paced {
  /** When the next token is due, ns since T0. */
  dueNs: number;
  /** Owned by the pacer. */
  nextInSlot: Paced | undefined;
  isScheduled: boolean;
}

export interface PacerOptions<S extends Paced> {
  readonly now: () => number;
  /**
   * Emits the stream's next token; called once it is due, never before. Returns when the following one is due, from the
   * plan and never from now, or undefined when the stream must not be emitted again until it is scheduled anew.
   */
  readonly emit: (stream: S) => number | undefined;
  /** Replaceable by a test that runs in virtual time. */
  readonly setTimer?: (callback: () => void, delayMs: number) => { cancel: () => void };
}

/** Must be a power of two. Longer gaps go round the wheel more than once. */
const SLOTS = 8192;
const MASK = SLOTS - 1;
/** Tokens a turn of the event loop; beyond it the loop gets a breath, so that accepts and requests are not starved. */
const TOKENS_PER_TURN = 2000;

interface Slot<S> {
  first: S | undefined;
  last: S | undefined;
}

export class Pacer<S extends Paced> {
  readonly #now: () => number;
  readonly #emit: (stream: S) => number | undefined;
  readonly #setTimer: (callback: () => void, delayMs: number) => { cancel: () => void };
  readonly #slots: Slot<S>[] = Array.from({ length: SLOTS }, () => ({ first: undefined, last: undefined }));
  /** Millisecond of the first slot that is not fully drained. */
  #current = 0;
  #scheduled = 0;
  #timer: { cancel: () => void } | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #isTicking = false;
  /** Counts turns of the wheel: two tokens of a stream with one tick number were written in the same turn. */
  tick = 0;

  constructor(options: PacerOptions<S>) {
    this.#now = options.now;
    this.#emit = options.emit;
    this.#setTimer = options.setTimer ?? setNodeTimer;
  }

  get scheduled(): number {
    return this.#scheduled;
  }

  /** A stream that is already scheduled stays as it is. */
  schedule(stream: S, dueNs: number): void {
    if (stream.isScheduled) return;
    if (this.#scheduled === 0 && !this.#isTicking) this.#current = Math.floor(this.#now() / NS_PER_MS);
    stream.dueNs = dueNs;
    this.#insert(stream);
    if (!this.#isTicking) this.#arm(Math.max(Math.floor(dueNs / NS_PER_MS), this.#current));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  #insert(stream: S): void {
    stream.isScheduled = true;
    this.#scheduled++;
    this.#append(Math.max(Math.floor(stream.dueNs / NS_PER_MS), this.#current), stream);
  }

  #append(slotMs: number, stream: S): void {
    stream.nextInSlot = undefined;
    const slot = this.#slots[slotMs & MASK] as Slot<S>;
    if (slot.last === undefined) slot.first = stream;
    else slot.last.nextInSlot = stream;
    slot.last = stream;
  }

  #arm(slotMs: number): void {
    if (slotMs >= this.#timerAtMs) return;
    this.#timer?.cancel();
    this.#timerAtMs = slotMs;
    // A token is due within its slot, so the first useful moment is up to 1 ms after the slot begins; setTimeout's own minimum is 1 ms.
    const delayMs = Math.max(1, Math.ceil(slotMs - this.#now() / NS_PER_MS));
    this.#timer = this.#setTimer(() => this.#turn(), delayMs);
  }

  #turn(): void {
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    this.#isTicking = true;
    this.tick++;
    const nowNs = this.#now();
    const upToMs = Math.floor(nowNs / NS_PER_MS);
    let budget = TOKENS_PER_TURN;
    // After a long sleep one round visits every slot; more would visit them twice.
    this.#current = Math.max(this.#current, upToMs - MASK);
    while (this.#scheduled > 0) {
      budget = this.#drainSlot(nowNs, budget);
      if (budget <= 0 || this.#current >= upToMs) break;
      this.#current++;
    }
    this.#isTicking = false;
    if (this.#scheduled > 0) this.#arm(budget <= 0 ? this.#current : this.#nextBusySlot(upToMs));
  }

  /** Emits what is due in the current slot, again and again while that makes more due in it; returns the budget left. */
  #drainSlot(nowNs: number, budget: number): number {
    const slot = this.#slots[this.#current & MASK] as Slot<S>;
    let left = budget;
    for (let progressed = true; progressed && slot.first !== undefined;) {
      progressed = false;
      let stream: S | undefined = slot.first;
      slot.first = undefined;
      slot.last = undefined;
      while (stream !== undefined) {
        const next = stream.nextInSlot as S | undefined;
        if (stream.dueNs > nowNs || left <= 0) this.#append(this.#current, stream);
        else {
          left--;
          progressed = true;
          this.#emitOne(stream);
        }
        stream = next;
      }
    }
    return left;
  }

  #emitOne(stream: S): void {
    stream.nextInSlot = undefined;
    stream.isScheduled = false;
    this.#scheduled--;
    const dueNs = this.#emit(stream);
    if (dueNs === undefined || stream.isScheduled) return;
    stream.dueNs = dueNs;
    this.#insert(stream);
  }

  /** The current slot may still hold tokens due later within its millisecond. */
  #nextBusySlot(upToMs: number): number {
    for (let ahead = 0; ahead < SLOTS; ahead++) {
      const slotMs = this.#current + ahead;
      if ((this.#slots[slotMs & MASK] as Slot<S>).first !== undefined) return ahead === 0 ? upToMs : slotMs;
    }
    return this.#current + SLOTS;
  }
}

function setNodeTimer(callback: () => void, delayMs: number): { cancel: () => void } {
  const timer = setTimeout(callback, delayMs);
  return { cancel: () => clearTimeout(timer) };
}
