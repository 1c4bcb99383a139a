// Common frame of every trial of a load process: proof of the clock, rehearsal, meter of the
// window, progress, and end of its streams.

import { transports } from '../bench/contract/arms/transports.ts';
import { callAt, sendToParent } from '../bench/contract/child-link.ts';
import { proveClock, timeNamespace, type ClockBound } from '../bench/contract/clock-proof.ts';
import { TrialClock } from '../bench/contract/clock.ts';
import { BenchError } from '../bench/contract/errors.ts';
import type { FromClient, ToClient, TrialSpecification } from '../bench/contract/messages.ts';
import { populationOf, type Population } from '../bench/contract/population.ts';
import {
  COLLECT_BEFORE_WINDOW_NS,
  collectGarbage,
  UseMeter,
} from '../bench/contract/process-use.ts';
import { streamsOf } from '../bench/contract/slices.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import { openTokenSource, type TokenSource } from '../bench/contract/workload.ts';
import { startRamp } from './ramp.ts';
import { rehearse } from './rehearsal.ts';
import type {
  ServerPlace,
  StreamClient,
  StreamClientOptions,
  StreamListener,
  StreamTarget,
} from './stream-client.ts';

const EXCHANGES_BEFORE = 2000;
const EXCHANGES_AFTER = 500;
const PROGRESS_MS = 500;
const DRAIN_CHECK_MS = 10;

export type LoadOrder = Extract<ToClient, { kind: 'load' }>;

export type OpenStack = (
  specification: TrialSpecification,
  options: StreamClientOptions,
) => StreamClient;

/** One trial, as the load process runs it. */
export interface Trial {
  /** Resolves with `ready`. */
  prepare: () => Promise<FromClient>;
  /** Resolves with the tally. */
  run: (epochNs: bigint) => Promise<FromClient>;
}

/** The streams that a trial runs in its frame. */
export interface Streams {
  begin: (stream: number) => void;
  /** True when no stream is left that could still deliver anything. */
  isOver: () => boolean;
  openStreams: () => number;
  tokensReceived: () => number;
}

interface WorkToEnd extends Pick<Streams, 'openStreams' | 'tokensReceived'> {
  readonly work: () => Promise<void>;
}

export interface FramedWindow {
  readonly use: ProcessUse;
  /** Tokens received in the window. */
  readonly tokens: number;
  readonly startsUnissued: number;
}

export class TrialFrame {
  readonly order: LoadOrder;
  /**
   * Streams of the whole trial: every process plans all of them, so that each knows what the others
   * count.
   */
  readonly population: Population;
  /** Those among them that this process runs, in order of their start. */
  readonly streams: Uint32Array;
  readonly source: TokenSource;
  readonly openClient: (listener: StreamListener) => StreamClient;
  readonly #clock = new TrialClock();
  readonly now = this.#clock.now;
  #window: { use: ProcessUse; tokens: number } | undefined;
  #ramp: { stop: () => number } | undefined;
  #targets = 0;

  constructor(order: LoadOrder, openStack: OpenStack) {
    this.order = order;
    this.population = populationOf(order.specification);
    this.streams = streamsOf(this.population, order.slice);
    this.source = openTokenSource(order.specification.workload, order.specification.payload);
    this.openClient = (listener) => openStack(order.specification, { listener, now: this.now });
  }

  async prepare(): Promise<Extract<FromClient, { kind: 'ready' }>> {
    const clock = await this.#proveClock(EXCHANGES_BEFORE);
    const { specification } = this.order;
    const { source, now, openClient, targetOf } = this;
    const rehearsalNs = await rehearse({ specification, source, targetOf, now, openClient });
    return { kind: 'ready', clock, timeNamespace: timeNamespace(), rehearsalNs };
  }

  /** Address that a request goes to, and the local address that it comes from. */
  readonly targetOf = (path: string): StreamTarget => {
    const { localAddresses = [] } = this.order;
    const localAddress = localAddresses[this.#targets++ % localAddresses.length];
    return { ...this.server, path, ...(localAddress !== undefined && { localAddress }) };
  };

  get server(): ServerPlace {
    const { host, port, specification } = this.order;
    return {
      host,
      port,
      ...throughProxy(this.order),
      ...(specification.tls !== undefined && {
        tls: {
          ca: specification.tls.cert,
          ...(specification.connecting?.kind === 'resumed' && { isResumed: true }),
        },
      }),
    };
  }

  async proveClockAgain(): Promise<ClockBound> {
    return await this.#proveClock(EXCHANGES_AFTER);
  }

  async #proveClock(exchanges: number): Promise<ClockBound> {
    const { host, clockPort, localAddresses = [] } = this.order;
    const [localAddress] = localAddresses;
    return await proveClock({
      host,
      port: clockPort,
      exchanges,
      ...(localAddress !== undefined && { localAddress }),
    });
  }

