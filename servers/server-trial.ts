// Server side of one trial: lifecycle, measurement window, tally.

import { callAt } from '../bench/contract/child-link.ts';
import { startClockEcho, timeNamespace } from '../bench/contract/clock-proof.ts';
import { TrialClock } from '../bench/contract/clock.ts';
import { hashSessions } from '../bench/contract/duplex.ts';
import { BenchError, messageOf } from '../bench/contract/errors.ts';
import type { LadderReading } from '../bench/contract/ladder.ts';
import { largeTokensOf } from '../bench/contract/large-messages.ts';
import type { FromServer, ToServer, TrialSpecification } from '../bench/contract/messages.ts';
import {
  hashPopulation,
  planAllOffsetsNs,
  planRehearsal,
  populationOf,
} from '../bench/contract/population.ts';
import { COLLECT_BEFORE_WINDOW_NS, collectGarbage } from '../bench/contract/process-use.ts';
import type { GoneClient } from '../bench/contract/proxy-cells.ts';
import type { PeerCount } from '../bench/contract/recovery.ts';
import type { ServerSteer } from '../bench/contract/steers.ts';
import type { ServerStop } from '../bench/contract/stops.ts';
import { stoppedStreams } from '../bench/contract/stall.ts';
import { emptyStamps, writeStamps } from '../bench/contract/stamps.ts';
import type { OpenCount, ServerTally } from '../bench/contract/tally.ts';
import type { TwinParts } from './admission.ts';
import { DuplexSessions } from './duplex/duplex-sessions.ts';
import { startDuplex } from './duplex/start-duplex.ts';
import { ExactTimer } from './exact-timer.ts';
import { Injected } from './injected.ts';
import { LadderReader } from './ladder-reader.ts';
import type { RunningServer } from './listen.ts';
import { openStreams } from './open-streams.ts';
import { PlannedStreams } from './planned-streams.ts';
import { SecondsMeter } from './seconds-meter.ts';
import { ServerWindow } from './server-window.ts';
import { Stalls } from './stalls.ts';
import type { ServerStamps } from './streams.ts';
import { TakenBytes } from './taken-bytes.ts';
import { TurnLedger } from './turns/turn-ledger.ts';
import { UpstreamFeed } from './upstream-link.ts';

/**
 * A trial's own streams overlap by a few ms when one follows another; anything far beyond them is
 * not the trial's.
 */
const SPARE_STREAMS = 1000;

export type ServerStarter = (
  parts: TwinParts,
  specification: TrialSpecification,
) => Promise<RunningServer>;

type ServeMessage = Extract<ToServer, { kind: 'serve' }>;

export class ServerTrial {
  readonly #specification: TrialSpecification;
  readonly #stampsFile: string;
  readonly #isStandby: boolean;
  readonly #start: ServerStarter;
  readonly #clock = new TrialClock();
  readonly #now = this.#clock.now;
  readonly #stamps: ServerStamps;
  readonly #parts: TwinParts;
  readonly #planSha256: string;
  readonly #injected: Injected | undefined;
  readonly #stalls: Stalls | undefined;
  /** Set where both ends of a session send. */
  readonly #duplex: DuplexSessions | undefined;
  readonly #window: ServerWindow;
  readonly #ladder: LadderReader;
  readonly #seconds: SecondsMeter;
  /** Filled only where a trial asks for them. */
  readonly #gone: GoneClient[] = [];
  readonly #taken = new TakenBytes();
  readonly #turns: TurnLedger | undefined;
  readonly #stops: ServerStop[] = [];
  readonly #steers: ServerSteer[] = [];
  #server: RunningServer | undefined;
  #stopped: Promise<ServerTally> | undefined;

