// Streams that end with their connections: sending due tokens, backpressure, and disconnection of
// receivers that cannot keep up.

import { renderContent, type Payload } from '../bench/contract/payload.ts';
import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import type { OpenCount } from '../bench/contract/tally.ts';
import { contentAt, hashStreamText, type OtherTexts } from '../bench/contract/workload.ts';
import { Pacer } from './pacer.ts';
import { epochOf, type StreamPlan } from './planned-streams.ts';
import { renderOnce } from './render-once.ts';
import { Steering, type SteerOutcome } from './steering.ts';
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
  /** Set from the first input of its client on. */
  steering: Steering | undefined;
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
      steering: undefined,
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
    const { plan, sent } = stream;
    const content =
      plan.large?.texts.has(sent) === true
        ? plan.large.jsonText
        : contentAt(this.#options.source, plan.sourceStart + sent);
    const payload = this.#render(stream.template, sent + 1, content);
    const writtenNs = this.#send(stream, payload, this.#feed.turnNs);
    if (writtenNs < stream.dueNs) stream.counts.earlyTokens++;
    if (stream.lastTick === this.#feed.tick) stream.counts.sameTickTokens++;
    stream.lastTick = this.#feed.tick;
    if (stream.stopping !== undefined) return this.#goOnStopping(stream, stream.stopping);
    return this.#goesOn(stream) ? nextDueNs(stream) : undefined;
  }

  /**
   * Sends the next token; returns when it was handed to the sink. @param readyNs When it could be
   * sent; at once when absent.
   */
  #send(stream: OpenStream, payload: Payload, readyNs?: number): number {
    const { plan, sink, sent: index } = stream;
    const { stamps, now } = this.#options;
    // Not as soon as it is written: a compressor lets the `open` event go some time later.
    if (index === 0) stream.preludeBytes = sink.bytesWritten();
    const writtenNs = now();
    if (plan.trialIndex !== undefined && stamps !== undefined) {
      stamps.readyNs[plan.trialIndex.base + index] = readyNs ?? writtenNs;
      stamps.writtenNs[plan.trialIndex.base + index] = writtenNs;
    }
    sink.token(index + 1, payload);
    stream.sent = index + 1;
    stream.counts.tokensWritten++;
    return writtenNs;
  }

  /** After a token: whether the stream is neither over nor waits for its socket. */
  #goesOn(stream: OpenStream): boolean {
    if (stream.sent === stream.plan.tokens) this.#finish(stream);
    else if (stream.sink.channel.writableNeedDrain) this.#block(stream);
    else return true;
    return false;
  }

  #finish(stream: OpenStream): void {
    const { plan, sink, steering } = stream;
    const others = othersOf(stream);
    stream.isEnded = true;
    stream.counts.finished++;
    for (const message of epilogueOf(this.#options, plan, others)) sink.message(message);
    if (steering === undefined) return sink.done(doneOf(plan));
    const { tokens, sourceStart } = plan;
    const sha256 = hashStreamText(this.#options.source, sourceStart, tokens, others);
    sink.done(doneOf({ tokens, sha256 }));
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
    if (stream.isEnded) return;
    this.#feed.schedule(stream, nextDueNs(stream));
    while (this.#takeUp(stream));
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
    const running = this.#running(id);
    for (const stream of running) this.#stop(stream, 'cancelled');
    return running.length > 0;
  }

  /** Streams of this id: several where it was asked for more than once. */
  #running(id: string): readonly OpenStream[] {
    const found: OpenStream[] = [];
    // Stops and inputs are rare: a map by id would cost each stream more than this search.
    for (const stream of this.#open)
      if (stream.plan.id === id && !stream.isEnded && stream.stopping === undefined)
        found.push(stream);
    return found;
  }

  steer(id: string, text: string): SteerOutcome {
    const { source, isBroadcast = false, injected, now } = this.#options;
    const receivedNs = now();
    const running = this.#running(id);
    if (running.length === 0) return 'unknown';
    if (isBroadcast || source.chunks !== undefined) return 'not-steerable';
    if (running.some(({ steering }) => steering?.isFull === true)) return 'full';
    for (const stream of running) {
      stream.steering ??= new Steering();
      stream.steering.add({ text, receivedNs });
      const delayMs = injected?.steerDelayMs(stream.plan) ?? 0;
      if (delayMs === 0) this.#takeUp(stream);
      else setTimeout(() => this.#takeUp(stream), delayMs);
    }
    return 'accepted';
  }

  /** Sends the oldest input that waits, if the stream can; returns whether another might follow. */
  #takeUp(stream: OpenStream): boolean {
    const { plan, sent, template, isEnded, isBlocked, stopping } = stream;
    if (isEnded || isBlocked || stopping !== undefined) return false;
    const steer = stream.steering?.takeUp(sent);
    if (steer === undefined) return false;
    const payload = renderContent(template, sent + 1, JSON.stringify(steer.text));
    const writtenNs = this.#send(stream, payload);
    this.#options.onSteer?.({ id: plan.id, ...steer, writtenNs });
    return this.#goesOn(stream);
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
    if (stopping.tokensLeft > 0 && sent < plan.tokens) return nextDueNs(stream);
    this.#stopNow(stream, stopping.by);
    return undefined;
  }

  #stopNow(stream: OpenStream, by: StopCause): void {
    const { plan, sink, sent, counts } = stream;
    stream.isEnded = true;
    this.#options.onStop?.({ id: plan.id, by, tokens: sent, bytes: sink.bytesWritten() });
    countCut(counts, by);
    this.#forgetBlocked(stream);
    if (by === 'cancelled')
      sink.done(cancelledOf(this.#options, plan, { tokens: sent, others: othersOf(stream) }));
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

/** Inputs come between the planned tokens, and delay none of them. */
function countPlanned({ sent, steering }: OpenStream): number {
  return sent - (steering?.texts.size ?? 0);
}

/** When the next token is due that the plan has; call before the last was sent. */
function nextDueNs(stream: OpenStream): number {
  return stream.originNs + (stream.plan.offsetsNs[countPlanned(stream)] as number);
}

/** Tokens of a stream that are not those of the source. */
function othersOf({ plan, steering }: OpenStream): OtherTexts | undefined {
  return steering === undefined
    ? plan.large?.texts
    : new Map([...(plan.large?.texts ?? []), ...steering.texts]);
}

/**
 * Bytes that the socket has not taken yet, plus tokens that are due by the plan but wait, estimated
 * by the mean frame.
 */
function backlogBytes(stream: OpenStream, nowNs: number): number {
  const { plan, sink, sent } = stream;
  const planned = countPlanned(stream);
  let due = planned;
  while (due < plan.tokens && stream.originNs + (plan.offsetsNs[due] as number) <= nowNs) due++;
  const bytesPerToken = sent === 0 ? 0 : sink.bytesWritten() / sent;
  return sink.channel.writableLength + (due - planned) * bytesPerToken;
}
