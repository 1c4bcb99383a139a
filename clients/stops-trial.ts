// Streams that are stopped by their clients: each at a drawn moment, in one of the ways of its
// transport. What comes after a stop is counted until the stream has ended.

import { transports } from '../bench/contract/arms/transports.ts';
import type { StopWay } from '../bench/contract/arms/stop-ways.ts';
import { callAt } from '../bench/contract/child-link.ts';
import type { DoneEvent } from '../bench/contract/control-events.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import { hashPopulation, type Population } from '../bench/contract/population.ts';
import {
  planStops,
  type PlannedStop,
  type StoppedByClient,
  type StopsPlan,
  type StopsTally,
} from '../bench/contract/stops.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import type { Instant } from '../bench/contract/units.ts';
import { hashStreamText, sliceStart } from '../bench/contract/workload.ts';
import { StopRequest } from './probe/stop-request.ts';
import { sharedPlace } from './shared-place.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient, StreamListener } from './stream-client.ts';
import { TrialFrame, type LoadOrder, type OpenStack, type Trial } from './trial-frame.ts';

/** Prefix of the ids of such streams. */
const PREFIX = 's';

/** The state of a stream so far. */
interface Running extends Pick<
  { -readonly [Key in keyof StoppedByClient]: StoppedByClient[Key] },
  'atStop' | 'tokens' | 'isDone' | 'sentBytes' | 'answeredNs' | 'failure'
> {
  isOpen: boolean;
  request?: StopRequest;
}

