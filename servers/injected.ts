// Injects known server-side effects between the streams and their sinks, which the harness must
// find without being told. Stamps are taken before, as always, so whatever is added here is
// latency, damage or cost of the transport.

import { spin, type Injection } from '../bench/contract/injection.ts';
import type { Payload } from '../bench/contract/payload.ts';
import { deriveSeed } from '../bench/contract/random.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';

type Damage = 'dropped' | 'duplicated' | 'corrupted';

export class Injected {
  readonly #injection: Injection;
  readonly #seed: number;
  readonly #retained = new Map<StreamSink, Buffer>();
  #timer: NodeJS.Timeout | undefined;
  /**
   * Injected effects, counted where they are applied: the ground truth that the harness has to
   * find.
   */
  readonly counts: Record<string, number> = {};

  constructor({ injection, seed }: { injection: Injection; seed: number }) {
    this.#injection = injection;
    this.#seed = seed;
  }

  get retainedStreams(): number {
    return this.#retained.size;
  }

  get paddingBytes(): number {
    return this.#injection.kind === 'padding' ? this.#injection.bytes : 0;
  }

  /** Tokens that are generated after a stop; streams of the rehearsal stop at once. */
  tokensAfterStop({ isRehearsal }: StreamPlan): number {
    if (this.#injection.kind !== 'late-stop' || isRehearsal) return 0;
    this.#count('lateStops');
    return this.#injection.tokens;
  }

  /** Time from the receipt of an input to its being taken up. */
  steerDelayMs({ isRehearsal }: StreamPlan): number {
    if (this.#injection.kind !== 'late-steer' || isRehearsal) return 0;
    this.#count('lateSteers');
    return this.#injection.delayNs / NS_PER_MS;
  }

  /** When the timer of the pacer is armed; undefined unless the injection changes it. */
  get pacerArmed(): 'after' | undefined {
    return this.#injection.kind === 'spin-before-write' && this.#injection.pacer === 'armed-after'
      ? 'after'
      : undefined;
  }

  /** Call when the trial begins. */
  start(): void {
    if (this.#injection.kind === 'stall') this.#stallAt(1, performance.now());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #stallAt(turn: number, startMs: number): void {
    if (this.#injection.kind !== 'stall') return;
    const { everyNs, stallNs } = this.#injection;
    const atMs = startMs + (turn * everyNs) / NS_PER_MS;
    this.#timer = setTimeout(
      () => {
        spin(stallNs);
        this.#count('stalls');
        this.#stallAt(turn + 1, startMs);
      },
      Math.max(0, atMs - performance.now()),
    );
  }

  #count(what: string, by = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + by;
  }

  /** Streams of the rehearsal and of people are served unchanged. */
  wrap(sink: StreamSink, plan: StreamPlan): StreamSink {
    if (plan.trialIndex === undefined) return sink;
    const injection = this.#injection;
    switch (injection.kind) {
      case 'spin-before-write': {
        const spinning = this.#aroundToken(sink, (write) => {
          this.#spin(injection.spinNs);
          write();
        });
        return injection.when === 'after-turn' ? afterTurn(spinning) : spinning;
      }
      case 'spin-after-write':
        return this.#aroundToken(sink, (write) => {
          write();
          this.#spin(injection.spinNs);
        });
      case 'undeclared':
        return this.#aroundToken(sink, (write, sequence) => {
          write();
          if (this.#isChosen(plan, sequence, injection.every)) this.#writeUndeclared(sink);
        });
      case 'damage':
        return this.#damage(sink, plan, injection.every);
      case 'tail':
        return this.#holdBack(sink, plan, injection);
      case 'retained':
        return this.#retain(sink, injection.bytesPerStream);
      default:
        // The other injections act elsewhere: on the relay, the payload, the client, the event
        // loop.
        return sink;
    }
  }

  /**
   * The shortest spin is its true cost: a thread that loses its CPU meanwhile spins for longer and
   * computes no more.
   */
  #spin(forNs: number): void {
    const spunNs = spin(forNs);
    this.counts['shortestSpinNs'] = Math.min(
      this.counts['shortestSpinNs'] ?? Number.POSITIVE_INFINITY,
      spunNs,
    );
  }

  #aroundToken(
    sink: StreamSink,
    around: (write: () => void, sequence: number) => void,
  ): StreamSink {
    return {
      ...sink,
      token: (sequence, payload) => around(() => sink.token(sequence, payload), sequence),
    };
  }

  /** Seeded by the workload, so that a repetition injects the same. */
  #draw(plan: StreamPlan, sequence: number, below: number): number {
    return deriveSeed(this.#seed, 0x696e6a, plan.seed, sequence) % below;
  }

  #isChosen(plan: StreamPlan, sequence: number, every: number): boolean {
    return this.#draw(plan, sequence, every) === 0;
  }

  #writeUndeclared(sink: StreamSink): void {
    const bytes = sink.writeUndeclared();
    if (bytes > 0) this.#count('undeclaredBytes', bytes);
  }

  #damage(sink: StreamSink, plan: StreamPlan, every: number): StreamSink {
    const kinds: readonly Damage[] = ['dropped', 'duplicated', 'corrupted'];
    return {
      ...sink,
      token: (sequence, payload) => {
        const damage = kinds[this.#draw(plan, sequence, every)];
        if (damage !== undefined) this.#count(damage);
        if (damage !== 'dropped')
          sink.token(sequence, damage === 'corrupted' ? corrupted(payload) : payload);
        if (damage === 'duplicated') sink.token(sequence, payload);
      },
    };
  }

  #holdBack(
    sink: StreamSink,
    plan: StreamPlan,
    { every, delayNs }: { every: number; delayNs: number },
  ): StreamSink {
    const waiting: (() => void)[] = [];
    let isHeld = false;
    const pass = (write: () => void): void => {
      if (isHeld) waiting.push(write);
      else write();
    };
    /** Stops early when a waiting token is itself one to hold back. */
    const release = (): void => {
      isHeld = false;
      for (
        let next = waiting.shift();
        next !== undefined;
        next = isHeld ? undefined : waiting.shift()
      )
        next();
    };
    const hold = (write: () => void): void => {
      isHeld = true;
      this.#count('held');
      setTimeout(() => {
        write();
        release();
      }, delayNs / NS_PER_MS);
    };
    return {
      ...sink,
      token: (sequence, payload) => {
        const write = (): void => sink.token(sequence, payload);
        pass(this.#isChosen(plan, sequence, every) ? () => hold(write) : write);
      },
      message: (message) => pass(() => sink.message(message)),
      done: (event) => pass(() => sink.done(event)),
      gap: (event) => pass(() => sink.gap(event)),
      bye: () => pass(() => sink.bye()),
    };
  }

  #retain(sink: StreamSink, bytes: number): StreamSink {
    // Filled, because pages that were never touched cost nothing.
    this.#retained.set(sink, Buffer.alloc(bytes, 1));
    this.#count('retainedBytes', bytes);
    sink.onClose(() => void this.#retained.delete(sink));
    return sink;
  }
}

/** Keeps the length, so that only the content is wrong. */
function corrupted(payload: Payload): Payload {
  if (typeof payload === 'string') return `${payload.slice(0, -1)}]`;
  const chunk = Buffer.from(payload.chunk);
  chunk.writeUInt8(chunk.readUInt8(0) ^ 1, 0);
  return { ...payload, chunk };
}

/** Writes as node:http does, once the turn of the pacer is over; in order. */
function afterTurn(sink: StreamSink): StreamSink {
  return {
    ...sink,
    token: (sequence, payload) => process.nextTick(() => sink.token(sequence, payload)),
    message: (message) => process.nextTick(() => sink.message(message)),
    done: (event) => process.nextTick(() => sink.done(event)),
    gap: (event) => process.nextTick(() => sink.gap(event)),
    bye: () => process.nextTick(() => sink.bye()),
  };
}
