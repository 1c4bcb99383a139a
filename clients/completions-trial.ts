// A closed loop of whole streams: the next stream is requested as soon as the last has ended, on a
// connection of its own or a shared one as in every other trial, and every token is verified.

import assert from 'node:assert/strict';
import type { CompletionsPlan, CompletionsTally } from '../bench/contract/completions.ts';
import { callAt } from '../bench/contract/child-link.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import { AskedStreams, ASKED_PREFIX } from './asked-streams.ts';
import { CompletionLog } from './completion-log.ts';
import { sharedPlace } from './shared-place.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient, StreamListener } from './stream-client.ts';
import { TrialFrame, type LoadOrder, type OpenStack, type Trial } from './trial-frame.ts';

/**
 * Pause after a stream that failed: a server that refuses must not be sent requests as fast as it
 * can refuse them.
 */
const FAILURE_PAUSE_MS = 100;

const SEES_SOCKETS = 'whole streams are asked for by stacks that see their sockets';

export class CompletionsTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #frame: TrialFrame;
  readonly #asked: AskedStreams;
  readonly #accounts: StreamAccounts;
  readonly #client: StreamClient;
  readonly #log = new CompletionLog();
  /**
   * Indexed by connection, or by place on a shared one: number of requested streams, when the last
   * one was requested, and when its `done` came.
   */
  readonly #turns: Int32Array;
  readonly #requestNs: Float64Array;
  readonly #doneNs: Float64Array;
  /** No stream is requested from then on; ns since T0. */
  readonly #endNs: number;

  constructor(order: LoadOrder, plan: CompletionsPlan, openStack: OpenStack) {
    const { specification } = order;
    const { connections, warmupNs, windowNs, tailNs } = specification;
    this.#order = order;
    this.#frame = new TrialFrame(order, openStack);
    this.#asked = new AskedStreams(specification, plan);
    this.#accounts = new StreamAccounts(specification, this.#asked.population, this.#frame.source, {
      idPrefix: ASKED_PREFIX,
    });
    this.#client = this.#frame.openClient(this.#listener());
    this.#turns = new Int32Array(connections);
    this.#requestNs = new Float64Array(connections);
    this.#doneNs = new Float64Array(connections);
    this.#endNs = warmupNs + windowNs + tailNs;
  }

  async prepare(): Promise<FromClient> {
    return await this.#frame.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const { now } = this.#frame;
    const { connections, rampNs } = this.#order.specification;
    const accounts = this.#accounts;
    const framed = this.#frame.run(epochNs, {
      begin: () => undefined,
      isOver: () => now() >= this.#endNs && accounts.openStreams === 0,
      openStreams: () => accounts.openStreams,
      tokensReceived: () => accounts.tokensReceived,
    });
    for (let connection = 0; connection < connections; connection++)
      callAt((rampNs * connection) / connections, now, () => this.#askNext(connection));
    const { use } = await framed;
    for (const stream of accounts.openStreamNumbers()) {
      this.#client.abandon(stream);
      accounts.fail(stream, 'not-drained', 'the stream had not ended when the drain time was over');
    }
    await this.#client.close();
    const clock = await this.#frame.proveClockAgain();
    this.#log.write(this.#order.stampsFile);
    return { kind: 'completions-tally', clock, tally: this.#tally(use) };
  }

  #askNext(connection: number): void {
    const { now, targetOf } = this.#frame;
    const requestNs = now();
    if (requestNs >= this.#endNs) return;
    const turn = this.#turns[connection] as number;
    const stream = this.#asked.streamOf(connection, turn);
    this.#turns[connection] = turn + 1;
    this.#requestNs[connection] = requestNs;
    this.#accounts.open(stream);
    const streamId = this.#accounts.streamId(stream);
    this.#client.open(stream, {
      ...targetOf(this.#asked.pathOf(stream)),
      ...sharedPlace(this.#order.specification, { slot: connection, streamId }),
    });
  }

  #listener(): StreamListener {
    return {
      onConnect: () => undefined,
      onAccept: () => undefined,
      onTokenBytes: (stream, buffer, start, end) =>
        this.#accounts.tokenBytes(stream, buffer, start, end),
      onTokenText: (stream, payload) => this.#accounts.tokenText(stream, payload),
      onControl: (stream, type, text, at) => {
        if (type !== 'done') return;
        this.#doneNs[this.#asked.connectionOf(stream)] = at;
        this.#accounts.done(stream, text);
      },
      onEnd: (stream, count) => {
        const connection = this.#asked.connectionOf(stream);
        assert(count !== undefined, SEES_SOCKETS);
        if (this.#accounts.end(stream, count)) this.#record(connection, count.bytesRead);
        this.#askNext(connection);
      },
      onFailure: (stream, cause, message) => {
        this.#accounts.fail(stream, cause, message);
        setTimeout(() => this.#askNext(this.#asked.connectionOf(stream)), FAILURE_PAUSE_MS);
      },
    };
  }

  /**
   * Records `done`, the end that an application waits for. What follows differs by transport: a
   * last chunk, or a closing handshake.
   */
  #record(connection: number, bytesRead: number): void {
    const requestNs = this.#requestNs[connection] as number;
    this.#log.record({ requestNs, endNs: this.#doneNs[connection] as number, bytesRead });
  }

  #tally(use: ProcessUse): CompletionsTally {
    const accounts = this.#accounts;
    const {
      lost,
      duplicated,
      reordered,
      corrupt,
      hashMismatches,
      bytesRead,
      headBytes,
      modelBytes,
      errors,
    } = accounts.tally();
    assert(bytesRead !== undefined && headBytes !== undefined, SEES_SOCKETS);
    return {
      node: process.version,
      use,
      streamsAsked: accounts.started,
      streamsWhole: this.#log.streams,
      streamsAbandoned: 0,
      errors,
      tokenFaults: lost + duplicated + reordered + corrupt + hashMismatches,
      ...(modelBytes !== undefined && {
        bytesBesideModel: Math.abs(bytesRead - headBytes - modelBytes),
      }),
    };
  }
}
