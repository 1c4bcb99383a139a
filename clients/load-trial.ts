// A steady load: opens each planned stream when it is due, verifies and stamps what arrives. A stream that fails is counted
// and not tried again.

import { streamPath, type FromClient } from '../bench/contract/messages.ts';
import { hashPopulation } from '../bench/contract/population.ts';
import { writeStamps } from '../bench/contract/stamps.ts';
import type { ClientTally } from '../bench/contract/tally.ts';
import { receiveStreams } from './receive.ts';
import { Recorder } from './recorder.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient } from './stream-client.ts';
import { TrialFrame, type FramedWindow, type LoadOrder, type OpenStack, type Trial } from './trial-frame.ts';

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
    this.#accounts = new StreamAccounts(order.specification, population, source);
    this.#recorder = new Recorder(population);
    this.#client = this.#frame.openClient(receiveStreams(this.#recorder, this.#accounts, order.specification.injection));
  }

  async prepare(): Promise<FromClient> {
    return await this.#frame.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const accounts = this.#accounts;
    const window = await this.#frame.run(epochNs, {
      begin: (stream) => this.#open(stream),
      isOver: () => accounts.ended === this.#frame.population.streams,
      openStreams: () => accounts.openStreams,
      tokensReceived: () => accounts.tokensReceived,
    });
    for (const stream of accounts.openStreamNumbers()) {
      this.#client.abandon(stream);
      accounts.fail(stream, 'not-drained', 'the stream had not ended when the drain time was over');
    }
    await this.#client.close();
    const clock = await this.#frame.proveClockAgain();
    writeStamps(this.#order.stampsFile, this.#recorder.columns());
    return { kind: 'tally', clock, tally: this.#tally(window) };
  }

  #open(stream: number): void {
    const { host, port, specification } = this.#order;
    this.#accounts.open(stream);
    this.#recorder.startNs[stream] = this.#frame.now();
    this.#client.open(stream, { host, port, path: streamPath(specification.transport, this.#accounts.streamId(stream)) });
  }

  #tally({ use, tokens, startsUnissued }: FramedWindow): ClientTally {
    const tokenReads = this.#client.tokenReads();
    return {
      node: process.version,
      use,
      ...this.#accounts.tally(),
      ...(tokenReads !== undefined && { tokenReads }),
      startsUnissued,
      windowTokens: tokens,
      planSha256: hashPopulation(this.#frame.population, this.#order.specification),
    };
  }
}
