// A fault trial: one stream per slot, each opened when it is due and resumed whenever its
// connection is lost. Faults are injected by others, except for the readers that stop reading.

import { transports } from '../bench/contract/arms/transports.ts';
import { callAt } from '../bench/contract/child-link.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import { hashPopulation } from '../bench/contract/population.ts';
import type { RecoveryClientTally, RecoverySpecification } from '../bench/contract/recovery.ts';
import { writeStamps } from '../bench/contract/stamps.ts';
import { ReconnectingStreams } from './reconnecting-streams.ts';
import { RecoveryAccounts } from './recovery-accounts.ts';
import { RecoveryRecorder } from './recovery-recorder.ts';
import { chooseStoppedReaders } from './stopped-readers.ts';
import {
  TrialFrame,
  type FramedWindow,
  type LoadOrder,
  type OpenStack,
  type Trial,
} from './trial-frame.ts';

export class RecoveryTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #recovery: RecoverySpecification;
  readonly #frame: TrialFrame;
  readonly #recorder: RecoveryRecorder;
  readonly #accounts: RecoveryAccounts;

  constructor(order: LoadOrder, recovery: RecoverySpecification, openStack: OpenStack) {
    this.#order = order;
    this.#recovery = recovery;
    this.#frame = new TrialFrame(order, openStack);
    const { population, source } = this.#frame;
    this.#recorder = new RecoveryRecorder(population);
    this.#accounts = new RecoveryAccounts({
      specification: order.specification,
      faultNs: recovery.faultNs,
      population,
      source,
      recorder: this.#recorder,
    });
  }

  async prepare(): Promise<FromClient> {
    return await this.#frame.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const streams = this.#openStreams();
    const running = this.#frame.run(epochNs, {
      begin: (stream) => streams.begin(stream),
      isOver: () => streams.isOver,
      openStreams: () => streams.openStreams,
      tokensReceived: () => this.#accounts.tokensReceived,
    });
    this.#planStoppedReaders(streams);
    const window = await running;
    await streams.stop();
    const clock = await this.#frame.proveClockAgain();
    writeStamps(this.#order.stampsFile, this.#recorder.columns());
    return { kind: 'recovery-tally', clock, tally: this.#tally(window) };
  }

  #openStreams(): ReconnectingStreams {
    const { specification } = this.#order;
    return new ReconnectingStreams({
      specification,
      recovery: this.#recovery,
      streams: this.#frame.population.streams,
      targetOf: (stream) =>
        this.#frame.targetOf(transports[specification.transport].route(String(stream))),
      openClient: this.#frame.openClient,
      accounts: this.#accounts,
      now: this.#frame.now,
    });
  }

  #planStoppedReaders(streams: ReconnectingStreams): void {
    const { stopReadingShare, faultNs, outageNs } = this.#recovery;
    if (stopReadingShare === undefined) return;
    const { now, population } = this.#frame;
    const chosen = chooseStoppedReaders(this.#order.specification.workloadSeed, {
      streams: population.streams,
      share: stopReadingShare,
    });
    callAt(faultNs, now, () => {
      for (const stream of chosen) streams.stopReading(stream);
    });
    callAt(faultNs + outageNs, now, () => {
      for (const stream of chosen) streams.readAgain(stream);
    });
  }

  #tally({ use, startsUnissued }: FramedWindow): RecoveryClientTally {
    return {
      node: process.version,
      use,
      ...this.#accounts.tally(),
      startsUnissued,
      planSha256: hashPopulation(this.#frame.population, this.#order.specification),
    };
  }
}
