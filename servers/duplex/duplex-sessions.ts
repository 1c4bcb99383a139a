// The sessions of a trial on its server: which there are, which are open, and what was received and
// sent in the window. One timer ends those whose upload has fallen silent.

import { makeChunks } from '../../bench/contract/chunks.ts';
import {
  largeBytesOf,
  planRehearsalSessions,
  planSessions,
  type DuplexServerTally,
  type DuplexTrial,
  type Session,
} from '../../bench/contract/duplex.ts';
import { addFaults, noFaults } from '../../bench/contract/frame-check.ts';
import type { InjectionOf } from '../../bench/contract/injection.ts';
import { NS_PER_MS, NS_PER_S } from '../../bench/contract/units.ts';
import { Pacer } from '../pacer.ts';
import { secondLane, sessionOver, unknownSession, type SessionRefusal } from './duplex-refusals.ts';
import { DuplexSession, type DownLane, type SessionEvents } from './duplex-session.ts';

/** Longest silence on the way up. */
const IDLE_NS = 5 * NS_PER_S;
const IDLE_CHECKS = 5;

export interface DuplexSessionsOptions {
  readonly trial: DuplexTrial;
  readonly now: () => number;
  readonly injection?: InjectionOf<'hold-frame'> | undefined;
  /** Shorter in tests. */
  readonly idleNs?: number;
}

/** The answer to a request for one of the lanes of a session. */
export type Opened =
  | { readonly session: DuplexSession }
  | { readonly session?: undefined; readonly refusal: SessionRefusal };

export class DuplexSessions {
  readonly frameBytes: number;
  readonly #trial: DuplexTrial;
  readonly #idleNs: number;
  readonly #planned: ReadonlyMap<string, Session>;
  readonly #open = new Map<string, DuplexSession>();
  readonly #over = new Set<string>();
  readonly #chunks: readonly Buffer[];
  readonly #pacer: Pacer<DuplexSession>;
  readonly #injection: InjectionOf<'hold-frame'> | undefined;
  readonly #events: Omit<SessionEvents, 'contentOf' | 'injection'>;
  #idleTimer: NodeJS.Timeout | undefined;
  #isStopped = false;
  readonly #ended: Record<string, number> = {};
  #faults = noFaults;
  #framesUp = 0;
  #framesDown = 0;
  #held = 0;
  readonly #dueNs: number[] = [];
  readonly #delayNs: number[] = [];
  readonly #writtenLateNs: number[] = [];

  constructor({ trial, now, injection, idleNs = IDLE_NS }: DuplexSessionsOptions) {
    this.#trial = trial;
    this.#idleNs = idleNs;
    this.frameBytes = trial.duplex.frameBytes;
    this.#chunks = makeChunks(trial.duplex.frameBytes);
    const all = [...planSessions(trial), ...planRehearsalSessions(trial)];
    this.#planned = new Map(all.map((session) => [session.id, session]));
    this.#injection = injection;
    this.#pacer = new Pacer({ now, emit: (session) => session.emitNext() });
    this.#events = {
      now,
      // Made before T0: it takes tens of milliseconds.
      large: largeOf(trial),
      received: (session, index, atNs) => this.#receive(session, index, atNs),
      written: (session, index, atNs) => {
        const due = session.dueOf('down', index);
        if (this.#isInWindow(session, due)) this.#writtenLateNs.push(atNs - due);
      },
      over: (session, how) => this.#close(session, how),
    };
  }

  get openSessions(): number {
    return this.#open.size;
  }

  /** Frames that an open session has taken. */
  framesTaken(id: string): number | undefined {
    return this.#open.get(id)?.check.received;
  }

  /** Whether something of it still waits for a moment. */
  get isWaiting(): boolean {
    return this.#idleTimer !== undefined || (!this.#isStopped && this.#pacer.scheduled > 0);
  }

  /** Opens the way down. The lane that is sent to is made once the session is known to take it. */
  openDown(id: string, laneOf: (session: DuplexSession) => DownLane): Opened {
    const opened = this.#find(id);
    if (opened.session === undefined) return opened;
    const { session } = opened;
    if (session.hasDown) return { refusal: secondLane(id, 'event stream') };
    session.openDown(laneOf(session));
    this.#pacer.schedule(session, session.dueOf('down', 0));
    return opened;
  }

  /** Opens the way up, of which a session has one. */
  openUp(id: string): Opened {
    const opened = this.#find(id);
    if (opened.session?.hasUp === true) return { refusal: secondLane(id, 'upload') };
    if (opened.session !== undefined) opened.session.hasUp = true;
    return opened;
  }

  /** The session of a single frame, or of the end of them. */
  find(id: string): Opened {
    return this.#find(id);
  }

  /**
   * Either lane may be first, and on networks that reorder it is. A session ends by itself, and its
   * name is not given again.
   */
  #find(id: string): Opened {
    const known = this.#open.get(id);
    if (known !== undefined) return { session: known };
    if (this.#over.has(id)) return { refusal: sessionOver(id) };
    const plan = this.#planned.get(id);
    if (plan === undefined) return { refusal: unknownSession(id) };
    const chunks = this.#chunks;
    const session = new DuplexSession(plan, this.#trial.duplex, {
      ...this.#events,
      // Sessions of the rehearsal are served unchanged.
      injection: plan.place === undefined ? undefined : this.#injection,
      contentOf: (index) => chunks[(plan.contentDown + index) % chunks.length] as Buffer,
    });
    this.#open.set(id, session);
    this.#idleTimer ??= setInterval(
      () => {
        for (const open of this.#open.values()) open.failIfSilent(this.#idleNs);
      },
      this.#idleNs / NS_PER_MS / IDLE_CHECKS,
    );
    return { session };
  }

  #isInWindow({ plan }: DuplexSession, atNs: number): boolean {
    const { warmupNs, windowNs } = this.#trial;
    return plan.place !== undefined && atNs >= warmupNs && atNs < warmupNs + windowNs;
  }

  #receive(session: DuplexSession, index: number, atNs: number): void {
    const due = session.dueOf('up', index);
    if (!this.#isInWindow(session, due)) return;
    this.#dueNs.push(due);
    this.#delayNs.push(atNs - due);
  }

  #close(session: DuplexSession, how: string): void {
    const { id, place } = session.plan;
    this.#open.delete(id);
    this.#over.add(id);
    if (place !== undefined) {
      this.#ended[how] = (this.#ended[how] ?? 0) + 1;
      // What the client sent and did not arrive is known only when both tallies are there.
      this.#faults = addFaults(this.#faults, session.check.faults(0));
      this.#framesUp += session.check.received;
      this.#framesDown += session.framesDown;
      this.#held += session.held;
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#idleTimer);
    this.#idleTimer = undefined;
  }

  /** Ends all sessions. */
  stop(): void {
    for (const session of this.#open.values()) session.abort();
    this.#pacer.stop();
    this.#isStopped = true;
  }

  tally(): DuplexServerTally {
    return {
      up: {
        frames: this.#framesUp,
        faults: this.#faults,
        dueNs: this.#dueNs,
        delayNs: this.#delayNs,
      },
      framesDown: this.#framesDown,
      writtenLateNs: this.#writtenLateNs,
      ended: this.#ended,
      held: this.#held,
    };
  }
}

function largeOf({ duplex: { largeBytes } }: DuplexTrial): Buffer {
  return largeBytes === undefined ? Buffer.alloc(0) : largeBytesOf(largeBytes);
}
