// One leased agent, as its controller sees it: orders with their answers, events, and how it was
// lost. Nothing is sent twice: a message that was lost on the way loses the agent.

import { createHash, randomBytes } from 'node:crypto';
import {
  NoRespondersError,
  RequestError,
  TimeoutError,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';
import type { AgentPart } from '../contract/agents.ts';
import {
  answers,
  fromAgentSchema,
  LOST_AFTER_MS,
  refusalSchema,
  STAMPS_PART_BYTES,
  subjects,
  type AgentEvent,
  type Announcement,
  type Order,
  type ToAgent,
} from '../contract/agent-messages.ts';
import { BenchError, errorCodes, messageOf, type ErrorCode } from '../contract/errors.ts';
import type { z } from 'zod';

type AnswerOf<Kind extends keyof typeof answers> = z.infer<(typeof answers)[Kind]>;
type OrderOf<Kind extends Order['kind']> = Extract<Order, { kind: Kind }>;

export interface LeaseOptions {
  readonly connection: NatsConnection;
  readonly announcement: Announcement;
  readonly part: AgentPart;
  /** Shown by the agent to others. */
  readonly controller: string;
}

const ORDER_TIMEOUT_MS = 10_000;
/** Parts of a stamp file that are under way at once. */
const PARTS_UNDER_WAY = 4;
/** In so many heartbeats one after another a process is seen stopped before it counts. */
const MOST_STOPPED = 2;

export class Member {
  readonly announcement: Announcement;
  readonly part: AgentPart;
  readonly #connection: NatsConnection;
  readonly #session = randomBytes(8).toString('hex');
  readonly #subscription: Subscription;
  readonly #stopped = new Map<number, number>();
  #sequence = 0;
  #heard = 0;
  #heardAtNs = process.hrtime.bigint();
  #lost: BenchError | undefined;
  /** T0 of the trial that runs, on the clock of this process. */
  epochNs: bigint | undefined;
  /** Called for every event of its processes. */
  onEvent: ((event: AgentEvent) => void) | undefined;
  onLost: ((error: BenchError) => void) | undefined;

  private constructor({ connection, announcement, part }: LeaseOptions) {
    this.#connection = connection;
    this.announcement = announcement;
    this.part = part;
    this.#subscription = connection.subscribe(subjects.session(this.#session), {
      callback: (_error, message) => this.#receive(message.data),
    });
  }

  /** @throws BenchError BROKER when it works for another, AGENT_LOST when it does not answer */
  static async lease(options: LeaseOptions): Promise<Member> {
    const member = new Member(options);
    try {
      await member.#send({ kind: 'lease', controller: options.controller }, ORDER_TIMEOUT_MS);
      return member;
    } catch (error) {
      member.release();
      throw error;
    }
  }

  get lost(): BenchError | undefined {
    return this.#lost;
  }

  /** @throws BenchError the agent's refusal, or AGENT_LOST */
  async order<Kind extends keyof typeof answers & Order['kind']>(
    order: OrderOf<Kind>,
    timeoutMs = ORDER_TIMEOUT_MS,
  ): Promise<AnswerOf<Kind>> {
    if (this.#lost !== undefined) throw this.#lost;
    const data = await this.#send(order, timeoutMs);
    const answer: unknown = JSON.parse(Buffer.from(data).toString());
    const refusal = refusalSchema.safeParse(answer);
    if (refusal.success) throw this.#refused(refusal.data.refused);
    const parsed = answers[(order as Order).kind as Kind].safeParse(answer);
    if (!parsed.success) throw this.lose(`it answered something unknown: ${parsed.error.message}`);
    return parsed.data as AnswerOf<Kind>;
  }

  async #send(order: Order, timeoutMs: number): Promise<Uint8Array> {
    const message: ToAgent = {
      kind: 'order',
      session: this.#session,
      sequence: this.#sequence++,
      order,
    };
    const text = JSON.stringify(message);
    const most = this.#connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    if (Buffer.byteLength(text) > most)
      throw new BenchError(
        'LIMIT',
        `an order to agent ${this.announcement.name} has ${Buffer.byteLength(text)} bytes; the broker takes ${most}`,
        { hint: 'raise max_payload of the broker, or measure a shorter trace' },
      );
    try {
      const reply = await this.#connection.request(subjects.agent(this.announcement.id), text, {
        timeout: timeoutMs,
      });
      // A lease is refused with words.
      if (order.kind === 'lease') this.#checkLease(reply.string());
      return reply.data;
    } catch (cause) {
      if (cause instanceof BenchError) throw cause;
      throw this.lose(explainSilence(cause, order.kind, timeoutMs));
    }
  }

  #checkLease(text: string): void {
    const refusal = refusalSchema.safeParse(JSON.parse(text));
    if (refusal.success) throw this.#refused(refusal.data.refused);
  }

  #refused({ code, message, hint }: z.infer<typeof refusalSchema>['refused']): BenchError {
    if (code === 'AGENT_LOST') return this.lose(message);
    return new BenchError(
      Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'AGENT_LOST',
      `agent ${this.announcement.name}: ${message}`,
      hint === undefined ? {} : { hint },
    );
  }

  #receive(data: Uint8Array): void {
    if (this.#lost !== undefined) return;
    let parsed: z.infer<typeof fromAgentSchema>;
    try {
      parsed = fromAgentSchema.parse(JSON.parse(Buffer.from(data).toString()));
    } catch (error) {
      this.lose(`it said something unknown: ${messageOf(error)}`);
      return;
    }
    if (parsed.sequence !== this.#heard) {
      this.lose(`message ${this.#heard} was lost on the way: ${parsed.sequence} came`);
      return;
    }
    this.#heard++;
    this.#heardAtNs = process.hrtime.bigint();
    const { event } = parsed;
    if (event.kind === 'leaving') this.lose(`it was ended: ${event.why}`);
    if (event.kind === 'heartbeat') this.#judgeStopped(event.processes);
    this.onEvent?.(event);
  }

  /** A stopped process says nothing, and its agent goes on. */
  #judgeStopped(processes: Extract<AgentEvent, { kind: 'heartbeat' }>['processes']): void {
    for (const { process: number, isStopped } of processes) {
      const times = isStopped ? (this.#stopped.get(number) ?? 0) + 1 : 0;
      this.#stopped.set(number, times);
      if (times >= MOST_STOPPED) this.lose('one of its processes is stopped');
    }
  }

  /** Call several times a second. */
  checkHeard(): void {
    const silentMs = Number(process.hrtime.bigint() - this.#heardAtNs) / 1e6;
    if (silentMs > LOST_AFTER_MS)
      this.lose(`it was not heard for ${(silentMs / 1000).toFixed(1)} s`, this.#heardAtNs);
  }

  keep(): void {
    if (this.#lost === undefined) this.#publish({ kind: 'keep', session: this.#session });
  }

  /** For good: an agent that comes back gets a lease of its own. Returns the error. */
  lose(why: string, atNs = process.hrtime.bigint()): BenchError {
    if (this.#lost !== undefined) return this.#lost;
    const { name, address } = this.announcement;
    this.#lost = new BenchError(
      'AGENT_LOST',
      `agent ${name} (${this.part}, ${address}) was lost ${this.#secondWords(atNs)}: ${why}`,
      { hint: 'see what happened to it; an agent that is there again takes part again' },
    );
    this.onLost?.(this.#lost);
    // It may be alive, and must not go on.
    this.release();
    return this.#lost;
  }

  #secondWords(atNs: bigint): string {
    if (this.epochNs === undefined) return 'before the trial began';
    const seconds = Number(atNs - this.epochNs) / 1e9;
    return seconds < 0
      ? 'before the trial began'
      : `in second ${Math.floor(seconds) + 1} of the trial`;
  }

  /** The stamps of one of its processes: a file, in parts, each asked for. @throws BenchError */
  async fetchStamps(number: number): Promise<Buffer> {
    const { bytes, sha256 } = await this.order({ kind: 'measure-stamps', process: number });
    const parts: Uint8Array[] = [];
    const count = Math.ceil(bytes / STAMPS_PART_BYTES);
    let next = 0;
    const fetchParts = async (): Promise<void> => {
      for (let part = next++; part < count; part = next++)
        parts[part] = await this.#send(
          { kind: 'read-stamps', process: number, part },
          ORDER_TIMEOUT_MS,
        );
    };
    await Promise.all(Array.from({ length: PARTS_UNDER_WAY }, fetchParts));
    const whole = Buffer.concat(parts);
    if (whole.length !== bytes || createHash('sha256').update(whole).digest('hex') !== sha256)
      throw this.lose('its stamps came otherwise than it has them');
    return whole;
  }

  release(): void {
    this.#publish({ kind: 'release', session: this.#session });
    if (!this.#connection.isClosed()) this.#subscription.unsubscribe();
  }

  #publish(message: ToAgent): void {
    if (this.#connection.isClosed() || this.#connection.isDraining()) return;
    this.#connection.publish(subjects.agent(this.announcement.id), JSON.stringify(message));
  }
}

function explainSilence(cause: unknown, kind: string, timeoutMs: number): string {
  const isGone =
    cause instanceof NoRespondersError || (cause instanceof RequestError && cause.isNoResponders());
  if (isGone) return 'it is not at the broker any more';
  if (cause instanceof TimeoutError)
    return `it did not answer "${kind}" within ${timeoutMs / 1000} s`;
  return messageOf(cause);
}
