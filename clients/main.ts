// One load process: a trial's specification and an address in; its tally out. It plans the same streams as the server,
// opens each when it is due, verifies and stamps what arrives.

import { callAt, linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import { proveClock, timeNamespace, type ClockBound } from '../bench/contract/clock-proof.ts';
import { TrialClock } from '../bench/contract/clock.ts';
import { BenchError } from '../bench/contract/errors.ts';
import { streamPath, toClientSchema, type FromClient, type ToClient } from '../bench/contract/messages.ts';
import { hashPopulation, planPopulation, type Population } from '../bench/contract/population.ts';
import { COLLECT_BEFORE_WINDOW_NS, collectGarbage, UseMeter } from '../bench/contract/process-use.ts';
import { writeStamps } from '../bench/contract/stamps.ts';
import type { ClientTally, ProcessUse } from '../bench/contract/tally.ts';
import type { ClientStack, TransportId } from '../bench/contract/transports.ts';
import { openTokenSource, type TokenSource } from '../bench/contract/workload.ts';
import { openLibraryClient } from './library/library-client.ts';
import { openProbeClient } from './probe/probe-client.ts';
import { startRamp } from './ramp.ts';
import { receiveStreams } from './receive.ts';
import { Recorder } from './recorder.ts';
import { rehearse } from './rehearsal.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient, StreamClientOptions, StreamListener } from './stream-client.ts';

const EXCHANGES_BEFORE = 2000;
const EXCHANGES_AFTER = 500;
/** Below the gate's 20 µs; a wider proof is tried again, as the bound only ever tightens. */
const GOOD_BOUND_NS = 15_000;
const MAX_PROOFS = 3;
const PROGRESS_MS = 500;
const DRAIN_CHECK_MS = 10;

const stacks = {
  probe: openProbeClient,
  library: openLibraryClient,
} satisfies Record<ClientStack, (transport: TransportId, options: StreamClientOptions) => StreamClient>;

type LoadOrder = Extract<ToClient, { kind: 'load' }>;

class LoadTrial {
  readonly #order: LoadOrder;
  readonly #population: Population;
  readonly #accounts: StreamAccounts;
  readonly #recorder: Recorder;
  readonly #source: TokenSource;
  readonly #openClient: (listener: StreamListener) => StreamClient;
  readonly #client: StreamClient;
  readonly #clock = new TrialClock();
  readonly #now = this.#clock.now;
  #window: { use: ProcessUse; tokens: number } | undefined;
  #ramp: { stop: () => number } | undefined;

  constructor(order: LoadOrder) {
    this.#order = order;
    const { workload, connections, workloadSeed, rampNs, warmupNs, windowNs, tailNs, client, transport } = order.specification;
    this.#population = planPopulation({ workload, connections, seed: workloadSeed, rampNs, horizonNs: warmupNs + windowNs + tailNs });
    this.#source = openTokenSource(workload);
    this.#accounts = new StreamAccounts(order.specification, this.#population, this.#source);
    this.#recorder = new Recorder(this.#population);
    this.#openClient = (listener) => stacks[client](transport, { listener, now: this.#now });
    this.#client = this.#openClient(receiveStreams(this.#recorder, this.#accounts, order.specification.injection));
  }

  async proveClock(exchanges: number): Promise<ClockBound> {
    const { host, clockPort } = this.#order;
    let best = await proveClock({ host, port: clockPort, exchanges });
    for (let proofs = 1; proofs < MAX_PROOFS && widthNs(best) > 2 * GOOD_BOUND_NS; proofs++) {
      const next = await proveClock({ host, port: clockPort, exchanges });
      best = {
        exchanges: best.exchanges + next.exchanges,
        violations: best.violations + next.violations,
        lowNs: Math.max(best.lowNs, next.lowNs),
        highNs: Math.min(best.highNs, next.highNs),
      };
    }
    return best;
  }

  async prepare(): Promise<FromClient> {
    const clock = await this.proveClock(EXCHANGES_BEFORE);
    const { specification, host, port } = this.#order;
    const rehearsalNs = await rehearse({ specification, source: this.#source, host, port, now: this.#now, openClient: this.#openClient });
    return { kind: 'ready', clock, timeNamespace: timeNamespace(), rehearsalNs };
  }

  /** Runs the trial; resolves with the tally once every stream has ended or its time is over. */
  async run(epochNs: bigint): Promise<FromClient> {
    this.#clock.agree(epochNs);
    const { warmupNs, windowNs } = this.#order.specification;
    callAt(warmupNs - COLLECT_BEFORE_WINDOW_NS, this.#now, collectGarbage);
    callAt(warmupNs, this.#now, () => this.#meterWindow(warmupNs + windowNs));
    const progress = setInterval(() => this.#sayProgress(), PROGRESS_MS);
    callAt(0, this.#now, () => {
      this.#ramp = startRamp({ startNs: this.#population.startNs, now: this.#now, start: (stream) => this.#open(stream) });
    });
    await this.#drained();
    clearInterval(progress);
    const startsUnissued = this.#ramp?.stop() ?? this.#population.streams;
    for (const stream of this.#accounts.openStreamNumbers()) {
      this.#client.abandon(stream);
      this.#accounts.fail(stream, 'not-drained', 'the stream had not ended when the drain time was over');
    }
    await this.#client.close();
    const clock = await this.proveClock(EXCHANGES_AFTER);
    writeStamps(this.#order.stampsFile, this.#recorder.columns());
    return { kind: 'tally', clock, tally: this.#tally(startsUnissued) };
  }

  #open(stream: number): void {
    const { host, port, specification } = this.#order;
    this.#accounts.open(stream);
    this.#recorder.startNs[stream] = this.#now();
    this.#client.open(stream, { host, port, path: streamPath(specification.transport, this.#accounts.streamId(stream)) });
  }

  #meterWindow(endNs: number): void {
    const meter = new UseMeter(this.#now);
    const tokens = this.#accounts.tokensReceived;
    callAt(endNs, this.#now, () => {
      this.#window = { use: meter.stop(), tokens: this.#accounts.tokensReceived - tokens };
    });
  }

  async #drained(): Promise<void> {
    const { warmupNs, windowNs, tailNs, drainNs } = this.#order.specification;
    const deadlineNs = warmupNs + windowNs + tailNs + drainNs;
    await new Promise<void>((resolve) => {
      const check = setInterval(() => {
        const isDone = this.#accounts.ended === this.#population.streams && this.#window !== undefined;
        if (!isDone && this.#now() < deadlineNs) return;
        clearInterval(check);
        resolve();
      }, DRAIN_CHECK_MS);
    });
  }

  #sayProgress(): void {
    void say({ kind: 'progress', tokensReceived: this.#accounts.tokensReceived, openStreams: this.#accounts.openStreams });
  }

  #tally(startsUnissued: number): ClientTally {
    if (this.#window === undefined) throw new BenchError('CHILD_DIED', 'the load process ended before its window had');
    const tokenReads = this.#client.tokenReads();
    return {
      node: process.version,
      use: this.#window.use,
      ...this.#accounts.tally(),
      ...(tokenReads !== undefined && { tokenReads }),
      startsUnissued,
      windowTokens: this.#window.tokens,
      planSha256: hashPopulation(this.#population, this.#order.specification),
    };
  }
}

function widthNs(bound: ClockBound): number {
  return bound.highNs - bound.lowNs;
}

const say = async (message: FromClient): Promise<void> => await sendToParent(message);

let trial: LoadTrial | undefined;

linkToParent<ToClient>({
  schema: toClientSchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'load':
        trial = new LoadTrial(message);
        await say(await trial.prepare());
        return;
      case 'start':
        if (trial === undefined) throw new BenchError('USAGE', 'the load process was started before it was told its load');
        await say(await trial.run(BigInt(message.epochNs)));
        process.exit(0);
    }
  },
});
