// Streams over a path, each for one cell of a table: some are timed, some stopped, some watched until
// somebody on the way ends them. A stream that fails is a result, and not tried again.

import { transports } from '../bench/contract/arms/transports.ts';
import { callAt } from '../bench/contract/child-link.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import type { Population } from '../bench/contract/population.ts';
import {
  EXCHANGE,
  LIBRARY,
  planCells,
  watchedToNs,
  type CellStream,
  type PlannedCell,
  type ProxyCellsPlan,
  type ProxyCellsTally,
} from '../bench/contract/proxy-cells.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import type { Instant } from '../bench/contract/units.ts';
import { planOffsetsNs } from '../bench/contract/workload.ts';
import { LibraryRestarts } from './library-restarts.ts';
import { RawExchange } from './probe/raw-exchange.ts';
import type { stacks as stackTable } from './stacks.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient, StreamListener } from './stream-client.ts';
import { TrialFrame, type LoadOrder, type OpenStack, type Trial } from './trial-frame.ts';

/** Prefix of the ids of such streams. */
const PREFIX = 'p';

/** The state of a stream so far. */
type Watched = {
  -readonly [
    Key in keyof Omit<CellStream, 'id' | 'kind' | 'askedNs' | 'ended' | 'endedNs'>
  ]: CellStream[Key];
} & {
  askedNs?: number;
  ended?: CellStream['ended'];
  endedNs?: number;
  lastReadNs?: number;
  inRead: number;
};

