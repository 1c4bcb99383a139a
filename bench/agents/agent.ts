// An agent: announces this machine at the broker, works for one controller at a time, and ends all
// that it runs when that one is done, or not heard any more.

import type { Msg, NatsConnection } from '@nats-io/transport-node';
import {
  LEASE_MS,
  subjects,
  toAgentSchema,
  type AgentEvent,
  type Announcement,
  type Order,
  type ToAgent,
} from '../contract/agent-messages.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import { AgentSession, type StartAgentProcess } from './agent-session.ts';

export interface AgentOptions {
  readonly connection: NatsConnection;
  readonly announcement: Omit<Announcement, 'leasedBy'>;
  readonly startProcess: StartAgentProcess;
  /** Lines for who watches the agent. */
  readonly say: (text: string) => void;
}

interface Lease {
  readonly id: string;
  readonly controller: string;
  readonly session: AgentSession;
  readonly publish: (event: AgentEvent) => void;
  /** Number of the last order. */
  sequence: number;
  heardAtMs: number;
  isOver: boolean;
}

const CHECK_MS = 250;

export class Agent implements AsyncDisposable {
  readonly #options: AgentOptions;
  readonly #timer: NodeJS.Timeout;
  #lease: Lease | undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
    const { connection, announcement } = options;
    connection.subscribe(subjects.discover, {
      callback: (_error, message) => void message.respond(encode(this.#announce())),
    });
    connection.subscribe(subjects.agent(announcement.id), {
      callback: (_error, message) => void this.#receive(message),
    });
    this.#timer = setInterval(() => this.#checkLease(), CHECK_MS);
  }

  #announce(): Announcement {
    const leasedBy = this.#lease?.controller;
    return { ...this.#options.announcement, ...(leasedBy !== undefined && { leasedBy }) };
  }

  async #receive(message: Msg): Promise<void> {
    let answer: object | Buffer;
    try {
      answer = await this.#handle(parseMessage(message));
    } catch (error) {
      const code = error instanceof BenchError ? error.code : 'AGENT_LOST';
      const hint = error instanceof BenchError ? error.hint : undefined;
      answer = {
        refused: { code, message: messageOf(error), ...(hint !== undefined && { hint }) },
      };
    }
    if (message.reply === undefined || message.reply === '') return;
    message.respond(Buffer.isBuffer(answer) ? answer : encode(answer));
  }

  async #handle(message: ToAgent): Promise<object | Buffer> {
    if (message.kind === 'order' && message.order.kind === 'lease')
      return this.#take(message.session, message.order);
    const lease = this.#lease;
    // A controller that was given up may still speak.
    if (lease === undefined || lease.id !== message.session || lease.isOver)
      throw new BenchError('AGENT_LOST', 'this agent does not work in that session any more');
    lease.heardAtMs = performance.now();
    if (message.kind === 'keep') return {};
    if (message.kind === 'release') {
      await this.#end(lease, 'the controller is done');
      return {};
    }
    if (message.sequence !== lease.sequence + 1) {
      const text = `order ${lease.sequence + 1} was lost on the way: ${message.sequence} came`;
      void this.#end(lease, text);
      throw new BenchError('AGENT_LOST', text);
    }
    lease.sequence = message.sequence;
    return await lease.session.carryOut(message.order);
  }

  #take(id: string, { controller }: Extract<Order, { kind: 'lease' }>): object {
    const { announcement, connection, startProcess, say } = this.#options;
    if (this.#lease !== undefined)
      throw new BenchError(
        'BROKER',
        `agent ${announcement.name} works for another controller: ${this.#lease.controller}`,
        { hint: 'wait for it to end, or start more agents' },
      );
    let sequence = 0;
    const publish = (event: AgentEvent): void => {
      if (!connection.isClosed() && !connection.isDraining())
        connection.publish(subjects.session(id), encode({ sequence: sequence++, event }));
    };
    const { address } = announcement;
    const session = new AgentSession({ address, startProcess, publish });
    const heardAtMs = performance.now();
    this.#lease = { id, controller, session, publish, sequence: 0, heardAtMs, isOver: false };
    say(`works for ${controller}`);
    return {};
  }

  #checkLease(): void {
    const lease = this.#lease;
    if (lease === undefined || lease.isOver) return;
    const silentMs = performance.now() - lease.heardAtMs;
    if (silentMs > LEASE_MS)
      void this.#end(lease, `the controller was not heard for ${(silentMs / 1000).toFixed(1)} s`);
  }

  async #end(lease: Lease, why: string): Promise<void> {
    lease.isOver = true;
    await lease.session[Symbol.asyncDispose]();
    if (this.#lease !== lease) return;
    this.#lease = undefined;
    this.#options.say(`free again: ${why}`);
  }

  /** Ends what runs: its controller cannot rely on it any more. */
  loseController(why: string): void {
    if (this.#lease !== undefined && !this.#lease.isOver) void this.#end(this.#lease, why);
  }

  /** Tells the controller, rather than letting it find out. */
  async leave(why: string): Promise<void> {
    const lease = this.#lease;
    if (lease === undefined) return;
    lease.publish({ kind: 'leaving', why });
    await this.#options.connection.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    if (this.#lease !== undefined) await this.#end(this.#lease, 'the agent ends');
  }
}

function encode(value: object): string {
  return JSON.stringify(value);
}

/** @throws BenchError USAGE */
function parseMessage(message: Msg): ToAgent {
  try {
    return toAgentSchema.parse(message.json());
  } catch (cause) {
    throw new BenchError('USAGE', `an agent was told something unknown: ${messageOf(cause)}`, {
      cause,
    });
  }
}
