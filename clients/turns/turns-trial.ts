// One client asks for turn after turn of a conversation, the next as soon as it has the last, and
// verifies every token. Before the trial begins it holds some conversations of the same kind at once,
// without any delay, so that both processes run compiled code.

import { transports } from '../../bench/contract/arms/transports.ts';
import { BenchError } from '../../bench/contract/errors.ts';
import type { FromClient } from '../../bench/contract/messages.ts';
import type { TurnsSpecification, TurnsTally } from '../../bench/contract/turns.ts';
import { NS_PER_S } from '../../bench/contract/units.ts';
import { TrialFrame, type LoadOrder, type OpenStack, type Trial } from '../trial-frame.ts';
import { Conversation, type ConversationOptions } from './conversation.ts';

/** Conversations at once that warm up, and the turns of each at most: 40 requests and replies. */
const WARM_UPS = 8;
const WARM_UP_TURNS = 5;
const WARM_UP_TIMEOUT_NS = 20 * NS_PER_S;

export class TurnsTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #turns: TurnsSpecification;
  readonly #frame: TrialFrame;

  constructor(order: LoadOrder, turns: TurnsSpecification, openStack: OpenStack) {
    this.#order = order;
    this.#turns = turns;
    this.#frame = new TrialFrame(order, openStack);
  }

  async prepare(): Promise<FromClient> {
    const { now } = this.#frame;
    const ready = await this.#frame.prepare();
    const startNs = now();
    const conversations = Array.from({ length: WARM_UPS }, (_, repeat) => {
      const { turns, ...options } = this.#options();
      const shorter = { ...turns, turns: Math.min(turns.turns, WARM_UP_TURNS) };
      return new Conversation({ ...options, turns: shorter, part: 'warm-up', repeat });
    });
    await Promise.all(conversations.map(async (one) => await one.hold(now() + WARM_UP_TIMEOUT_NS)));
    const [failed] = conversations.flatMap((one) => one.tally().errors);
    if (failed !== undefined)
      throw new BenchError('STREAM', `the rehearsal before the trial failed: ${failed.example}`);
    return { ...ready, rehearsalNs: now() - startNs };
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const { warmupNs, windowNs } = this.#order.specification;
    const conversation = new Conversation({ ...this.#options(), part: 'measured', repeat: 0 });
    const use = await this.#frame.runToEnd(epochNs, {
      work: async () => await conversation.hold(warmupNs + windowNs),
      openStreams: () => conversation.openStreams,
      tokensReceived: () => conversation.tokensReceived,
    });
    const clock = await this.#frame.proveClockAgain();
    const tally: TurnsTally = { node: process.version, use, ...conversation.tally() };
    return { kind: 'turns-tally', clock, tally };
  }

  #options(): Omit<ConversationOptions, 'part' | 'repeat'> {
    const { specification } = this.#order;
    const { now, source, server } = this.#frame;
    return {
      specification,
      turns: this.#turns,
      source,
      now,
      server,
      protocol: transports[specification.transport].protocol,
    };
  }
}
