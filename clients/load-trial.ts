// A steady load: opens each planned stream when it is due, verifies and stamps what arrives. A
// stream that fails is counted and not tried again.

import { transports } from '../bench/contract/arms/transports.ts';
import type { BrowserTally } from '../bench/contract/browser.ts';
import { callAt } from '../bench/contract/child-link.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import { largeTokensOf } from '../bench/contract/large-messages.ts';
import { hashPopulation } from '../bench/contract/population.ts';
import { stoppedStreams } from '../bench/contract/stall.ts';
import { writeStamps } from '../bench/contract/stamps.ts';
import type { ClientTally } from '../bench/contract/tally.ts';
import { keptPlace } from './kept-place.ts';
import { giveUpUnaccepted } from './open-timeout.ts';
import { receiveStreams } from './receive.ts';
import { sharedPlace } from './shared-place.ts';
import { Recorder } from './recorder.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient } from './stream-client.ts';
import {
  TrialFrame,
  type FramedWindow,
  type LoadOrder,
  type OpenStack,
  type Trial,
} from './trial-frame.ts';

export class LoadTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #frame: TrialFrame;
  readonly #accounts: StreamAccounts;
  readonly #recorder: Recorder;
  readonly #client: StreamClient;

  constructor(order: LoadOrder, openStack: OpenStack) {
    this.#order = order;
    this.#frame = new TrialFrame(order, openStack);
    const { population, source } = this.#frame;
    this.#accounts = new StreamAccounts(order.specification, population, source, {
      large: largeTokensOf(order.specification, population),
    });
    this.#recorder = new Recorder(population);
    this.#client = this.#frame.openClient(
      receiveStreams(this.#recorder, this.#accounts, order.specification.injection),
    );
  }

  async prepare(): Promise<FromClient> {
    await this.#client.prepare?.(this.#frame.server);
    return await this.#frame.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const accounts = this.#accounts;
    const running = this.#frame.run(epochNs, {
      begin: (stream) => this.#open(stream),
      isOver: () => accounts.ended === this.#frame.streams.length,
      openStreams: () => accounts.openStreams,
      tokensReceived: () => accounts.tokensReceived,
    });
    const stopped = this.#planStop();
    const givingUp = giveUpUnaccepted(this.#order.specification.connecting, {
      now: this.#frame.now,
      accounts,
      recorder: this.#recorder,
      client: this.#client,
    });
    this.#watchBrowser();
    const window = await running;
    clearTimeout(givingUp);
    for (const stream of stopped) this.#client.abandon(stream);
    for (const stream of accounts.openStreamNumbers()) {
      this.#client.abandon(stream);
      accounts.fail(stream, 'not-drained', 'the stream had not ended when the drain time was over');
    }
    const browser = await this.#client.browser?.finish();
    await this.#client.close();
    const clock = await this.#frame.proveClockAgain();
    writeStamps(this.#order.stampsFile, this.#recorder.columns());
    return { kind: 'tally', clock, tally: this.#tally(window, browser) };
  }

  /**
   * Schedules the receivers that stop reading for good. Their sockets stay open until the end, so
   * that what is sent piles up.
   */
  #planStop(): readonly number[] {
    const { specification } = this.#order;
    const stopped = stoppedStreams(specification, this.#frame.population.streams);
    if (specification.stall === undefined) return stopped;
    callAt(specification.stall.atNs, this.#frame.now, () => {
      for (const stream of stopped) {
        this.#client.pause(stream);
        this.#accounts.setAside(stream);
      }
    });
    return stopped;
  }

  #open(stream: number): void {
    const { specification } = this.#order;
    const streamId = this.#accounts.streamId(stream);
    this.#accounts.open(stream);
    const slot = this.#frame.population.slots[stream] as number;
    const target = {
      ...this.#frame.targetOf(transports[specification.transport].route(streamId)),
      ...keptPlace(specification, { slot, streamId }),
      ...sharedPlace(specification, { slot, streamId, slice: this.#order.slice }),
    };
    this.#recorder.startNs[stream] = this.#frame.now();
    this.#client.open(stream, target);
  }

  #watchBrowser(): void {
    const { browser } = this.#client;
    const { warmupNs, windowNs } = this.#order.specification;
    if (browser === undefined) return;
    callAt(warmupNs, this.#frame.now, () => browser.beginWindow());
    callAt(warmupNs + windowNs, this.#frame.now, () => browser.endWindow());
  }

  #tally(
    { use, tokens, startsUnissued }: FramedWindow,
    browser: BrowserTally | undefined,
  ): ClientTally {
    const { specification } = this.#order;
    const { warmupNs, windowNs } = specification;
    const tokenReads = this.#client.tokenReads();
    const way = specification.connecting?.kind;
    const kept = way === 'kept' ? this.#client.kept?.() : undefined;
    const tlsSessions = way === 'resumed' ? this.#client.tlsSessions?.() : undefined;
    return {
      node: process.version,
      use,
      ...this.#accounts.tally(this.#frame.streams),
      ...(tokenReads !== undefined && { tokenReads }),
      startsUnissued,
      // A page is polled some time after its tokens came, so only their stamps tell which were
      // received in the window.
      windowTokens:
        browser === undefined
          ? tokens
          : this.#recorder.countReceived(warmupNs, warmupNs + windowNs),
      planSha256: hashPopulation(this.#frame.population, specification),
      ...(kept !== undefined && { kept }),
      ...(tlsSessions !== undefined && { tlsSessions }),
      ...(browser !== undefined && { browser }),
    };
  }
}