export class StopsTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #frame: TrialFrame;
  readonly #planned: readonly PlannedStop[];
  readonly #running: readonly Running[];
  readonly #accounts: StreamAccounts;
  readonly #client: StreamClient;
  #doneFaults = 0;

  constructor(order: LoadOrder, plan: StopsPlan, openStack: OpenStack) {
    const { specification } = order;
    this.#order = order;
    this.#frame = new TrialFrame(order, openStack);
    this.#planned = planStops(plan, transports[specification.transport].stops, specification);
    this.#running = this.#planned.map(() => ({ tokens: 0, isDone: false, isOpen: false }));
    this.#accounts = new StreamAccounts(
      specification,
      populationOf(this.#planned),
      this.#frame.source,
      { idPrefix: PREFIX },
    );
    this.#client = this.#frame.openClient(this.#listener());
  }

  async prepare(): Promise<FromClient> {
    return await this.#frame.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const { now } = this.#frame;
    const { warmupNs, windowNs } = this.#order.specification;
    const accounts = this.#accounts;
    const framed = this.#frame.run(epochNs, {
      begin: () => undefined,
      isOver: () => now() >= warmupNs + windowNs,
      openStreams: () => accounts.openStreams,
      tokensReceived: () => accounts.tokensReceived,
    });
    for (const [stream, { openNs }] of this.#planned.entries())
      callAt(openNs, now, () => this.#open(stream));
    const { use } = await framed;
    for (const stream of this.#planned.keys()) this.#end(stream);
    await this.#client.close();
    const clock = await this.#frame.proveClockAgain();
    return { kind: 'stops-tally', clock, tally: this.#tally(use) };
  }

  #open(stream: number): void {
    const { specification } = this.#order;
    const { tokens, tokensPerSecond, seed, way } = this.#of(stream).plan;
    const { running } = this.#of(stream);
    const streamId = this.#accounts.streamId(stream);
    const route = transports[specification.transport].route(streamId);
    this.#accounts.open(stream);
    running.isOpen = true;
    if (way === 'kept-request' || way === 'new-request') {
      running.request = this.#requestOf(running);
      if (way === 'kept-request') running.request.warmUp();
    }
    this.#client.open(stream, {
      ...this.#frame.targetOf(`${route}?n=${tokens}&rate=${tokensPerSecond}&seed=${seed}`),
      ...sharedPlace(specification, { slot: stream % specification.connections, streamId }),
    });
  }

  #requestOf(running: Running): StopRequest {
    return new StopRequest(this.#frame.server, this.#frame.now, {
      answered: (at) => (running.answeredNs = at),
      failed: ({ key, message }) => (running.failure ??= { cause: key, message }),
    });
  }

  #of(stream: number): { readonly plan: PlannedStop; readonly running: Running } {
    return {
      plan: this.#planned[stream] as PlannedStop,
      running: this.#running[stream] as Running,
    };
  }

  #stop(stream: number): void {
    const { plan, running } = this.#of(stream);
    if (!running.isOpen) return;
    running.atStop = {
      atNs: this.#frame.now(),
      tokens: running.tokens,
      bytes: this.#client.bytesRead(stream) ?? 0,
    };
    const sentBytes = this.#act(stream, plan.way);
    if (sentBytes !== undefined) running.sentBytes = sentBytes;
  }

  /** Returns the bytes that were sent; undefined where leaving a stream is all. */
  #act(stream: number, way: StopWay): number | undefined {
    switch (way) {
      case 'message':
      case 'close':
        return this.#client.stop?.(stream, way);
      case 'kept-request':
      case 'new-request':
        return this.#of(stream).running.request?.stop(this.#accounts.streamId(stream));
      default:
        this.#leave(stream);
        return undefined;
    }
  }

  #leave(stream: number): void {
    this.#of(stream).running.isOpen = false;
    this.#client.abandon(stream);
    this.#accounts.setAside(stream);
  }

  /** Closes everything of a stream, once the trial is over. */
  #end(stream: number): void {
    const { running } = this.#of(stream);
    if (running.isOpen) this.#leave(stream);
    running.request?.close();
  }

  #listener(): StreamListener {
    return {
      onConnect: () => undefined,
      onAccept: () => undefined,
      onTokenBytes: (stream, buffer, start, end, at) =>
        this.#receive(stream, at, () => this.#accounts.tokenBytes(stream, buffer, start, end)),
      onTokenText: (stream, payload, at) =>
        this.#receive(stream, at, () => this.#accounts.tokenText(stream, payload)),
      onControl: (stream, type, text) => {
        if (type === 'done') this.#done(stream, text);
      },
      onEnd: (stream, count) => {
        const { running } = this.#of(stream);
        running.isOpen = false;
        // A stream that nobody stopped is whole, and verified like any other.
        if (running.atStop === undefined) this.#accounts.end(stream, count);
        else this.#accounts.setAside(stream);
      },
      onFailure: (stream, cause, message) => {
        const { running } = this.#of(stream);
        running.isOpen = false;
        running.failure ??= { cause, message };
        // Tokens that it did not bring are no fault of those that it did.
        this.#accounts.setAside(stream);
      },
    };
  }

  #receive(stream: number, at: Instant, verify: () => number): number {
    const before = this.#accounts.tokensReceived;
    const place = verify();
    if (this.#accounts.tokensReceived === before) return place;
    const { plan, running } = this.#of(stream);
    running.tokens++;
    if (running.tokens === plan.stop.token)
      callAt(at + plan.stop.waitNs, this.#frame.now, () => this.#stop(stream));
    return place;
  }

  #done(stream: number, text: string): void {
    const { finish, n, sha256 } = JSON.parse(text) as DoneEvent;
    if (finish !== 'cancelled') {
      this.#accounts.done(stream, text);
      return;
    }
    const { plan, running } = this.#of(stream);
    const { source } = this.#frame;
    running.isDone = true;
    if (n !== running.tokens || sha256 !== hashStreamText(source, sliceStart(source, plan.seed), n))
      this.#doneFaults++;
  }

  #tally(use: ProcessUse): StopsTally {
    const { lost, duplicated, reordered, corrupt, hashMismatches } = this.#accounts.faults;
    return {
      node: process.version,
      use,
      streams: this.#planned.flatMap(({ way, state, isWarmUp }, stream): StoppedByClient[] => {
        if (isWarmUp) return [];
        const { isOpen: _isOpen, request: _request, ...seen } = this.#running[stream] as Running;
        return [{ id: this.#accounts.streamId(stream), way, state, ...seen }];
      }),
      planSha256: hashPopulation(this.#frame.population, this.#order.specification),
      tokenFaults: lost + duplicated + reordered + corrupt + hashMismatches + this.#doneFaults,
    };
  }
}

function populationOf(planned: readonly PlannedStop[]): Population {
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