  constructor(
    { specification, stampsFile, standby, upstreamSocket }: ServeMessage,
    start: ServerStarter,
  ) {
    this.#specification = specification;
    this.#start = start;
    this.#stampsFile = stampsFile;
    this.#isStandby = standby !== undefined;
    const { workload, payload, connections, workloadSeed, recovery } = specification;
    const population = populationOf(specification);
    const rehearsal = planRehearsal(workload, workloadSeed, specification.rehearsalTokens, payload);
    const timetabledOffsetsNs =
      specification.timetable && planAllOffsetsNs(specification, population);
    const planned = new PlannedStreams(
      workload,
      {
        population,
        rehearsal,
        timetabledOffsetsNs,
        large: largeTokensOf(specification, population),
      },
      payload,
    );
    const { duplex } = specification;
    this.#planSha256 =
      duplex === undefined
        ? hashPopulation(population, specification)
        : hashSessions({ ...specification, duplex });
    const { injection } = specification;
    this.#injected =
      injection === undefined ? undefined : new Injected({ injection, seed: workloadSeed });
    this.#stalls =
      specification.stall && new Stalls(stoppedStreams(specification, population.streams));
    this.#stamps = {
      handlerNs: emptyStamps(population.streams),
      readyNs: emptyStamps(population.totalTokens),
      writtenNs: emptyStamps(population.totalTokens),
    };
    const streams = openStreams({
      now: this.#now,
      source: planned.source,
      payload,
      ...(this.#injected !== undefined && { injected: this.#injected }),
      stamps: this.#stamps,
      backpressureBytes: specification.backpressureBytes,
      maxStreams: 2 * connections + SPARE_STREAMS,
      ...(specification.timetable?.isBroadcast === true && { isBroadcast: true }),
      ...(this.#stalls !== undefined && { stalls: this.#stalls }),
      ...(recovery !== undefined && { recovery }),
      ...(specification.proxyCells !== undefined && {
        onStop: ({ id }) => void this.#gone.push({ id, atNs: this.#now() }),
        taken: this.#taken,
      }),
      ...(specification.stops !== undefined && {
        onStop: (stop) => void this.#stops.push({ ...stop, atNs: this.#now() }),
      }),
      ...(specification.steers !== undefined && {
        onSteer: (steer) => void this.#steers.push(steer),
      }),
      ...(upstreamSocket !== undefined && {
        openFeed: (emit) =>
          new UpstreamFeed({
            now: this.#now,
            epochNs: () => this.#clock.epochNs,
            socketPath: upstreamSocket,
            emit,
          }),
      }),
      ...(workload.gaps.kind === 'recorded' && { setExactTimer: new ExactTimer().setTimer }),
      keepsState: standby?.keepsState ?? false,
    });
    this.#turns = specification.turns && new TurnLedger();
    this.#parts = {
      streams,
      planned,
      now: this.#now,
      tls: specification.tls,
      turns: this.#turns && {
        ledger: this.#turns,
        source: planned.source,
        delayNs: injection?.kind === 'turn-delay' ? injection.delayNs : undefined,
      },
    };
    this.#duplex =
      duplex &&
      new DuplexSessions({
        trial: { ...specification, duplex },
        now: this.#now,
        injection: injection?.kind === 'hold-frame' ? injection : undefined,
      });
    this.#window = new ServerWindow(streams, this.#now);
    this.#ladder = new LadderReader(streams, this.#now);
    this.#seconds = new SecondsMeter(streams, this.#now);
  }

  countOpen(): OpenCount {
    return this.#parts.streams.countOpen();
  }

  closeConnections(): number {
    return this.#parts.streams.lasting?.closeConnections() ?? 0;
  }

  async countPeers(): Promise<PeerCount> {
    const { streams } = this.#parts;
    const { heapUsed, rss } = process.memoryUsage();
    const kept = streams.lasting?.countKept() ?? {
      heard: streams.openStreams,
      streams: streams.openStreams,
      bufferedBytes: 0,
    };
    return {
      connections: (await this.#server?.countConnections()) ?? 0,
      ...kept,
      heapUsedBytes: heapUsed,
      rssBytes: rss,
    };
  }

  async readLadder(asked: { readonly collect: boolean }): Promise<LadderReading> {
    return await this.#ladder.read(asked);
  }

  async listen(port: number): Promise<FromServer> {
    const { transport, host } = this.#specification;
    try {
      const specification = { ...this.#specification, port };
      this.#server = await (this.#duplex === undefined
        ? this.#start(this.#parts, specification)
        : startDuplex(this.#parts, this.#duplex, specification));
    } catch (cause) {
      throw new BenchError(
        'PORT',
        `the ${transport} server cannot listen on ${host}:${port}: ${messageOf(cause)}`,
        {
          cause,
          hint: 'choose another --port, or 0 for any free one',
        },
      );
    }
    // A standby is metered from when it listens: before, it only waited.
    if (this.#isStandby) this.#meterWindow();
    const clock = await startClockEcho(host);
    return {
      kind: 'listening',
      port: this.#server.port,
      clockPort: clock.port,
      timeNamespace: timeNamespace(),
    };
  }

  start(epochNs: bigint): void {
    this.#clock.agree(epochNs);
    this.#parts.streams.resetCounts();
    this.#turns?.reset();
    this.#injected?.start();
    this.#seconds.start();
    const { stall } = this.#specification;
    if (stall !== undefined) callAt(stall.atNs, this.#now, () => this.#stalls?.stop());
    if (!this.#isStandby) this.#meterWindow();
  }

  #meterWindow(): void {
    const {
      warmupNs,
      windowNs,
      collectNs = warmupNs - COLLECT_BEFORE_WINDOW_NS,
    } = this.#specification;
    // Never within the window: the pause would count as the server's.
    if (collectNs >= this.#now()) callAt(collectNs, this.#now, collectGarbage);
    callAt(warmupNs, this.#now, () => this.#window.start());
    callAt(warmupNs + windowNs, this.#now, () => this.#window.stop());
  }

  /** Idempotent: a signal and a message may both request it. */
  async stop(): Promise<ServerTally> {
    this.#stopped ??= this.#stopOnce();
    return await this.#stopped;
  }

  async #stopOnce(): Promise<ServerTally> {
    this.#injected?.stop();
    const seconds = this.#seconds.stop();
    const { recovery, proxyCells, turns, stops, steers } = this.#specification;
    // A server that is replaced within its window, or whose window is as long as a conversation, is
    // measured up to its stop.
    if (recovery !== undefined || proxyCells !== undefined || turns !== undefined)
      this.#window.stop();
    // Before the server closes, which forgets what it keeps.
    const turnsTally = this.#turns?.tally();
    await this.#server?.close();
    writeStamps(this.#stampsFile, { ...this.#stamps });
    const { streams } = this.#parts;
    const { counts, lasting } = streams;
    return {
      node: process.version,
      ...this.#window.measured(),
      tokensWritten: counts.tokensWritten,
      streamsOpened: counts.opened,
      streamsFinished: counts.finished,
      streamsCut: counts.cut,
      bytesWritten: counts.bytesWritten,
      headBytes: counts.headBytes,
      sameTickTokens: counts.sameTickTokens,
      earlyTokens: counts.earlyTokens,
      backpressured: counts.backpressured,
      ...(seconds.length > 0 && { seconds }),
      planSha256: this.#planSha256,
      ...(this.#injected !== undefined && { injected: this.#injected.counts }),
      ...(lasting !== undefined && { recovery: lasting.recovery }),
      ...(this.#stalls !== undefined && { stalls: this.#stalls.list() }),
      ...(proxyCells !== undefined && { gone: this.#gone, taken: this.#taken.list() }),
      ...(this.#duplex !== undefined && { duplex: this.#duplex.tally() }),
      ...(turnsTally !== undefined && { turns: turnsTally }),
      ...(stops !== undefined && { stops: this.#stops }),
      ...(steers !== undefined && { steers: this.#steers }),
    };
  }
}
