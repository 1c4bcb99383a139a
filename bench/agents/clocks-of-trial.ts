// The clocks of a trial's agents: each is held against that of the first server, by stamps that are
// exchanged before, during and after the trial. The agents' clocks are those of their processes.

import assert from 'node:assert/strict';
import type { ClockReading } from '../contract/agent-messages.ts';
import type { ClockProof } from '../contract/clock-proof.ts';
import type { StampColumns } from '../contract/stamps.ts';
import { correctStamps, fitClock, type ClockFit } from './fit-clock.ts';
import type { Member } from './member.ts';

const EXCHANGES_BEFORE = 800;
const EXCHANGES_AFTER = 400;
/** By which this process learns the moment of T0 on its own clock, for readings of whole seconds. */
const READINGS = 15;

export interface ClockOfAgent {
  readonly fit: ClockFit;
  /** T0 of the agent minus that of the reference, on their clocks, as it was agreed. */
  readonly agreedNs: number;
  readonly exchanges: number;
  /** From when its last process had the order to start until T0. */
  readonly startLeadNs: number;
}

export interface ProvenClocks {
  readonly proof: ClockProof;
  readonly of: (member: Member) => ClockOfAgent;
}

interface Followed {
  readonly readings: ClockReading[];
  epochNs: bigint;
  startLeadNs: number;
}

const SAME_CLOCK: ClockFit = {
  offsetNs: () => 0,
  driftPerMillion: 0,
  boundNs: 0,
  deviationNs: 0,
};

export class ClocksOfTrial {
  readonly #reference: Member;
  readonly #members: readonly Member[];
  readonly #followed = new Map<Member, Followed>();
  #proven: ReadonlyMap<Member, ClockOfAgent> = new Map();

  constructor(reference: Member, members: readonly Member[]) {
    this.#reference = reference;
    this.#members = members;
  }

  get #others(): readonly Member[] {
    return this.#members.filter((member) => member !== this.#reference);
  }

  get #place(): { host: string; port: number } {
    const { address, clockPort } = this.#reference.announcement;
    return { host: address, port: clockPort };
  }

  /** Sets T0 of all agents. Returns that of this process. */
  async agree(leadNs: number): Promise<bigint> {
    const before = await Promise.all(
      this.#others.map(async (member) => {
        const reading = await member.order<'exchange-clock'>({
          kind: 'exchange-clock',
          ...this.#place,
          exchanges: EXCHANGES_BEFORE,
        });
        await member.order<'follow-clock'>({ kind: 'follow-clock', ...this.#place });
        return { member, reading };
      }),
    );
    const { referenceMinusOwnNs, nowNs } = await readReference(this.#reference);
    const epochNs = nowNs + BigInt(leadNs);
    this.#followed.set(this.#reference, { readings: [], epochNs, startLeadNs: leadNs });
    for (const { member, reading } of before) {
      const offsetNs = -Math.round((reading.lowNs + reading.highNs) / 2);
      this.#followed.set(member, {
        readings: [reading],
        epochNs: epochNs + BigInt(offsetNs),
        startLeadNs: leadNs,
      });
    }
    return epochNs - referenceMinusOwnNs;
  }

  /** T0 on the agent's clock. */
  epochOf(member: Member): bigint {
    return this.#of(member).epochNs;
  }

  #of(member: Member): Followed {
    const followed = this.#followed.get(member);
    assert(followed !== undefined, 'the clocks have agreed on T0');
    return followed;
  }

  /** @throws BenchError AGENT_LOST when a process had the order to start after T0 */
  noteStart(member: Member, leadNs: number): void {
    const followed = this.#of(member);
    followed.startLeadNs = Math.min(followed.startLeadNs, leadNs);
    if (leadNs <= 0)
      throw member.lose(
        `it had the order to start ${(-leadNs / 1e6).toFixed(1)} ms after the instant to start at`,
      );
  }

  /** Call once, after the trial. */
  async prove(): Promise<ProvenClocks> {
    const proven = await Promise.all(
      this.#others.map(async (member) => [member, await this.#proveOne(member)] as const),
    );
    const { startLeadNs } = this.#of(this.#reference);
    const own: ClockOfAgent = { fit: SAME_CLOCK, agreedNs: 0, exchanges: 0, startLeadNs };
    const clocks = new Map([[this.#reference, own] as const, ...proven]);
    this.#proven = clocks;
    const of = (member: Member): ClockOfAgent => {
      const clock = clocks.get(member);
      assert(clock !== undefined, 'every agent of the trial has a clock');
      return clock;
    };
    return { proof: proofOf(this.#members, of), of };
  }

  async #proveOne(member: Member): Promise<ClockOfAgent> {
    const { readings: before, epochNs, startLeadNs } = this.#of(member);
    const during = await member.order<'stop-clock'>({ kind: 'stop-clock' });
    const after = await member.order<'exchange-clock'>({
      kind: 'exchange-clock',
      ...this.#place,
      exchanges: EXCHANGES_AFTER,
    });
    const readings = [...before, ...during.readings, after];
    const sinceT0 = (reading: ClockReading): number => Number(BigInt(reading.atNs) - epochNs);
    const fit = fitClock(
      // Exchanged were the reference's clock minus the agent's.
      readings.map((reading) => ({
        atNs: sinceT0(reading),
        lowNs: -reading.highNs,
        highNs: -reading.lowNs,
      })),
      { fromNs: 0, toNs: Math.max(1, sinceT0(after)) },
    );
    return {
      fit,
      agreedNs: Number(epochNs - this.#of(this.#reference).epochNs),
      exchanges: readings.reduce((sum, { exchanges }) => sum + exchanges, 0),
      startLeadNs,
    };
  }

  correct(member: Member, columns: StampColumns): void {
    const clock = this.#proven.get(member);
    assert(clock !== undefined, 'clocks are proven before stamps are read');
    if (member !== this.#reference) correctStamps(columns, clock.fit, clock.agreedNs);
  }
}

/** The reference's clock minus this process's, by the quickest answer; and what it reads now. */
async function readReference(
  reference: Member,
): Promise<{ referenceMinusOwnNs: bigint; nowNs: bigint }> {
  let best: { roundNs: bigint; offsetNs: bigint } | undefined;
  for (let reading = 0; reading < READINGS; reading++) {
    const askedNs = process.hrtime.bigint();
    const { atNs } = await reference.order<'read-clock'>({ kind: 'read-clock' });
    const roundNs = process.hrtime.bigint() - askedNs;
    const offsetNs = BigInt(atNs) - (askedNs + roundNs / 2n);
    if (best === undefined || roundNs < best.roundNs) best = { roundNs, offsetNs };
  }
  assert(best !== undefined, 'the reference was read');
  return {
    referenceMinusOwnNs: best.offsetNs,
    nowNs: process.hrtime.bigint() + best.offsetNs,
  };
}

/**
 * A one-way time lies between the clocks of one server and one load process, each bounded against
 * the reference.
 */
function proofOf(members: readonly Member[], of: (member: Member) => ClockOfAgent): ClockProof {
  const worst = (part: Member['part']): number =>
    Math.max(
      ...members.filter((member) => member.part === part).map((member) => of(member).fit.boundNs),
    );
  const boundNs = worst('server') + worst('load');
  const exchanges = members.reduce((sum, member) => sum + of(member).exchanges, 0);
  const bound = { exchanges, violations: 0, lowNs: -boundNs, highNs: boundNs };
  // Each agent was found in one time namespace with its processes; between agents the bound counts.
  return { before: bound, after: bound, sameTimeNamespace: true };
}
