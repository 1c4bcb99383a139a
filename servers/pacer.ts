// One timing wheel emits every token of every stream when it is due: 1 ms slots, one timer. Never a
// timer a stream: Never one timer per stream: such timers fire early (Node truncates to whole ms)
// and lose tokens under load. Never a spin: it would be the CPU time we measure.
//
// The timer is armed before a turn emits anything: ws writes within the turn and node:http after
// it, so a timer armed at its end would make the turns of one transport longer than those of the
// other.

import { NS_PER_MS } from '../bench/contract/units.ts';

/**
 * The pacer's view of a stream; links live in the stream, so pacing allocates nothing per token.
 */
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
   * Emits the stream's next token; called once it is due, never before. Returns when the following
   * one is due, from the plan and never from now, or undefined when the stream must not be emitted
   * again until it is scheduled anew.
   */
  readonly emit: (stream: S) => number | undefined;
  /** Replaceable by a test that runs in virtual time. */
  readonly setTimer?: SetTimer;
  /**
   * A timer that counts fractions of a millisecond: turns then begin when a token is due, and not
   * with the millisecond after it. A recording is replayed with one.
   */
  readonly setExactTimer?: SetTimer;
  /** Calls back once the event loop has polled for input and output; replaceable as above. */
  readonly afterPoll?: (callback: () => void) => Cancellable;
  /** `after` repeats the fault described above, for a selftest that must notice it. */
  readonly armed?: 'before' | 'after';
}

/** Calls back once, after a delay; a later call comes only after the earlier one was cancelled or is over. */
export type SetTimer = (callback: () => void, delayMs: number) => Cancellable;

interface Cancellable {
  readonly cancel: () => void;
}

/** Must be a power of two. Longer gaps go round the wheel more than once. */
const SLOTS = 8192;
const MASK = SLOTS - 1;
/**
 * Limit of tokens per turn; beyond it the event loop polls, so that accepts and requests are not
 * starved.
 */
const TOKENS_PER_TURN = 2000;
/**
 * Shortest time from turn to turn with an exact timer, so that its wake-ups cost no more than 4000 a
 * second do, however many streams there are.
 */
const LEAST_EXACT_TURN_NS = NS_PER_MS / 4;

interface Slot<S> {
  first: S | undefined;
  last: S | undefined;
}