export class ProxyCellsTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #frame: TrialFrame;
  readonly #cells: readonly PlannedCell[];
  readonly #watched: readonly Watched[];
  readonly #accounts: StreamAccounts;
  readonly #client: StreamClient;
  readonly #deliveryNs: number[] = [];
  readonly #offsetsNs: readonly Float64Array[];
  /** Ns since T0. */
  readonly #watchedToNs: number;

  readonly #libraries: LibraryRestarts;
  #exchange: RawExchange | undefined;
  #exchanged: ProxyCellsTally['exchange'];

  /** @param stacks The libraries that are open when the server restarts. */
  constructor(
    order: LoadOrder,
    plan: ProxyCellsPlan,
    { openStack, stacks }: { readonly openStack: OpenStack; readonly stacks: typeof stackTable },
  ) {
    const { specification } = order;
    this.#order = order;
    this.#frame = new TrialFrame(order, openStack);
    this.#cells = planCells(plan, specification);
    this.#watchedToNs = watchedToNs({ ...specification, plan });
    this.#watched = this.#cells.map(() => ({
      tokens: 0,
      reads: 0,
      mostTokensPerRead: 0,
      inRead: 0,
    }));
    this.#offsetsNs = this.#cells.map(({ seed, tokens, tokensPerSecond }) =>
      planOffsetsNs({ ...specification.workload, tokensPerSecond }, seed, tokens),
    );
    this.#accounts = new StreamAccounts(
      specification,
      populationOf(this.#cells),
      this.#frame.source,
      { idPrefix: PREFIX },
    );
    this.#client = this.#frame.openClient(this.#listener());
    const { now, targetOf } = this.#frame;
    this.#libraries = new LibraryRestarts(
      { arm: specification, stacks, now, targetOf },
      order.through !== undefined,
    );
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
    for (const [stream, { openNs, stopNs }] of this.#cells.entries()) {
      callAt(openNs, now, () => this.#open(stream));
      if (stopNs !== undefined) callAt(stopNs, now, () => this.#leave(stream, 'stopped'));
    }
    callAt(warmupNs / 2, now, () => this.#beginExchange());
    callAt(this.#watchedToNs - LIBRARY.beforeNs, now, () => this.#libraries.open());
    callAt(this.#watchedToNs, now, () => this.#leaveAll());
    const { use } = await framed;
    this.#leaveAll();
    await Promise.all([this.#client.close(), this.#libraries.close()]);
    const clock = await this.#frame.proveClockAgain();
    return { kind: 'proxy-cells-tally', clock, tally: this.#tally(use) };
  }

  #open(stream: number): void {
    const { tokens, tokensPerSecond, seed, paddingBytes } = this.#cells[stream] as PlannedCell;
    const route = transports[this.#order.specification.transport].route(
      this.#accounts.streamId(stream),
    );
    const pad = paddingBytes === undefined ? '' : `&pad=${paddingBytes}`;
    if (this.#isVerified(stream)) this.#accounts.open(stream);
    this.#of(stream).askedNs = this.#frame.now();
    this.#client.open(
      stream,
      this.#frame.targetOf(`${route}?n=${tokens}&rate=${tokensPerSecond}&seed=${seed}${pad}`),
    );
  }

  /** Of a stream whose client stops reading most never comes. */
  #isVerified(stream: number): boolean {
    return (this.#cells[stream] as PlannedCell).paddingBytes === undefined;
  }

  #beginExchange(): void {
    const { transport } = this.#order.specification;
    const { id, tokens, tokensPerSecond, seed } = EXCHANGE;
    const { now, targetOf } = this.#frame;
    const path = `${transports[transport].route(id)}?n=${tokens}&rate=${tokensPerSecond}&seed=${seed}`;
    this.#exchange = new RawExchange({ transport, target: targetOf(path), now });
  }

  #leaveAll(): void {
    this.#exchanged ??= this.#exchange?.finish();
    for (const stream of this.#cells.keys()) this.#leave(stream, 'watched');
  }

  /** Closes the stream’s connection, unless the stream is over. */
  #leave(stream: number, how: 'stopped' | 'watched'): void {
    const watched = this.#of(stream);
    if (watched.askedNs === undefined || watched.ended !== undefined) return;
    watched.ended = how;
    watched.endedNs = this.#frame.now();
    if (!this.#isVerified(stream)) watched.bytesRead = this.#client.bytesRead(stream);
    this.#client.abandon(stream);
    if (!this.#isVerified(stream)) return;
    this.#accounts.setAside(stream);
  }

  #of(stream: number): Watched {
    return this.#watched[stream] as Watched;
  }

  #listener(): StreamListener {
    const end = (stream: number, ended: 'whole' | 'failed', at: Instant): Watched => {
      const watched = this.#of(stream);
      this.#endRead(watched);
      watched.ended = ended;
      watched.endedNs = at;
      return watched;
    };
    return {
      onConnect: () => undefined,
      onAccept: (stream, at) => {
        this.#of(stream).acceptedNs = at;
      },
      onTokenBytes: (stream, buffer, start, end, at) => {
        if (!this.#isVerified(stream)) return this.#stopReading(stream, at);
        const before = this.#accounts.tokensReceived;
        const answer = this.#accounts.tokenBytes(stream, buffer, start, end);
        if (this.#accounts.tokensReceived > before) this.#receive(stream, at);
        return answer;
      },
      onTokenText: (stream, payload, at) => {
        if (!this.#isVerified(stream)) return this.#stopReading(stream, at);
        const before = this.#accounts.tokensReceived;
        const answer = this.#accounts.tokenText(stream, payload);
        if (this.#accounts.tokensReceived > before) this.#receive(stream, at);
        return answer;
      },
      onControl: (stream, type, text) => {
        if (type === 'done' && this.#isVerified(stream)) this.#accounts.done(stream, text);
      },
      onEnd: (stream, count, at) => {
        if (this.#isVerified(stream)) this.#accounts.end(stream, count);
        end(stream, 'whole', at);
      },
      onFailure: (stream, cause, message, at) => {
        // Tokens that it did not bring are no fault of those that it did.
        if (this.#isVerified(stream)) this.#accounts.setAside(stream);
        Object.assign(end(stream, 'failed', at), { cause, message });
      },
    };
  }

  /** At its first token. */
  #stopReading(stream: number, at: Instant): void {
    this.#receive(stream, at);
    this.#client.pause(stream);
  }

  #receive(stream: number, at: Instant): void {
    const watched = this.#of(stream);
    const { kind } = this.#cells[stream] as PlannedCell;
    watched.firstTokenNs ??= at;
    if (kind === 'paced')
      this.#deliveryNs.push(
        at - (watched.askedNs ?? at) - (this.#offsetsNs[stream]?.[watched.tokens] ?? 0),
      );
    watched.tokens++;
    // All tokens of one read share its moment.
    if (at !== watched.lastReadNs) {
      this.#endRead(watched);
      watched.reads++;
      watched.lastReadNs = at;
    }
    watched.inRead++;
  }

  #endRead(watched: Watched): void {
    watched.mostTokensPerRead = Math.max(watched.mostTokensPerRead, watched.inRead);
    watched.inRead = 0;
  }

  #tally({ tickLatenessP99Ns }: ProcessUse): ProxyCellsTally {
    const { lost, duplicated, reordered, corrupt, hashMismatches } = this.#accounts.faults;
    const streams = this.#watched.flatMap((watched, stream): CellStream[] => {
      this.#endRead(watched);
      const {
        askedNs,
        ended,
        endedNs,
        inRead: _inRead,
        lastReadNs: _lastReadNs,
        ...rest
      } = watched;
      if (askedNs === undefined || ended === undefined || endedNs === undefined) return [];
      const { kind } = this.#cells[stream] as PlannedCell;
      return [{ id: this.#accounts.streamId(stream), kind, ...rest, askedNs, ended, endedNs }];
    });
    return {
      node: process.version,
      streams,
      ...(this.#exchanged !== undefined && { exchange: this.#exchanged }),
      libraries: this.#libraries.tally(),
      ...(tickLatenessP99Ns !== undefined && { tickLatenessP99Ns }),
      deliveryNs: this.#deliveryNs,
      tokenFaults: lost + duplicated + reordered + corrupt + hashMismatches,
    };
  }
}

function populationOf(cells: readonly PlannedCell[]): Population {
  const base = Int32Array.from(cells, (_, index) =>
    cells.slice(0, index).reduce((sum, { tokens }) => sum + tokens, 0),
  );
  return {
    streams: cells.length,
    startNs: Float64Array.from(cells, ({ openNs }) => openNs),
    tokens: Int32Array.from(cells, ({ tokens }) => tokens),
    seeds: Uint32Array.from(cells, ({ seed }) => seed),
    slots: Int32Array.from(cells, (_, index) => index),
    base,
    totalTokens: cells.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}
