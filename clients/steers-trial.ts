// Streams that are steered by their clients while they run: input after input at drawn moments, in one
// of the ways of the transport, each of which must come back as a token.

import { transports } from '../bench/contract/arms/transports.ts';
import type { TellWay } from '../bench/contract/arms/stop-ways.ts';
import { callAt } from '../bench/contract/child-link.ts';
import { renderSteer, renderSteerMessage, steerPathOf } from '../bench/contract/control-events.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import { payloads, renderPayload } from '../bench/contract/payload.ts';
import {
  planSteers,
  steerText,
  type PlannedSteers,
  type SteeredByClient,
  type SteersPlan,
  type SteersTally,
} from '../bench/contract/steers.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import type { Instant } from '../bench/contract/units.ts';
import type { SideConnection } from './probe/side-connection.ts';
import type { OtherPayloads } from './sequence.ts';
import { ToldStreams } from './told-streams.ts';
import type { LoadOrder, OpenStack, Trial } from './trial-frame.ts';

/** Prefix of the ids of such streams. */
const PREFIX = 'i';

interface Steer {
  readonly number: number;
  readonly sentNs: number;
  seenNs?: number;
  isWarmUp?: true;
}

/** The state of a stream so far. */
interface Running {
  readonly sent: Steer[];
  /** Those of which no token has come, the oldest first. */
  readonly unseen: Steer[];
  /** The one that the token carries which is being received. */
  found: Steer | undefined;
  sentBytes: number;
  side?: SideConnection;
}

export class SteersTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #planned: readonly PlannedSteers[];
  readonly #running: readonly Running[];
  readonly #streams: ToldStreams;

  constructor(order: LoadOrder, plan: SteersPlan, openStack: OpenStack) {
    const { specification } = order;
    this.#order = order;
    this.#planned = planSteers(plan, transports[specification.transport].stops, specification);
    this.#running = this.#planned.map(() => ({
      sent: [],
      unseen: [],
      found: undefined,
      sentBytes: 0,
    }));
    this.#streams = new ToldStreams(order, openStack, {
      idPrefix: PREFIX,
      planned: this.#planned,
      others: (stream) => this.#inputsOf(stream),
      token: (stream, at) => this.#see(stream, at),
      done: () => undefined,
      ended: () => false,
      failed: () => undefined,
    });
  }

  async prepare(): Promise<FromClient> {
    return await this.#streams.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const { clock, use } = await this.#streams.run(epochNs, (stream) => this.#schedule(stream));
    return { kind: 'steers-tally', clock, tally: this.#tally(use) };
  }

  #schedule(stream: number): void {
    const { way, steersNs } = this.#planned[stream] as PlannedSteers;
    const running = this.#running[stream] as Running;
    if (way === 'kept-request') {
      running.side = this.#streams.openSide(stream, () => undefined);
      running.side.warmUp();
    }
    for (const [number, atNs] of steersNs.entries())
      callAt(atNs, this.#streams.now, () => this.#steer(stream, number));
  }

  #steer(stream: number, number: number): void {
    const { way, steersNs } = this.#planned[stream] as PlannedSteers;
    const { sent, unseen } = this.#running[stream] as Running;
    if (!this.#streams.isOpen(stream)) return;
    const steer: Steer = {
      number,
      sentNs: this.#streams.now(),
      ...(!this.#isCounted(steersNs[number]) && { isWarmUp: true }),
    };
    sent.push(steer);
    unseen.push(steer);
    const bytes = this.#tell(stream, way, steerText(number));
    const running = this.#running[stream] as Running;
    running.sentBytes = Math.max(running.sentBytes, bytes);
  }

  /** By the plan: within the window. */
  #isCounted(plannedNs = 0): boolean {
    return plannedNs >= this.#order.specification.warmupNs;
  }

  /** Returns the bytes that were sent. */
  #tell(stream: number, way: TellWay, text: string): number {
    const { client, accounts } = this.#streams;
    if (way === 'message') return client.tell?.(stream, renderSteerMessage(text)) ?? 0;
    const path = steerPathOf(accounts.streamId(stream));
    if (way === 'kept-request')
      return (this.#running[stream] as Running).side?.post(path, renderSteer(text)) ?? 0;
    const side = this.#streams.openSide(stream, () => side.close());
    return side.post(path, renderSteer(text));
  }

  /**
   * A token may carry any input that was sent and has not been seen: those on connections of their own
   * can overtake each other.
   */
  #inputsOf(stream: number): OtherPayloads {
    const { payload } = this.#order.specification;
    const template = payloads[payload].template(this.#streams.accounts.streamId(stream));
    const running = this.#running[stream] as Running;
    return {
      accepts: (buffer, start, end, index) => {
        const text = buffer.toString('utf8', start, end);
        running.found = running.unseen.find(
          ({ number }) =>
            text === renderPayload(template, index + 1, JSON.stringify(steerText(number))),
        );
        return running.found !== undefined;
      },
    };
  }

  #see(stream: number, at: Instant): void {
    const running = this.#running[stream] as Running;
    const { found, unseen } = running;
    if (found === undefined) return;
    found.seenNs = at;
    unseen.splice(unseen.indexOf(found), 1);
    running.found = undefined;
  }

  #tally(use: ProcessUse): SteersTally {
    return {
      node: process.version,
      use,
      streams: this.#planned.map(({ way, state, steersNs }, stream): SteeredByClient => {
        const { sent, sentBytes } = this.#running[stream] as Running;
        const failure = this.#streams.failureOf(stream);
        return {
          id: this.#streams.accounts.streamId(stream),
          way,
          state,
          planned: steersNs.filter((atNs) => this.#isCounted(atNs)).length,
          steers: sent,
          sentBytes,
          ...(failure !== undefined && { failure }),
        };
      }),
      planSha256: this.#streams.planSha256,
      tokenFaults: this.#streams.tokenFaults,
    };
  }
}
