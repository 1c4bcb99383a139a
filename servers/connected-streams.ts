// Streams that end with their connections: sending due tokens, backpressure, and disconnection of
// receivers that cannot keep up.

import { renderContent } from '../bench/contract/payload.ts';
import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import type { OpenCount } from '../bench/contract/tally.ts';
import { contentAt } from '../bench/contract/workload.ts';
import { Pacer } from './pacer.ts';
import { epochOf, type StreamPlan } from './planned-streams.ts';
import { renderOnce } from './render-once.ts';
import type { StreamSink } from './stream-sink.ts';
import type { FedStream, TokenFeed } from './token-feed.ts';
import {
  cancelledOf,
  countCut,
  doneOf,
  epilogueOf,
  noCounts,
  preambleOf,
  templateOf,
  type Arrival,
  type StopCause,
  type StreamCounts,
  type Streams,
  type StreamsOptions,
} from './streams.ts';

interface OpenStream extends FedStream {
  readonly plan: StreamPlan;
  readonly sink: StreamSink;
  readonly template: PayloadTemplate;
  /**
   * The counts that were current when the stream opened: a rehearsal's last closes must not count
   * in the trial.
   */
  readonly counts: StreamCounts;
  /** Bytes before the first token: head, `open` and the messages of an API; 0 until then. */
  preludeBytes: number;
  sent: number;
  lastTick: number;
  isBlocked: boolean;
  isEnded: boolean;
  /** Set from the stop on, where a server is made to stop late: the tokens that are still due. */
  stopping: { readonly by: StopCause; tokensLeft: number; isClosed: boolean } | undefined;
}

/** Interval at which blocked receivers are checked against the cap. */
const BLOCKED_CHECK_MS = 100;

export class ConnectedStreams implements Streams {
  readonly lasting = undefined;
  readonly #options: StreamsOptions;
  readonly #feed: TokenFeed<OpenStream>;
  readonly #render: typeof renderContent;
  readonly #open = new Set<OpenStream>();
  readonly #blocked = new Set<OpenStream>();
  #blockedTimer: NodeJS.Timeout | undefined;
  #closedBytes = 0;
  counts = noCounts();

  constructor(options: StreamsOptions) {
    this.#options = options;
    const emit = (stream: OpenStream): number | undefined => this.#emit(stream);
    const armed = options.injected?.pacerArmed;
    const { now, setExactTimer } = options;
    this.#feed =
      options.openFeed?.(emit) ??
      new Pacer({
        now,
        emit,
        ...(armed !== undefined && { armed }),
        ...(setExactTimer !== undefined && { setExactTimer }),
      });
    this.#render = options.isBroadcast === true ? renderOnce() : renderContent;
  }

  get openStreams(): number {
    return this.#open.size;
  }

  get isFull(): boolean {
    return this.#open.size >= this.#options.maxStreams;
  }

  resetCounts(): void {
    this.counts = noCounts();
  }

