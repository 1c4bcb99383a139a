// The closed loop of completions-trial.ts, run by an HTTP load generator: autocannon, which keeps
// its connections and delivers a response once all of it is there. It neither sees tokens nor can
// end a stream, so those of the last moment are cut.

import autocannon from 'autocannon';
import { callAt } from '../bench/contract/child-link.ts';
import type { CompletionsPlan, CompletionsTally } from '../bench/contract/completions.ts';
import { renderTyped, type DoneEvent } from '../bench/contract/control-events.ts';
import type { FromClient } from '../bench/contract/messages.ts';
import { payloads } from '../bench/contract/payload.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import { NS_PER_S } from '../bench/contract/units.ts';
import { hashStreamText, sliceStart } from '../bench/contract/workload.ts';
import { countApiEvents } from './api-messages.ts';
import { AskedStreams } from './asked-streams.ts';
import { CompletionLog } from './completion-log.ts';
import { authorityOf } from './request-target.ts';
import { TrialFrame, type LoadOrder, type OpenStack, type Trial } from './trial-frame.ts';

/** Interval at which autocannon checks whether its time is over. */
const CHECK_MS = 50;
/** autocannon's parser is broken after a timeout, so a slow stream must never reach one. */
const LONGEST_STREAMS = 100;
const SHORTEST_TIMEOUT_S = 60;
/** Limit of errors; without it a refused connection is retried at once, for ever. */
const MOST_ERRORS = 100;

export class AutocannonTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #frame: TrialFrame;
  readonly #asked: AskedStreams;
  readonly #log = new CompletionLog();
  readonly #errors = new Map<string, { count: number; example: string }>();
  #streamsAsked = 0;
  #isOver = false;

  /**
   * @param openRehearsal Client stack of the rehearsal: the server must be as warm as in every
   * other arm.
   */
  constructor(order: LoadOrder, plan: CompletionsPlan, openRehearsal: OpenStack) {
    this.#order = order;
    this.#frame = new TrialFrame(order, openRehearsal);
    this.#asked = new AskedStreams(order.specification, plan);
  }

  async prepare(): Promise<FromClient> {
    return await this.#frame.prepare();
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const { connections } = this.#order.specification;
    const framed = this.#frame.run(epochNs, {
      begin: () => undefined,
      isOver: () => this.#isOver,
      openStreams: () => (this.#isOver ? 0 : connections),
      tokensReceived: () => this.#log.streams * this.#asked.plan.tokensPerStream,
    });
    const { promise: loaded, resolve, reject } = Promise.withResolvers<void>();
    callAt(0, this.#frame.now, () => void this.#load().then(resolve, reject));
    await loaded;
    this.#isOver = true;
    const { use } = await framed;
    const clock = await this.#frame.proveClockAgain();
    this.#log.write(this.#order.stampsFile);
    return { kind: 'completions-tally', clock, tally: this.#tally(use) };
  }

  async #load(): Promise<void> {
    const { connections, warmupNs, windowNs, tailNs } = this.#order.specification;
    const { tokensPerStream, tokensPerSecond } = this.#asked.plan;
    let opened = 0;
    await autocannon({
      url: `http://${authorityOf(this.#order)}`,
      connections,
      duration: (warmupNs + windowNs + tailNs) / NS_PER_S,
      timeout: Math.max(SHORTEST_TIMEOUT_S, (LONGEST_STREAMS * tokensPerStream) / tokensPerSecond),
      sampleInt: CHECK_MS,
      bailout: MOST_ERRORS,
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache' },
      setupClient: (client) => this.#follow(client, opened++),
    });
  }

  #follow(client: autocannon.Client, connection: number): void {
    let turn = 0;
    let stream = -1;
    let requestNs = 0;
    let isWaiting = false;
    let flaw: string | undefined;
    const lose = (cause: string, message: string): void => {
      if (isWaiting) this.#note(cause, `stream ${stream}: ${message}`);
      isWaiting = false;
    };
    client.setRequests([
      {
        setupRequest: (request) => {
          stream = this.#asked.streamOf(connection, turn++);
          return { ...request, path: this.#asked.pathOf(stream) };
        },
        onResponse: (status, body) => {
          flaw = status === 200 ? this.#flawOf(body, stream) : `the answer has status ${status}`;
        },
      },
    ]);
    // autocannon's types declare only the events of the response.
    const events: NodeJS.EventEmitter = client;
    events.on('request', () => {
      lose('closed-early', 'the connection ended before the response was whole');
      isWaiting = true;
      this.#streamsAsked++;
      requestNs = this.#frame.now();
    });
    events.on('response', (_status: number, bytesRead: number) => {
      const endNs = this.#frame.now();
      if (flaw === undefined) this.#log.record({ requestNs, endNs, bytesRead });
      else lose('not-verified', flaw);
      isWaiting = false;
    });
    events.on('connError', (error: NodeJS.ErrnoException) =>
      lose(error.code ?? 'socket', error.message),
    );
    events.on('timeout', () => lose('timeout', 'there was no whole response in time'));
  }

  /**
   * The text itself is not compared: autocannon decodes each part of it alone, and a part may end
   * within a character.
   */
  #flawOf(body: string, stream: number): string | undefined {
    const { population, plan } = this.#asked;
    const { source } = this.#frame;
    const n = plan.tokensPerStream;
    const sha256 = hashStreamText(
      source,
      sliceStart(source, population.seeds[stream] as number),
      n,
    );
    const done: DoneEvent = { s: n + 1, n, sha256, finish: 'stop' };
    const { payload } = this.#order.specification;
    const isTyped = payloads[payload].api !== undefined;
    if (!body.endsWith(`data: ${isTyped ? renderTyped('done', done) : JSON.stringify(done)}\n\n`))
      return 'the body does not end with the `done` of this stream';
    const events = countEvents(body);
    const planned = n + 2 + countApiEvents(payload);
    return events === planned
      ? undefined
      : `the body has ${events} events, not the ${planned} of this stream`;
  }

  #note(cause: string, example: string): void {
    const known = this.#errors.get(cause);
    if (known === undefined) this.#errors.set(cause, { count: 1, example });
    else known.count++;
  }

  #tally(use: ProcessUse): CompletionsTally {
    const errors = [...this.#errors].map(([cause, { count, example }]) => ({
      cause,
      count,
      example,
    }));
    const streamsFailed = errors.reduce((sum, { count }) => sum + count, 0);
    return {
      node: process.version,
      use,
      streamsAsked: this.#streamsAsked,
      streamsWhole: this.#log.streams,
      streamsAbandoned: this.#streamsAsked - this.#log.streams - streamsFailed,
      errors,
    };
  }
}

/** An event ends with a blank line (WHATWG HTML §9.2.6); no JSON has one. */
function countEvents(body: string): number {
  let events = 0;
  for (let at = body.indexOf('\n\n'); at !== -1; at = body.indexOf('\n\n', at + 2)) events++;
  return events;
}