export class Pacer<S extends Paced> {
  readonly #now: () => number;
  readonly #emit: (stream: S) => number | undefined;
  readonly #setTimer: SetTimer;
  readonly #isExact: boolean;
  readonly #afterPoll: (callback: () => void) => Cancellable;
  readonly #armed: 'before' | 'after';
  readonly #slots: Slot<S>[] = Array.from({ length: SLOTS }, () => ({
    first: undefined,
    last: undefined,
  }));
  /** Millisecond of the first slot that is not fully drained. */
  #current = 0;
  #scheduled = 0;
  #timer: Cancellable | undefined;
  #timerAtNs = Number.POSITIVE_INFINITY;
  #turnAhead: Cancellable | undefined;
  #isTicking = false;
  /**
   * Counts turns of the wheel: two tokens of a stream with one tick number were written in the same
   * turn.
   */
  tick = 0;
  /**
   * When the current turn checked what is due, ns since T0: every token that it emits was due by
   * then.
   */
  turnNs = Number.NaN;

  constructor(options: PacerOptions<S>) {
    this.#now = options.now;
    this.#emit = options.emit;
    this.#setTimer = options.setExactTimer ?? options.setTimer ?? setNodeTimer;
    this.#isExact = options.setExactTimer !== undefined;
    this.#afterPoll = options.afterPoll ?? afterNodePoll;
    this.#armed = options.armed ?? 'before';
  }

  get scheduled(): number {
    return this.#scheduled;
  }

  /** A stream that is already scheduled stays as it is. */
  schedule(stream: S, dueNs: number): void {
    if (stream.isScheduled) return;
    if (this.#scheduled === 0 && !this.#isTicking)
      this.#current = Math.floor(this.#now() / NS_PER_MS);
    stream.dueNs = dueNs;
    this.#insert(stream);
    if (!this.#isTicking) this.#arm(Math.max(Math.floor(dueNs / NS_PER_MS), this.#current));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#turnAhead?.cancel();
    this.#timer = undefined;
    this.#turnAhead = undefined;
    this.#timerAtNs = Number.POSITIVE_INFINITY;
  }

  #insert(stream: S): void {
    stream.isScheduled = true;
    this.#scheduled++;
    this.#append(Math.max(Math.floor(stream.dueNs / NS_PER_MS), this.#current), stream);
  }

  #slotAt(slotMs: number): Slot<S> {
    return this.#slots[slotMs & MASK] as Slot<S>;
  }

  #append(slotMs: number, stream: S): void {
    stream.nextInSlot = undefined;
    const slot = this.#slotAt(slotMs);
    if (slot.last === undefined) slot.first = stream;
    else slot.last.nextInSlot = stream;
    slot.last = stream;
  }

  /** Keeps a timer that already fires as early. Tokens due by `afterNs` need none. */
  #arm(slotMs: number, afterNs = Number.NEGATIVE_INFINITY): void {
    const nowNs = this.#now();
    // A token is due within its slot, so the first useful moment is up to 1 ms after the slot
    // begins; setTimeout's own minimum is 1 ms.
    const delayMs = this.#isExact
      ? Math.max(0, (this.#exactNs(slotMs, { nowNs, afterNs }) - nowNs) / NS_PER_MS)
      : Math.max(1, Math.ceil(slotMs - nowNs / NS_PER_MS));
    const atNs = nowNs + delayMs * NS_PER_MS;
    if (this.#turnAhead !== undefined || atNs >= this.#timerAtNs) return;
    this.#timer?.cancel();
    this.#timerAtNs = atNs;
    this.#timer = this.#setTimer(() => this.#wake(), delayMs);
  }

  /** When the first token of the slot is due that is due after `afterNs`, but no turn too soon. */
  #exactNs(
    slotMs: number,
    { nowNs, afterNs }: { readonly nowNs: number; readonly afterNs: number },
  ): number {
    // Streams of a later round of the wheel are no reason to sleep beyond the slot.
    let firstNs = (slotMs + 1) * NS_PER_MS;
    for (
      let stream = this.#slotAt(slotMs).first;
      stream !== undefined;
      stream = stream.nextInSlot as S | undefined
    )
      if (stream.dueNs > afterNs && stream.dueNs < firstNs) firstNs = stream.dueNs;
    if (this.tick === 0) return firstNs;
    // The clock begins anew with a trial: the last turn was never after now.
    return Math.max(firstNs, Math.min(this.turnNs, nowNs) + LEAST_EXACT_TURN_NS);
  }

  /**
   * Defers the turn until the loop has polled. A timer armed before the turn is due again once the
   * turn has taken 1 ms, and Node runs due timers without a poll in between: at overload no request
   * would be accepted any more.
   */
  #wake(): void {
    this.#timer = undefined;
    this.#timerAtNs = Number.POSITIVE_INFINITY;
    this.#turnAhead = this.#afterPoll(() => this.#turn());
  }

  #turn(): void {
    this.#turnAhead = undefined;
    this.#isTicking = true;
    this.tick++;
    const nowNs = this.#now();
    this.turnNs = nowNs;
    const upToMs = Math.floor(nowNs / NS_PER_MS);
    if (this.#armed === 'before') this.#armAhead(nowNs, upToMs);
    let budget = TOKENS_PER_TURN;
    // After a long sleep one round visits every slot; more would visit them twice.
    this.#current = Math.max(this.#current, upToMs - MASK);
    while (this.#scheduled > 0) {
      budget = this.#drainSlot(nowNs, budget);
      if (budget <= 0 || this.#current >= upToMs) break;
      this.#current++;
    }
    this.#isTicking = false;
    if (this.#scheduled > 0)
      this.#armAfter(nowNs, budget <= 0 ? this.#current : this.#nextBusySlot(upToMs));
  }

  /**
   * Arms the timer for the first token that the turn will leave; what the turn emits can only bring
   * the timer forward.
   */
  #armAhead(nowNs: number, upToMs: number): void {
    for (
      let stream = this.#slotAt(upToMs).first;
      stream !== undefined;
      stream = stream.nextInSlot as S | undefined
    )
      if (stream.dueNs > nowNs) return this.#arm(upToMs, nowNs);
    // Slots that are already late belong to this turn.
    const last = Math.min(upToMs, this.#current) + SLOTS - 1;
    for (let slotMs = upToMs + 1; slotMs <= last; slotMs++)
      if (this.#slotAt(slotMs).first !== undefined) return this.#arm(slotMs);
  }

  /**
   * Arms the timer as if at the start of the turn: it fires at once if the turn has taken longer
   * than the timer would.
   */
  #armAfter(turnNs: number, slotMs: number): void {
    if (this.#armed === 'after') return this.#arm(slotMs);
    const nowNs = this.#now();
    const wantedNs = this.#isExact
      ? this.#exactNs(slotMs, { nowNs, afterNs: Number.NEGATIVE_INFINITY })
      : Math.max(turnNs + NS_PER_MS, slotMs * NS_PER_MS);
    if (wantedNs > nowNs) return this.#arm(slotMs);
    if (this.#timerAtNs <= wantedNs) return;
    this.#timer?.cancel();
    this.#wake();
  }

  /**
   * Emits what is due in the current slot, again and again while that makes more due in it; returns
   * the budget left.
   */
  #drainSlot(nowNs: number, budget: number): number {
    const slot = this.#slotAt(this.#current);
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
      if (this.#slotAt(slotMs).first !== undefined) return ahead === 0 ? upToMs : slotMs;
    }
    return this.#current + SLOTS;
  }
}

function setNodeTimer(callback: () => void, delayMs: number): Cancellable {
  const timer = setTimeout(callback, delayMs);
  return { cancel: () => clearTimeout(timer) };
}

function afterNodePoll(callback: () => void): Cancellable {
  const immediate = setImmediate(callback);
  return { cancel: () => clearImmediate(immediate) };
}
