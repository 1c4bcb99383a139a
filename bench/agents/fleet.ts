// The agents of a run: found, chosen, leased, watched, and found again when one was lost.

import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  announcementSchema,
  HEARTBEAT_MS,
  subjects,
  type Announcement,
} from '../contract/agent-messages.ts';
import type { AgentPart } from '../contract/agents.ts';
import { BenchError } from '../contract/errors.ts';
import { chooseAgents, type Wanted } from './choose-agents.ts';
import { Member } from './member.ts';

export interface FleetOptions {
  readonly connection: NatsConnection;
  readonly wanted: Wanted;
  readonly signal: AbortSignal;
}

/** All that are there answer within this time. */
const DISCOVER_MS = 500;
/** Agents that are being started meanwhile are waited for. */
const QUORUM_MS = 5000;
/** An agent that was lost needs some seconds to notice, and to come back. */
const RETURN_MS = 20_000;
const CHECK_MS = 250;
/** A timer of this process that comes so late says that it did not run itself. */
const OWN_PAUSE_MS = 1000;

export class Fleet implements AsyncDisposable {
  readonly #options: FleetOptions;
  readonly #timers: readonly NodeJS.Timeout[];
  #members: readonly Member[] = [];
  #checkedAtMs = performance.now();

  private constructor(options: FleetOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#keep(), HEARTBEAT_MS),
      setInterval(() => this.#check(), CHECK_MS),
    ];
    void this.#watchBroker();
  }

  /** Owns the connection from here on. @throws BenchError BROKER that says who is missing */
  static async open(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    try {
      await fleet.#muster(QUORUM_MS);
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  membersOf(part: AgentPart): readonly Member[] {
    return this.#members.filter((member) => member.part === part);
  }

  /** Before each trial: all are there, the lost replaced. @throws BenchError BROKER */
  async muster(): Promise<readonly Member[]> {
    await this.#muster(RETURN_MS);
    return this.#members;
  }

  async #muster(patienceMs: number): Promise<void> {
    if (this.#members.length > 0 && this.#members.every(({ lost }) => lost === undefined)) return;
    // One choice for all: the others are leased anew, so that none has a part of an old trial.
    this.#releaseAll();
    const { wanted, signal } = this.#options;
    const deadlineMs = performance.now() + patienceMs;
    for (;;) {
      signal.throwIfAborted();
      const choice = chooseAgents(await this.#discover(), wanted);
      let words: string;
      if (choice.kind === 'missing') words = choice.words;
      else {
        const refused = await this.#leaseAll(choice.agents);
        if (refused === undefined) return;
        words = refused;
      }
      if (performance.now() > deadlineMs)
        throw new BenchError('BROKER', `not enough agents: ${words}`, {
          hint: 'start one on each machine: streamduel agent --nats URL --role load (or server, both)',
        });
      await sleep(CHECK_MS, undefined, { signal });
    }
  }

  /** Returns why not. */
  async #leaseAll(
    chosen: readonly { readonly announcement: Announcement; readonly part: AgentPart }[],
  ): Promise<string | undefined> {
    const { connection } = this.#options;
    const controller = controllerName();
    const leased = await Promise.allSettled(
      chosen.map(async (one) => await Member.lease({ connection, controller, ...one })),
    );
    this.#members = leased.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const refused = leased.find((one) => one.status === 'rejected');
    if (refused === undefined) return undefined;
    this.#releaseAll();
    return (refused.reason as Error).message;
  }

  async #discover(): Promise<readonly Announcement[]> {
    const { connection } = this.#options;
    const found = new Map<string, Announcement>();
    try {
      const replies = await connection.requestMany(subjects.discover, '', {
        strategy: 'timer',
        maxWait: DISCOVER_MS,
      });
      for await (const reply of replies) {
        const parsed = announcementSchema.safeParse(tryJson(reply.string()));
        if (parsed.success) found.set(parsed.data.id, parsed.data);
      }
    } catch {
      // There may be no listener, or no broker: the wait for a quorum says so when it is over.
    }
    return [...found.values()];
  }

  #keep(): void {
    for (const member of this.#members) member.keep();
  }

  #check(): void {
    const nowMs = performance.now();
    const pausedMs = nowMs - this.#checkedAtMs - CHECK_MS;
    this.#checkedAtMs = nowMs;
    for (const member of this.#members)
      if (pausedMs > OWN_PAUSE_MS)
        member.lose(`the controller itself did not run for ${(pausedMs / 1000).toFixed(1)} s`);
      else member.checkHeard();
  }

  /** Messages may be lost with the connection, and nobody says which. */
  async #watchBroker(): Promise<void> {
    for await (const { type } of this.#options.connection.status())
      if (type === 'disconnect')
        for (const member of this.#members) member.lose('the broker was lost');
  }

  #releaseAll(): void {
    for (const member of this.#members) member.release();
    this.#members = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#releaseAll();
    const { connection } = this.#options;
    // Without a broker there is nobody to take leave of.
    await Promise.race([connection.drain().catch(() => undefined), sleep(1000)]);
    await connection.close();
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For those who wonder for whom their agent works. */
function controllerName(): string {
  return `${userInfo().username} at ${hostname()}, process ${process.pid}`;
}