  /** Resolves once all streams and the window are over, or the drain time is. */
  async run(epochNs: bigint, streams: Streams): Promise<FramedWindow> {
    this.#clock.agree(epochNs);
    const { now, population, streams: own } = this;
    const {
      warmupNs,
      windowNs,
      arrivals,
      collectNs = warmupNs - COLLECT_BEFORE_WINDOW_NS,
    } = this.order.specification;
    callAt(collectNs, now, collectGarbage);
    callAt(warmupNs, now, () => this.#meterWindow(warmupNs + windowNs, streams));
    const progress = setInterval(() => sayProgress(streams), PROGRESS_MS);
    callAt(0, now, () => {
      this.#ramp = startRamp({
        startNs: Float64Array.from(own, (stream) => population.startNs[stream] as number),
        now,
        isPrecise: arrivals !== undefined,
        start: (index) => streams.begin(own[index] as number),
      });
    });
    await this.#drained(streams);
    clearInterval(progress);
    const startsUnissued = this.#ramp?.stop() ?? own.length;
    if (this.#window === undefined) {
      throw new BenchError(
        'CHILD_DIED',
        'the load process was too busy to notice in time that its window was over',
        {
          hint: 'ask for fewer --connections, a lower --rate, a longer --warmup or more --client-processes',
        },
      );
    }
    return { ...this.#window, startsUnissued };
  }

  /** The window is as long as the work, which begins with it. Returns what this process used in it. */
  async runToEnd(epochNs: bigint, { work, ...progressing }: WorkToEnd): Promise<ProcessUse> {
    this.#clock.agree(epochNs);
    const { now } = this;
    const { warmupNs, collectNs = 0 } = this.order.specification;
    callAt(collectNs, now, collectGarbage);
    await new Promise<void>((resolve) => void callAt(warmupNs, now, resolve));
    const meter = new UseMeter(now);
    const progress = setInterval(() => sayProgress(progressing), PROGRESS_MS);
    await work();
    clearInterval(progress);
    return meter.stop();
  }

  #meterWindow(endNs: number, streams: Streams): void {
    const meter = new UseMeter(this.now);
    const tokens = streams.tokensReceived();
    callAt(endNs, this.now, () => {
      this.#window = { use: meter.stop(), tokens: streams.tokensReceived() - tokens };
    });
  }

  async #drained(streams: Streams): Promise<void> {
    const { warmupNs, windowNs, tailNs, drainNs } = this.order.specification;
    const windowEndNs = warmupNs + windowNs;
    const deadlineNs = windowEndNs + tailNs + drainNs;
    await new Promise<void>((resolve) => {
      // Nothing is over before the window is, and a timer that wakes an idle process in it costs
      // CPU time that belongs to no token.
      callAt(windowEndNs, this.now, () => {
        const check = setInterval(() => {
          const isDone = streams.isOver() && this.#window !== undefined;
          if (!isDone && this.now() < deadlineNs) return;
          clearInterval(check);
          resolve();
        }, DRAIN_CHECK_MS);
      });
    });
  }
}

function sayProgress(streams: Pick<Streams, 'openStreams' | 'tokensReceived'>): void {
  const message: FromClient = {
    kind: 'progress',
    tokensReceived: streams.tokensReceived(),
    openStreams: streams.openStreams(),
  };
  void sendToParent(message);
}

/** TLS passes a forward proxy in a tunnel, and an upgrade where the proxy is asked for one. */
function throughProxy({
  host,
  through,
  specification: { transport, tls },
}: LoadOrder): Pick<StreamTarget, 'through'> {
  if (through === undefined) return {};
  const { port, upgrades } = through;
  const isTunnelled =
    tls !== undefined || (upgrades === 'tunnelled' && transports[transport].opensByUpgrade);
  return { through: { host, port, how: isTunnelled ? 'tunnel' : 'forward' } };
}
