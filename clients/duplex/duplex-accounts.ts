// What the client of a trial saw of its sessions, in the form in which it is saved.

import {
  dueNs,
  hashSessions,
  type DuplexClientTally,
  type DuplexTrial,
  type Session,
} from '../../bench/contract/duplex.ts';
import { addFaults, noFaults } from '../../bench/contract/frame-check.ts';
import type { ProcessUse } from '../../bench/contract/tally.ts';
import type { ClientSession, ReceivedEvents } from './client-session.ts';
import { addBytes, noBytes } from './lane-bytes.ts';

type Errors = DuplexClientTally['errors'];

export class DuplexAccounts {
  framesReceived = 0;
  readonly #trial: DuplexTrial;
  readonly #dueNs: number[] = [];
  readonly #delayNs: number[] = [];
  readonly #readyLateNs: number[] = [];
  readonly #behindLargeNs: number[] = [];
  #largeNs: number | undefined;
  #corruptLarge = 0;

  constructor(trial: DuplexTrial) {
    this.#trial = trial;
  }

  /** A frame of the way up is ready to be sent. */
  ready(due: number, nowNs: number): void {
    if (this.#isInWindow(due)) this.#readyLateNs.push(nowNs - due);
  }

  #isInWindow(atNs: number): boolean {
    const { warmupNs, windowNs } = this.#trial;
    return atNs >= warmupNs && atNs < warmupNs + windowNs;
  }

  eventsOf(plan: Session, large: Buffer | undefined): ReceivedEvents {
    const { largeSpanNs = 0 } = this.#trial.duplex;
    const largeDueNs =
      plan.largeBefore === undefined
        ? Number.POSITIVE_INFINITY
        : dueNs(plan, 'down', plan.largeBefore);
    return {
      frame: (due, delayNs) => {
        this.framesReceived++;
        if (due >= largeDueNs && due < largeDueNs + largeSpanNs) this.#behindLargeNs.push(delayNs);
        if (!this.#isInWindow(due)) return;
        this.#dueNs.push(due);
        this.#delayNs.push(delayNs);
      },
      large: (bytes, at) => {
        this.#largeNs = at - largeDueNs;
        if (large?.equals(bytes) !== true) this.#corruptLarge++;
      },
    };
  }

  tally(sessions: readonly ClientSession[], use: ProcessUse): DuplexClientTally {
    const whole = sessions.filter(({ isDone }) => isDone);
    const faults = sessions.reduce((sum, { check }) => addFaults(sum, check.faults(0)), noFaults);
    const due = whole.flatMap((session) =>
      Array.from(session.isSent, (sent, index) => ({
        sent,
        atNs: dueNs(session.plan, 'up', index),
      })),
    );
    const unsent = due.filter(({ sent }) => sent === 0);
    return {
      node: process.version,
      use,
      sessions: sessions.length,
      whole: whole.length,
      errors: errorsOf(sessions),
      down: {
        frames: sessions.reduce((sum, { check }) => sum + check.received, 0),
        faults: { ...faults, corrupt: faults.corrupt + this.#corruptLarge },
        dueNs: this.#dueNs,
        delayNs: this.#delayNs,
      },
      framesUp: sessions.reduce(
        (sum, { isSent }) => sum + isSent.filter((one) => one === 1).length,
        0,
      ),
      unsentUp: unsent.length,
      unsentUpInWindow: unsent.filter(({ atNs }) => this.#isInWindow(atNs)).length,
      readyLateNs: this.#readyLateNs,
      bargeIns: sessions.flatMap((session) => this.#bargeInsOf(session)),
      bytes: {
        up: whole.reduce((sum, { up }) => addBytes(sum, up.bytes), noBytes),
        down: whole.reduce((sum, { down }) => addBytes(sum, down.bytes), noBytes),
      },
      behindLargeNs: this.#behindLargeNs,
      ...(this.#largeNs !== undefined && { largeNs: this.#largeNs }),
      planSha256: hashSessions(this.#trial),
    };
  }

  /** Interruptions of the window whose answer would have ended by itself within it. */
  #bargeInsOf({ plan, lastHeardNs }: ClientSession): DuplexClientTally['bargeIns'] {
    const { answerNs } = this.#trial.duplex;
    return plan.interruptions.flatMap((frame, index) => {
      const atNs = dueNs(plan, 'up', frame);
      if (!this.#isInWindow(atNs) || !this.#isInWindow(atNs + answerNs)) return [];
      const heardNs = lastHeardNs.get(index);
      return [{ atNs, ...(heardNs !== undefined && { afterNs: Math.max(0, heardNs - atNs) }) }];
    });
  }
}

function errorsOf(sessions: readonly ClientSession[]): Errors {
  const failures = sessions.flatMap(({ failure, isDone, plan }) =>
    isDone
      ? []
      : [
          {
            cause: failure?.key ?? 'not-drained',
            example: failure?.message ?? `session ${plan.id} did not end`,
          },
        ],
  );
  return Array.from(
    Map.groupBy(failures, ({ cause }) => cause),
    ([cause, own]) => ({
      cause,
      count: own.length,
      example: own[0]?.example ?? '',
    }),
  );
}
