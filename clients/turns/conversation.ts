// A conversation as its client holds it: the request of each turn, its reply, and when both came.

import type { TransportDescription } from '../../bench/contract/arms/transport-description.ts';
import type { TrialSpecification } from '../../bench/contract/messages.ts';
import type { Population } from '../../bench/contract/population.ts';
import {
  planConversation,
  turnPrefix,
  type ConversationPart,
  type PlannedTurn,
} from '../../bench/contract/turn-conversation.ts';
import { TURNS_PATH } from '../../bench/contract/turn-requests.ts';
import type { ClientTurn, TurnsSpecification, TurnsTally } from '../../bench/contract/turns.ts';
import type { Instant } from '../../bench/contract/units.ts';
import type { TokenSource } from '../../bench/contract/workload.ts';
import type { ProbeTransport } from '../probe/byte-reader.ts';
import { openSocketEngine } from '../probe/socket-engine.ts';
import { StreamAccounts } from '../stream-accounts.ts';
import type { ServerPlace, StreamClient, StreamListener, StreamTarget } from '../stream-client.ts';
import { postTurns } from './post-turns.ts';
import { webSocketTurns } from './websocket-turns.ts';

const WATCH_MS = 50;
/** The only conversation's place among kept connections. */
const SLOT = 0;

export interface ConversationOptions {
  readonly specification: TrialSpecification;
  readonly turns: TurnsSpecification;
  readonly part: ConversationPart;
  /** Tells conversations of one part from each other. */
  readonly repeat: number;
  readonly source: TokenSource;
  readonly now: () => Instant;
  readonly server: ServerPlace;
  /** Form of the transport's messages, which decides how turns are sent. */
  readonly protocol: TransportDescription['protocol'];
}

type Timed = { -readonly [Key in keyof ClientTurn]: ClientTurn[Key] };

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #planned: readonly PlannedTurn[];
  readonly #accounts: StreamAccounts;
  readonly #client: StreamClient;
  readonly #timed: Timed[] = [];
  /** Sockets that connected, and turns that were handed to a kept one. */
  #connects = 0;
  #bytesRead = 0;
  #over: (() => void) | undefined;

  constructor(options: ConversationOptions) {
    const { specification, turns, part, repeat, source, now, protocol } = options;
    const { workloadSeed, workload, payload, transport } = specification;
    this.#options = options;
    this.#planned = planConversation({
      ...turns,
      part,
      repeat,
      workloadSeed,
      replyTokens: workload.tokensPerStream,
      source,
    });
    this.#accounts = new StreamAccounts(
      // A reply ends as it does on a kept connection, on new ones too: their client closes them.
      { payload, transport, connecting: { kind: 'kept' } },
      populationOf(this.#planned),
      source,
      { idPrefix: turnPrefix(part, repeat) },
    );
    const over: ProbeTransport = protocol === 'websocket' ? webSocketTurns : postTurns;
    this.#client = openSocketEngine(over, { listener: this.#listener(), now });
  }

  get openStreams(): number {
    return this.#accounts.openStreams;
  }

  get tokensReceived(): number {
    return this.#accounts.tokensReceived;
  }

  /** Resolves when all turns are over, one of them has failed, or the time is up. */
  async hold(untilNs: number): Promise<void> {
    const { now } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#over = resolve;
    const watch = setInterval(() => {
      if (now() >= untilNs) this.#giveUp();
    }, WATCH_MS);
    this.#ask(0);
    await promise;
    clearInterval(watch);
    await this.#client.close();
  }

  #giveUp(): void {
    for (const turn of this.#accounts.openStreamNumbers()) {
      this.#client.abandon(turn);
      this.#accounts.fail(turn, 'not-drained', 'the reply had not ended when the time was over');
    }
    this.#over?.();
  }

  #ask(turn: number): void {
    const planned = this.#planned[turn];
    if (planned === undefined) return this.#over?.();
    const { turns, now, server } = this.#options;
    this.#timed.push({ startNs: now(), isWhole: false, bytesUp: 0 });
    // Rendered anew in each turn, as a client does that resends its history: that is part of its cost.
    const target: StreamTarget = {
      ...server,
      path: TURNS_PATH,
      turn: JSON.stringify(planned.request),
      ...(turns.connection === 'kept' && { kept: { slot: SLOT, streamId: planned.id } }),
    };
    this.#accounts.open(turn);
    this.#client.open(turn, target);
  }

  #listener(): StreamListener {
    const stamp = (turn: number, at: Instant): void => {
      const timed = this.#timed[turn] as Timed;
      timed.firstTokenNs ??= at;
      timed.lastTokenNs = at;
    };
    return {
      onConnect: () => void this.#connects++,
      onAccept: () => undefined,
      onTokenBytes: (turn, buffer, start, end, at) => {
        stamp(turn, at);
        return this.#accounts.tokenBytes(turn, buffer, start, end);
      },
      onTokenText: (turn, payload, at) => {
        stamp(turn, at);
        return this.#accounts.tokenText(turn, payload);
      },
      onControl: (turn, type, text) => {
        if (type === 'done') this.#accounts.done(turn, text);
      },
      onEnd: (turn, count) => {
        const timed = this.#timed[turn] as Timed;
        timed.isWhole = this.#accounts.end(turn, count);
        timed.bytesUp = count?.bytesSent ?? 0;
        this.#bytesRead += (count?.bytesRead ?? 0) - (count?.headBytes ?? 0);
        // Not from within the read that ended the reply: its reader is about to carry another.
        process.nextTick(() => this.#ask(turn + 1));
      },
      onFailure: (turn, cause, message) => {
        this.#accounts.fail(turn, cause, message);
        this.#over?.();
      },
    };
  }

  tally(): Omit<TurnsTally, 'node' | 'use'> {
    const counts = this.#accounts.tally();
    const { lost, duplicated, reordered, corrupt, hashMismatches, errors } = counts;
    const reused = this.#client.kept?.().reused ?? 0;
    return {
      turns: this.#timed,
      connectionsOpened: this.#connects - reused,
      errors,
      tokenFaults: lost + duplicated + reordered + corrupt + hashMismatches,
      bytesDownBesideModel: Math.abs(this.#bytesRead - (counts.modelBytes ?? 0)),
    };
  }
}

/** Replies as streams, each with the number of its turn. */
function populationOf(planned: readonly PlannedTurn[]): Population {
  const tokens = Int32Array.from(planned, ({ request }) => request.max_output_tokens);
  const base = Int32Array.from(tokens, (_, turn) =>
    tokens.subarray(0, turn).reduce((sum, own) => sum + own, 0),
  );
  return {
    streams: planned.length,
    startNs: new Float64Array(planned.length).fill(Number.NaN),
    tokens,
    seeds: Uint32Array.from(planned, ({ seed }) => seed),
    slots: new Int32Array(planned.length),
    base,
    totalTokens: tokens.reduce((sum, own) => sum + own, 0),
  };
}
