// Times ordinary requests to a server, sent by autocannon. Its own pace is a burst at the start of
// each second and its own quantiles are whole milliseconds, so it runs once for each request of a
// second, and the times of single answers are kept.

import autocannon from 'autocannon';
import { setTimeout as pause } from 'node:timers/promises';
import type { CanaryReadings, CanarySamples, ToCanary } from '../bench/contract/canary.ts';
import type { Clock } from '../bench/contract/clock.ts';
import { UseMeter } from '../bench/contract/process-use.ts';
import { asInstant, NS_PER_MS } from '../bench/contract/units.ts';

/** Sent before anything is timed, so that neither side runs uncompiled code. */
const WARM_UP_REQUESTS = 1000;
const WARM_UP_CONNECTIONS = 2;
/** Interval at which autocannon checks whether the warm-up is over. */
const WARM_UP_CHECK_MS = 20;
const IDLE_MS = 1000;
/**
 * Requests of the last moment of a reading are left out: whether they are answered in time is a
 * matter of chance.
 */
const GRACE_NS = 100 * NS_PER_MS;
/** Limit of errors; without it a broken connection is retried at once, for ever. */
const MOST_ERRORS = 20;
/** Longer than any trial: the process ends first. */
const RUN_S = 24 * 3600;

interface CanaryRequest {
  readonly sentNs: number;
  /** undefined until the answer is whole. */
  timeNs: number | undefined;
  hasFailed: boolean;
}

/** Abilities of autocannon's client that its types do not declare. */
interface OpenClient extends NodeJS.EventEmitter {
  destroy: () => void;
}

type Order = Pick<Extract<ToCanary, { kind: 'read-idle' }>, 'host' | 'ports' | 'requestsPerSecond'>;

interface Window {
  /** T0 on the monotonic clock. */
  readonly epochNs: bigint;
  /** Ns after T0. */
  readonly fromNs: number;
  readonly toNs: number;
}

export class CanaryWatch {
  readonly #order: Order;
  readonly #originNs = process.hrtime.bigint();
  readonly #now: Clock = () => asInstant(Number(process.hrtime.bigint() - this.#originNs));
  readonly #requests: CanaryRequest[] = [];
  readonly #clients: OpenClient[] = [];
  #idle: CanarySamples | undefined;

  constructor(order: Order) {
    this.#order = order;
  }

  /** Resolves when the idle reading is taken; the requests go on. */
  async readIdle(): Promise<void> {
    const { ports, requestsPerSecond } = this.#order;
    for (const port of ports) await this.#warmUp(port);
    for (let connection = 0; connection < requestsPerSecond; connection++) {
      this.#open(ports[connection % ports.length] as number);
      // Spread evenly over the second of each connection's first request, which includes connecting
      // and is not read.
      await pause(1000 / requestsPerSecond);
    }
    const fromNs = this.#now();
    await pause(IDLE_MS + GRACE_NS / NS_PER_MS);
    this.#idle = this.#samples(fromNs);
  }

  /** Resolves at the end of the window, with every connection closed. */
  async readWindow({ epochNs, fromNs, toNs }: Window): Promise<CanaryReadings> {
    if (this.#idle === undefined) throw new TypeError('the window is read after the idle server');
    const epoch = Number(epochNs - this.#originNs);
    await this.#sleepUntil(epoch + fromNs);
    const startNs = this.#now();
    const meter = new UseMeter(this.#now);
    await this.#sleepUntil(epoch + toNs);
    const { wallNs, cpuUserNs, cpuSystemNs, runDelayNs } = meter.stop();
    const loaded = this.#samples(startNs);
    this.close();
    return {
      kind: 'readings',
      idle: this.#idle,
      loaded,
      cpuNs: cpuUserNs + cpuSystemNs,
      ...(runDelayNs !== undefined && { runDelayNs }),
      wallNs,
    };
  }

  close(): void {
    for (const client of this.#clients.splice(0)) client.destroy();
  }

  #url(port: number): string {
    return `http://${this.#order.host}:${port}/healthz`;
  }

  async #warmUp(port: number): Promise<void> {
    await autocannon({
      url: this.#url(port),
      connections: WARM_UP_CONNECTIONS,
      amount: WARM_UP_REQUESTS,
      sampleInt: WARM_UP_CHECK_MS,
      bailout: MOST_ERRORS,
    });
  }

  #open(port: number): void {
    void autocannon({
      url: this.#url(port),
      connections: 1,
      connectionRate: 1,
      duration: RUN_S,
      bailout: MOST_ERRORS,
      // autocannon's correction mistakes seconds for milliseconds; and a late answer only delays
      // requests of its own connection.
      ignoreCoordinatedOmission: true,
      setupClient: (client) => this.#follow(client as NodeJS.EventEmitter as OpenClient),
    });
  }

  #follow(client: OpenClient): void {
    let waiting: CanaryRequest | undefined;
    const fail = (): void => {
      if (waiting !== undefined) waiting.hasFailed = true;
      waiting = undefined;
    };
    this.#clients.push(client);
    client.on('request', () => {
      // The last one is still unanswered: autocannon reconnected silently, because the server had
      // closed the connection.
      fail();
      waiting = { sentNs: this.#now(), timeNs: undefined, hasFailed: false };
      this.#requests.push(waiting);
    });
    client.on('response', (status: number, _bytes: number, responseMs: number) => {
      if (waiting === undefined) return;
      waiting.timeNs = responseMs * NS_PER_MS;
      waiting.hasFailed = status !== 200;
      waiting = undefined;
    });
    client.on('connError', fail);
    client.on('timeout', fail);
  }

  /** Samples of the requests from `fromNs` until GRACE_NS before now. */
  #samples(fromNs: number): CanarySamples {
    const nowNs = this.#now();
    const sent = this.#requests.filter(
      ({ sentNs }) => sentNs >= fromNs && sentNs < nowNs - GRACE_NS,
    );
    const timed = sent.filter(({ hasFailed }) => !hasFailed);
    return {
      requests: sent.length,
      errors: sent.length - timed.length,
      unanswered: timed.filter(({ timeNs }) => timeNs === undefined).length,
      timesNs: timed.map(({ sentNs, timeNs }) => timeNs ?? nowNs - sentNs),
    };
  }

  async #sleepUntil(atNs: number): Promise<void> {
    await pause(Math.max(0, (atNs - this.#now()) / NS_PER_MS));
  }
}