  bytesWritten(): number {
    let bytes = this.#closedBytes;
    for (const { sink } of this.#open) bytes += sink.bytesWritten();
    return bytes;
  }

  countOpen(): OpenCount {
    const count = { streams: 0, tokens: 0, bytes: 0, preludeBytes: 0 };
    for (const { sink, sent, preludeBytes } of this.#open) {
      count.streams++;
      count.tokens += sent;
      count.bytes += sink.bytesWritten();
      count.preludeBytes += sent === 0 ? sink.bytesWritten() : preludeBytes;
    }
    return count;
  }

  start(plan: StreamPlan, bareSink: StreamSink, { handlerNs }: Arrival): void {
    const { injected, stalls } = this.#options;
    const sink = injected === undefined ? bareSink : injected.wrap(bareSink, plan);
    const stream: OpenStream = {
      plan,
      sink,
      originNs: originOf(plan, handlerNs),
      counts: this.counts,
      template: plan.template ?? templateOf(this.#options, plan.id),
      dueNs: 0,
      nextInSlot: undefined,
      isScheduled: false,
      preludeBytes: 0,
      sent: 0,
      lastTick: -1,
      isBlocked: false,
      isEnded: false,
      stopping: undefined,
    };
    this.counts.opened++;
    this.#open.add(stream);
    if (plan.trialIndex !== undefined && this.#options.stamps !== undefined)
      this.#options.stamps.handlerNs[plan.trialIndex.stream] = handlerNs;
    const drained = (): void => this.#unblock(stream);
    sink.channel.on('drain', drained);
    sink.onClose(() => {
      sink.channel.off('drain', drained);
      this.#closed(stream);
    });
    stalls?.opened(plan, sink);
    if (plan.template !== undefined) this.#options.taken?.opened(plan.id, sink);
    sink.open({ sid: plan.id, epoch: epochOf(plan), from: 1, n: plan.tokens });
    for (const message of preambleOf(this.#options, plan)) sink.message(message);
    this.#feed.schedule(stream, stream.originNs + (plan.offsetsNs[0] as number));
  }

  #emit(stream: OpenStream): number | undefined {
    if (stream.isEnded || stream.isBlocked) return undefined;
    const { plan, sink } = stream;
    const { source, stamps, now } = this.#options;
    const index = stream.sent;
    const content =
      plan.large?.places.has(index) === true
        ? plan.large.jsonText
        : contentAt(source, plan.sourceStart + index);
    const payload = this.#render(stream.template, index + 1, content);
    // Not as soon as it is written: a compressor lets the `open` event go some time later.
    if (index === 0) stream.preludeBytes = sink.bytesWritten();
    const writtenNs = now();
    if (writtenNs < stream.dueNs) stream.counts.earlyTokens++;
    if (plan.trialIndex !== undefined && stamps !== undefined) {
      stamps.readyNs[plan.trialIndex.base + index] = this.#feed.turnNs;
      stamps.writtenNs[plan.trialIndex.base + index] = writtenNs;
    }
    sink.token(index + 1, payload);
    stream.sent = index + 1;
    stream.counts.tokensWritten++;
    if (stream.lastTick === this.#feed.tick) stream.counts.sameTickTokens++;
    stream.lastTick = this.#feed.tick;
    if (stream.stopping !== undefined) return this.#goOnStopping(stream, stream.stopping);
    if (stream.sent === plan.tokens) {
      this.#finish(stream);
      return undefined;
    }
    if (sink.channel.writableNeedDrain) {
      this.#block(stream);
      return undefined;
    }
    return stream.originNs + (plan.offsetsNs[stream.sent] as number);
  }

  #finish(stream: OpenStream): void {
    const { plan, sink } = stream;
    stream.isEnded = true;
    stream.counts.finished++;
    for (const message of epilogueOf(this.#options, plan)) sink.message(message);
    sink.done(doneOf(plan));
  }

  /**
   * The socket is full: later tokens wait in the plan, which costs no memory, and are sent late
   * rather than skipped.
   */
  #block(stream: OpenStream): void {
    stream.isBlocked = true;
    stream.counts.backpressured++;
    this.#options.stalls?.blocked(stream.plan, this.#options.now());
    this.#options.taken?.blocked(stream.plan.id);
    this.#blocked.add(stream);
    this.#blockedTimer ??= setInterval(() => this.#cutSlowConsumers(), BLOCKED_CHECK_MS);
  }

  #unblock(stream: OpenStream): void {
    if (!stream.isBlocked) return;
    stream.isBlocked = false;
    this.#options.stalls?.drained(stream.plan);
    this.#options.taken?.drained(stream.plan.id);
    this.#forgetBlocked(stream);
    if (!stream.isEnded)
      this.#feed.schedule(stream, stream.originNs + (stream.plan.offsetsNs[stream.sent] as number));
  }

  #forgetBlocked(stream: OpenStream): void {
    this.#blocked.delete(stream);
    if (this.#blocked.size > 0) return;
    clearInterval(this.#blockedTimer);
    this.#blockedTimer = undefined;
  }

  #cutSlowConsumers(): void {
    const nowNs = this.#options.now();
    for (const stream of this.#blocked) {
      if (backlogBytes(stream, nowNs) <= this.#options.backpressureBytes) continue;
      this.#options.stalls?.cut(stream.plan, nowNs);
      this.#options.taken?.closed(stream.plan.id);
      this.#cut(stream, 'slow-consumer');
    }
  }

  #cut(stream: OpenStream, cause: string): void {
    if (stream.isEnded) return;
    stream.isEnded = true;
    countCut(stream.counts, cause);
    this.#forgetBlocked(stream);
    stream.sink.abort();
  }

  cancel(id: string): boolean {
    let isFound = false;
    // Stops are rare: a map by id would cost each stream more than this search.
    for (const stream of this.#open) {
      if (stream.plan.id !== id || stream.isEnded || stream.stopping !== undefined) continue;
      isFound = true;
      this.#stop(stream, 'cancelled');
    }
    return isFound;
  }

  #stop(stream: OpenStream, by: StopCause): void {
    if (stream.isEnded || stream.stopping !== undefined) return;
    const tokensLeft = this.#options.injected?.tokensAfterStop(stream.plan) ?? 0;
    if (tokensLeft === 0) this.#stopNow(stream, by);
    else {
      stream.stopping = { by, tokensLeft, isClosed: false };
      this.#unblock(stream);
    }
  }

  #goOnStopping(
    stream: OpenStream,
    stopping: NonNullable<OpenStream['stopping']>,
  ): number | undefined {
    stopping.tokensLeft--;
    const { plan, sent } = stream;
    if (stopping.tokensLeft > 0 && sent < plan.tokens)
      return stream.originNs + (plan.offsetsNs[sent] as number);
    this.#stopNow(stream, stopping.by);
    return undefined;
  }

  #stopNow(stream: OpenStream, by: StopCause): void {
    const { plan, sink, sent, counts } = stream;
    stream.isEnded = true;
    this.#options.onStop?.({ id: plan.id, by, tokens: sent, bytes: sink.bytesWritten() });
    countCut(counts, by);
    this.#forgetBlocked(stream);
    if (by === 'cancelled') sink.done(cancelledOf(this.#options, plan, sent));
    else sink.abort();
    if (stream.stopping?.isClosed === true) this.#forget(stream);
  }

  #closed(stream: OpenStream): void {
    this.#stop(stream, 'client-gone');
    // The generation of a server that is made to stop late goes on without a receiver.
    if (stream.stopping !== undefined && !stream.isEnded) stream.stopping.isClosed = true;
    else this.#forget(stream);
  }

  #forget(stream: OpenStream): void {
    const bytes = stream.sink.bytesWritten();
    this.#options.taken?.closed(stream.plan.id);
    this.#feed.drop?.(stream);
    this.#open.delete(stream);
    this.#forgetBlocked(stream);
    this.#closedBytes += bytes;
    if (stream.isEnded && stream.sent === stream.plan.tokens) {
      // The client does not count the bytes of a receiver that stopped reading.
      if (this.#options.stalls?.has(stream.plan) === true) return;
      stream.counts.bytesWritten += bytes;
      stream.counts.headBytes += stream.sink.headBytes;
    }
  }

  sayBye(): void {
    for (const stream of this.#open) {
      if (stream.isEnded) continue;
      stream.isEnded = true;
      countCut(stream.counts, 'shutdown');
      stream.sink.bye();
    }
    this.#feed.stop();
  }

  abortAll(): void {
    for (const { sink } of this.#open) sink.abort();
  }
}

/**
 * A timetable does not wait for the connection: tokens that were due before it are sent at once.
 */
function originOf({ isOnTimetable, trialIndex }: StreamPlan, handlerNs: number): number {
  return isOnTimetable && trialIndex !== undefined ? trialIndex.startNs : handlerNs;
}

/**
 * Bytes that the socket has not taken yet, plus tokens that are due by the plan but wait, estimated
 * by the mean frame.
 */
function backlogBytes(stream: OpenStream, nowNs: number): number {
  const { plan, sink, sent } = stream;
  let due = sent;
  while (due < plan.tokens && stream.originNs + (plan.offsetsNs[due] as number) <= nowNs) due++;
  const bytesPerToken = sent === 0 ? 0 : sink.bytesWritten() / sent;
  return sink.channel.writableLength + (due - sent) * bytesPerToken;
}
