// Streams that are stopped by their clients: each at a drawn moment, in one of the ways of its
// transport. What comes after a stop is counted until the stream has ended.

import { transports } from '../bench/contract/arms/transports.ts';
import type { StopWay } from '../bench/contract/arms/stop-ways.ts';
import { callAt } from '../bench/contract/child-link.ts';
import { CANCEL_MESSAGE, cancelPathOf, type DoneEvent } from '../bench/contract/control-events.ts';
import type { FromClient } from '../bench/contract/messages.ts';
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
import type { SideConnection } from './probe/side-connection.ts';
import { ToldStreams } from './told-streams.ts';
import type { LoadOrder, OpenStack, Trial } from './trial-frame.ts';

/** Prefix of the ids of such streams. */
const PREFIX = 's';

/** The state of a stream so far. */
interface Running extends Pick<
  { -readonly [Key in keyof StoppedByClient]: StoppedByClient[Key] },
  'atStop' | 'tokens' | 'isDone' | 'sentBytes' | 'answeredNs'
> {
  side?: SideConnection;
}

export class StopsTrial implements Trial {
  readonly #planned: readonly PlannedStop[];
  readonly #running: readonly Running[];
  readonly #streams: ToldStreams;
  #doneFaults = 0;

  constructor(order: LoadOrder, plan: StopsPlan, openStack: OpenStack) {
    const { specification } = order;
    this.#planned = planStops(plan, transports[specification.transport].stops, specification);
    this.#running = this.#planned.map(() => ({ tokens: 0, isDone: false }));
    this.#streams = new ToldStreams(order, openStack, {
      idPrefix: PREFIX,
      planned: this.#planned,
      token: (stream, at) => this.#count(stream, at),
      done: (stream, text) => this.#done(stream, text),
      // A stream that nobody stopped is whole, and verified like any other.
      ended: (stream) => this.#of(stream).running.atStop === undefined,
      failed: () => undefined,
    });
  }

  async prepare(): Promise<FromClient> {
    return await this.#streams.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const { clock, use } = await this.#streams.run(epochNs, (stream) => this.#prepareStop(stream));
    return { kind: 'stops-tally', clock, tally: this.#tally(use) };
  }

  #prepareStop(stream: number): void {
    const { plan, running } = this.#of(stream);
    if (plan.way !== 'kept-request' && plan.way !== 'new-request') return;
    running.side = this.#streams.openSide(stream, (at) => (running.answeredNs = at));
    if (plan.way === 'kept-request') running.side.warmUp();
  }

  #of(stream: number): { readonly plan: PlannedStop; readonly running: Running } {
    return {
      plan: this.#planned[stream] as PlannedStop,
      running: this.#running[stream] as Running,
    };
  }

  #stop(stream: number): void {
    const { plan, running } = this.#of(stream);
    const { now, client } = this.#streams;
    if (!this.#streams.isOpen(stream)) return;
    running.atStop = {
      atNs: now(),
      tokens: running.tokens,
      bytes: client.bytesRead(stream) ?? 0,
    };
    const sentBytes = this.#act(stream, plan.way);
    if (sentBytes !== undefined) running.sentBytes = sentBytes;
  }

  /** Returns the bytes that were sent; undefined where leaving a stream is all. */
  #act(stream: number, way: StopWay): number | undefined {
    const { client, accounts } = this.#streams;
    switch (way) {
      case 'message':
        return client.tell?.(stream, CANCEL_MESSAGE);
      case 'close':
        return client.startClosing?.(stream);
      case 'kept-request':
      case 'new-request':
        return this.#of(stream).running.side?.post(cancelPathOf(accounts.streamId(stream)));
      default:
        this.#streams.leave(stream);
        return undefined;
    }
  }

  #count(stream: number, at: Instant): void {
    const { plan, running } = this.#of(stream);
    running.tokens++;
    if (running.tokens === plan.stop.token)
      callAt(at + plan.stop.waitNs, this.#streams.now, () => this.#stop(stream));
  }

  #done(stream: number, text: string): void {
    const { finish, n, sha256 } = JSON.parse(text) as DoneEvent;
    if (finish !== 'cancelled') {
      this.#streams.accounts.done(stream, text);
      return;
    }
    const { plan, running } = this.#of(stream);
    const { source } = this.#streams;
    running.isDone = true;
    if (n !== running.tokens || sha256 !== hashStreamText(source, sliceStart(source, plan.seed), n))
      this.#doneFaults++;
  }

  #tally(use: ProcessUse): StopsTally {
    return {
      node: process.version,
      use,
      streams: this.#planned.flatMap(({ way, state, isWarmUp }, stream): StoppedByClient[] => {
        if (isWarmUp) return [];
        const { side: _side, ...seen } = this.#running[stream] as Running;
        const failure = this.#streams.failureOf(stream);
        const id = this.#streams.accounts.streamId(stream);
        return [{ id, way, state, ...seen, ...(failure !== undefined && { failure }) }];
      }),
      planSha256: this.#streams.planSha256,
      tokenFaults: this.#streams.tokenFaults + this.#doneFaults,
    };
  }
}
