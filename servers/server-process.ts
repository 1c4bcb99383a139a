// A server process from its first message to its last: a trial's specification in; its address, then its tally, out.
// Which server it is, is an argument, so that the benchmark of ourselves can put a bare one in the twin's place.

import { callAt, linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import { startClockEcho, timeNamespace } from '../bench/contract/clock-proof.ts';
import { TrialClock } from '../bench/contract/clock.ts';
import { BenchError, messageOf } from '../bench/contract/errors.ts';
import { toServerSchema, type FromServer, type ToServer, type TrialSpecification } from '../bench/contract/messages.ts';
import { hashPopulation, planPopulation, planRehearsal } from '../bench/contract/population.ts';
import { COLLECT_BEFORE_WINDOW_NS, collectGarbage, UseMeter } from '../bench/contract/process-use.ts';
import { emptyStamps, writeStamps } from '../bench/contract/stamps.ts';
import type { OpenCount, ProcessUse, ServerTally } from '../bench/contract/tally.ts';
import { Injected } from './injected.ts';
import { PlannedStreams } from './planned-streams.ts';
import { HOST, type RunningServer } from './listen.ts';
import { Streams, type ServerStamps } from './streams.ts';
import type { TwinParts } from './twin.ts';

/** A trial's own streams overlap by a few ms when one follows another; anything far beyond them is not the trial's. */
const SPARE_STREAMS = 1000;

export type ServerStarter = (parts: TwinParts, specification: TrialSpecification) => Promise<RunningServer>;

class ServerTrial {
  readonly #specification: TrialSpecification;
  readonly #stampsFile: string;
  readonly #start: ServerStarter;
  readonly #clock = new TrialClock();
  readonly #now = this.#clock.now;
  readonly #stamps: ServerStamps;
  readonly #parts: TwinParts;
  readonly #planSha256: string;
  readonly #injected: Injected | undefined;
  #server: RunningServer | undefined;
  #window: { use: ProcessUse; tokens: number; bytes: number } | undefined;

  constructor(specification: TrialSpecification, stampsFile: string, start: ServerStarter) {
    this.#specification = specification;
    this.#start = start;
    this.#stampsFile = stampsFile;
    const { workload, connections, workloadSeed, rampNs, warmupNs, windowNs, tailNs } = specification;
    const population = planPopulation({ workload, connections, seed: workloadSeed, rampNs, horizonNs: warmupNs + windowNs + tailNs });
    const rehearsal = planRehearsal(workload, workloadSeed, specification.rehearsalTokens);
    const planned = new PlannedStreams(workload, { population, rehearsal });
    this.#planSha256 = hashPopulation(population, specification);
    const { injection, transport } = specification;
    this.#injected = injection === undefined ? undefined : new Injected({ injection, transport, seed: workloadSeed });
    this.#stamps = { handlerNs: emptyStamps(population.streams), writtenNs: emptyStamps(population.totalTokens) };
    const streams = new Streams({
      now: this.#now,
      source: planned.source,
      payload: specification.payload,
      ...(this.#injected !== undefined && { injected: this.#injected }),
      stamps: this.#stamps,
      backpressureBytes: specification.backpressureBytes,
      maxStreams: 2 * connections + SPARE_STREAMS,
    });
    this.#parts = { streams, planned, now: this.#now };
  }

  countOpen(): OpenCount {
    return this.#parts.streams.countOpen();
  }

  async listen(): Promise<FromServer> {
    const { transport, port } = this.#specification;
    try {
      this.#server = await this.#start(this.#parts, this.#specification);
    } catch (cause) {
      throw new BenchError('PORT', `the ${transport} server cannot listen on ${HOST}:${port}: ${messageOf(cause)}`, {
        cause,
        hint: 'choose another --port, or 0 for any free one',
      });
    }
    const clock = await startClockEcho(HOST);
    return { kind: 'listening', port: this.#server.port, clockPort: clock.port, timeNamespace: timeNamespace() };
  }

  start(epochNs: bigint): void {
    this.#clock.agree(epochNs);
    this.#parts.streams.resetCounts();
    this.#injected?.start();
    const { warmupNs, windowNs } = this.#specification;
    callAt(warmupNs - COLLECT_BEFORE_WINDOW_NS, this.#now, collectGarbage);
    callAt(warmupNs, this.#now, () => this.#meterWindow(warmupNs + windowNs));
  }

  #meterWindow(endNs: number): void {
    const { streams } = this.#parts;
    const meter = new UseMeter(this.#now);
    const tokens = streams.counts.tokensWritten;
    const bytes = streams.bytesWritten();
    callAt(endNs, this.#now, () => {
      this.#window = { use: meter.stop(), tokens: streams.counts.tokensWritten - tokens, bytes: streams.bytesWritten() - bytes };
    });
  }

  async stop(): Promise<ServerTally> {
    this.#injected?.stop();
    await this.#server?.close();
    writeStamps(this.#stampsFile, { ...this.#stamps });
    if (this.#window === undefined) throw new BenchError('CHILD_DIED', 'the server was stopped before its window had ended');
    const { counts } = this.#parts.streams;
    return {
      node: process.version,
      use: this.#window.use,
      windowTokens: this.#window.tokens,
      windowBytes: this.#window.bytes,
      tokensWritten: counts.tokensWritten,
      streamsOpened: counts.opened,
      streamsFinished: counts.finished,
      streamsCut: counts.cut,
      bytesWritten: counts.bytesWritten,
      headBytes: counts.headBytes,
      sameTickTokens: counts.sameTickTokens,
      earlyTokens: counts.earlyTokens,
      backpressured: counts.backpressured,
      planSha256: this.#planSha256,
      ...(this.#injected !== undefined && { injected: this.#injected.counts }),
    };
  }
}

const say = async (message: FromServer): Promise<void> => await sendToParent(message);

/** Call once in a process. `starterOf` gives the server for a trial's transport. */
export function serveTrial(starterOf: (specification: TrialSpecification) => ServerStarter): void {
  let trial: ServerTrial | undefined;
  const current = (): ServerTrial => {
    if (trial === undefined) throw new BenchError('USAGE', 'the server was told to go on before it was told what to serve');
    return trial;
  };
  linkToParent<ToServer>({
    schema: toServerSchema,
    onMessage: async (message) => {
      switch (message.kind) {
        case 'serve':
          trial = new ServerTrial(message.specification, message.stampsFile, starterOf(message.specification));
          await say(await trial.listen());
          return;
        case 'start':
          current().start(BigInt(message.epochNs));
          return;
        case 'count-open':
          await say({ kind: 'open-count', open: current().countOpen() });
          return;
        case 'stop':
          await say({ kind: 'tally', tally: await current().stop() });
          process.exit(0);
      }
    },
  });
}
