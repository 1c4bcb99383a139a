// Streams that a trial plans by itself and that run until it is over, unless their clients end them
// before: opening, receipt, verification and the accounts are here; what clients do to them is not.

import { transports } from '../bench/contract/arms/transports.ts';
import { callAt } from '../bench/contract/child-link.ts';
import type { ClockBound } from '../bench/contract/clock-proof.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import { hashPopulation, type Population } from '../bench/contract/population.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import type { ToldStream } from '../bench/contract/told-streams.ts';
import type { Instant } from '../bench/contract/units.ts';
import { SideConnection } from './probe/side-connection.ts';
import type { OtherPayloads } from './sequence.ts';
import { sharedPlace } from './shared-place.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { SocketCount, StreamClient, StreamListener } from './stream-client.ts';
import { TrialFrame, type LoadOrder, type OpenStack } from './trial-frame.ts';

interface Failure {
  readonly cause: string;
  readonly message: string;
}

/** Told what comes of a stream. */
interface ToldEvents {
  /** A token has come. */
  readonly token: (stream: number, at: Instant) => void;
  readonly done: (stream: number, text: string) => void;
  /** It ended in good order; it is verified if this returns true. */
  readonly ended: (stream: number) => boolean;
  /** The first failure, if there are several. */
  readonly failed: (stream: number, failure: Failure) => void;
}

interface ToldOptions extends ToldEvents {
  /** Prefix of the ids of the streams. */
  readonly idPrefix: string;
  readonly planned: readonly ToldStream[];
  /** Payloads that may come in place of planned tokens, by stream. */
  readonly others?: (stream: number) => OtherPayloads;
}

interface Framed {
  readonly clock: ClockBound;
  readonly use: ProcessUse;
}

export class ToldStreams {
  readonly #order: LoadOrder;
  readonly #options: ToldOptions;
  readonly #frame: TrialFrame;
  readonly accounts: StreamAccounts;
  readonly client: StreamClient;
  /** By stream. */
  readonly #isOpen: boolean[];
  readonly #failures: (Failure | undefined)[] = [];
  readonly #side: SideConnection[] = [];

  constructor(order: LoadOrder, openStack: OpenStack, options: ToldOptions) {
    const { planned, idPrefix, others } = options;
    this.#order = order;
    this.#options = options;
    this.#frame = new TrialFrame(order, openStack);
    this.#isOpen = planned.map(() => false);
    this.accounts = new StreamAccounts(
      order.specification,
      populationOf(planned),
      this.#frame.source,
      { idPrefix, ...(others !== undefined && { others }) },
    );
    this.client = this.#frame.openClient(this.#listener());
  }

  get now(): () => Instant {
    return this.#frame.now;
  }

  get source(): TrialFrame['source'] {
    return this.#frame.source;
  }

  async prepare(): Promise<FromClient> {
    return await this.#frame.prepare();
  }

  /** Resolves once the window is over and all is closed. @param opening Called before each is opened. */
  async run(epochNs: bigint, opening: (stream: number) => void): Promise<Framed> {
    const { warmupNs, windowNs } = this.#order.specification;
    const { accounts, now } = this;
    const framed = this.#frame.run(epochNs, {
      begin: () => undefined,
      isOver: () => now() >= warmupNs + windowNs,
      openStreams: () => accounts.openStreams,
      tokensReceived: () => accounts.tokensReceived,
    });
    for (const [stream, { openNs }] of this.#options.planned.entries())
      callAt(openNs, now, () => {
        opening(stream);
        this.#open(stream);
      });
    const { use } = await framed;
    for (const stream of this.#options.planned.keys()) this.leave(stream);
    for (const connection of this.#side) connection.close();
    await this.client.close();
    return { use, clock: await this.#frame.proveClockAgain() };
  }

  #open(stream: number): void {
    const { specification } = this.#order;
    const { tokens, tokensPerSecond, seed } = this.#options.planned[stream] as ToldStream;
    const streamId = this.accounts.streamId(stream);
    const route = transports[specification.transport].route(streamId);
    this.accounts.open(stream);
    this.#isOpen[stream] = true;
    this.client.open(stream, {
      ...this.#frame.targetOf(`${route}?n=${tokens}&rate=${tokensPerSecond}&seed=${seed}`),
      ...sharedPlace(specification, { slot: stream % specification.connections, streamId }),
    });
  }

  isOpen(stream: number): boolean {
    return this.#isOpen[stream] === true;
  }

  failureOf(stream: number): Failure | undefined {
    return this.#failures[stream];
  }

  /** A connection beside that of a stream; it is closed when the trial is over. */
  openSide(stream: number, answered: (at: Instant) => void): SideConnection {
    const connection = new SideConnection(this.#frame.server, this.now, {
      answered,
      failed: ({ key, message }) => this.#fail(stream, { cause: key, message }),
    });
    this.#side.push(connection);
    return connection;
  }

  /** Closes the connection of a stream, or resets it, without a word. */
  leave(stream: number): void {
    if (!this.isOpen(stream)) return;
    this.#isOpen[stream] = false;
    this.client.abandon(stream);
    this.accounts.setAside(stream);
  }

  #fail(stream: number, failure: Failure): void {
    this.#failures[stream] ??= failure;
    this.#options.failed(stream, failure);
  }

  #listener(): StreamListener {
    const { done, ended } = this.#options;
    return {
      onConnect: () => undefined,
      onAccept: () => undefined,
      onTokenBytes: (stream, buffer, start, end, at) =>
        this.#receive(stream, at, () => this.accounts.tokenBytes(stream, buffer, start, end)),
      onTokenText: (stream, payload, at) =>
        this.#receive(stream, at, () => this.accounts.tokenText(stream, payload)),
      onControl: (stream, type, text) => {
        if (type === 'done') done(stream, text);
      },
      onEnd: (stream, count) => this.#end(stream, ended(stream), count),
      onFailure: (stream, cause, message) => {
        this.#isOpen[stream] = false;
        // Tokens that it did not bring are no fault of those that it did.
        this.accounts.setAside(stream);
        this.#fail(stream, { cause, message });
      },
    };
  }

  #end(stream: number, isWhole: boolean, count: SocketCount | undefined): void {
    this.#isOpen[stream] = false;
    if (isWhole) this.accounts.end(stream, count);
    else this.accounts.setAside(stream);
  }

  #receive(stream: number, at: Instant, verify: () => number): number {
    const before = this.accounts.tokensReceived;
    const place = verify();
    if (this.accounts.tokensReceived > before) this.#options.token(stream, at);
    return place;
  }

  /** Hash of the plan, by which both sides know that they have the same. */
  get planSha256(): string {
    return hashPopulation(this.#frame.population, this.#order.specification);
  }

  get tokenFaults(): number {
    const { lost, duplicated, reordered, corrupt, hashMismatches } = this.accounts.faults;
    return lost + duplicated + reordered + corrupt + hashMismatches;
  }
}

function populationOf(planned: readonly ToldStream[]): Population {
  let total = 0;
  const base = Int32Array.from(planned, ({ tokens }) => (total += tokens) - tokens);
  return {
    streams: planned.length,
    startNs: Float64Array.from(planned, ({ openNs }) => openNs),
    tokens: Int32Array.from(planned, ({ tokens }) => tokens),
    seeds: Uint32Array.from(planned, ({ seed }) => seed),
    slots: Int32Array.from(planned, (_, index) => index),
    base,
    totalTokens: total,
  };
}
