// Streams that outlive their connections: a disconnect does not cancel. The generation follows the
// plan, the last tokens are kept, and a returning receiver resumes where it was. The same for both
// twins and the null arm.

import { parseCursor } from '../bench/contract/control-events.ts';
import { generationDueNs } from '../bench/contract/generation.ts';
import type { Payload } from '../bench/contract/payload.ts';
import type { RecoverySpecification, ServerRecovery } from '../bench/contract/recovery.ts';
import type { OpenCount } from '../bench/contract/tally.ts';
import { Heartbeats } from './heartbeats.ts';
import { countDue, LastingStream } from './lasting-stream.ts';
import { Pacer } from './pacer.ts';
import type { StreamPlan } from './planned-streams.ts';
import { Receiver } from './receiver.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import { isOver, resumePoint } from './resume-point.ts';
import { SlowReceivers } from './slow-receivers.ts';
import { StreamRegistry } from './stream-registry.ts';
import type { SteerOutcome } from './steering.ts';
import type { StreamSink } from './stream-sink.ts';
import {
  doneOf,
  epilogueOf,
  noCounts,
  preambleOf,
  templateOf,
  type Admission,
  type Arrival,
  type Lasting,
  type Streams,
  type StreamsOptions,
} from './streams.ts';

interface LastingOptions extends Omit<StreamsOptions, 'recovery'> {
  /** See StreamRegistry. */
  readonly graceNs?: number;
  readonly recovery: Pick<
    RecoverySpecification,
    'isResumable' | 'limits' | 'heartbeatNs' | 'faultNs' | 'quietNs'
  >;
}

export class LastingStreams implements Streams, Lasting {
  readonly lasting = this;
  readonly #options: LastingOptions;
  readonly #pacer: Pacer<LastingStream>;
  readonly #registry: StreamRegistry;
  readonly #heartbeats: Heartbeats<Receiver<LastingStream>> | undefined;
  readonly #slow: SlowReceivers<Receiver<LastingStream>>;
  /** Receivers whose connections are not closed yet; some of them have been ended or replaced. */
  readonly #receivers = new Set<Receiver<LastingStream>>();
  #closedBytes = 0;
  #isClosing = false;
  counts = noCounts();

  constructor(options: LastingOptions) {
    const { now, maxStreams, graceNs, recovery, backpressureBytes } = options;
    this.#options = options;
    this.#pacer = new Pacer({ now, emit: (stream) => this.#emit(stream) });
    this.#registry = new StreamRegistry({
      limits: recovery.limits,
      maxStreams,
      graceNs,
      now,
      onForget: (stream) => this.#forget(stream, 'expired', 'abort'),
    });
    this.#slow = new SlowReceivers({
      backpressureBytes,
      onTooSlow: (receiver) => receiver.end('slow-consumer', 'abort'),
    });
    if (recovery.heartbeatNs !== undefined)
      this.#heartbeats = new Heartbeats({
        intervalNs: recovery.heartbeatNs,
        now,
        onSilence: (receiver) => this.#giveUp(receiver),
      });
  }

  get recovery(): ServerRecovery {
    return this.#registry.counts;
  }

  get openStreams(): number {
    return this.#receivers.size;
  }

  get isFull(): boolean {
    return this.#isClosing || !this.#registry.hasRoom();
  }

  resetCounts(): void {
    this.counts = noCounts();
    this.#registry.resetCounts();
  }

  bytesWritten(): number {
    let bytes = this.#closedBytes;
    for (const { sink } of this.#receivers) bytes += sink.bytesWritten();
    return bytes;
  }

  countOpen(): OpenCount {
    const count = { streams: 0, tokens: 0, bytes: 0, preludeBytes: 0 };
    for (const { sink, sent, preludeBytes } of this.#receivers) {
      count.streams++;
      count.tokens += sent;
      count.bytes += sink.bytesWritten();
      count.preludeBytes += preludeBytes;
    }
    return count;
  }

  countKept(): { heard: number; streams: number; bufferedBytes: number } {
    const { size, bufferedBytes } = this.#registry;
    return { heard: [...this.#registry.heard()].length, streams: size, bufferedBytes };
  }

  lookUp(id: string, after: string | undefined): Admission | undefined {
    if (this.#isClosing)
      return { outcome: 'refused', statusCode: 503, message: 'the server is going away' };
    const stream = this.#registry.get(id);
    if (stream !== undefined) {
      const { plan } = stream;
      return isOver(stream, resumePoint(stream, after))
        ? { outcome: 'over', done: doneOf(plan) }
        : { outcome: 'serve', plan };
    }
    if (after === undefined) return undefined;
    this.recovery.unknown++;
    return { outcome: 'unknown' };
  }

  adopt(plan: StreamPlan, after: string | undefined): void {
    const { keepsState = false, now, recovery } = this.#options;
    if (
      !keepsState ||
      plan.trialIndex === undefined ||
      this.#registry.get(plan.id) !== undefined ||
      this.isFull
    )
      return;
    const tokensDueNs = this.#tokensDueNs(plan, plan.trialIndex.startNs);
    const nowNs = now();
    const due = countDue(tokensDueNs, nowNs);
    if (due === plan.tokens && (tokensDueNs[due - 1] as number) + recovery.limits.ttlNs <= nowNs)
      return;
    // Tokens that the only receiver has already are not fetched from the kept state.
    const received = parseCursor(after ?? '')?.sequence ?? 0;
    const missed = Math.max(0, due - (received <= due ? received : 0));
    const first = due - Math.min(missed, recovery.limits.bufferTokens) + 1;
    const stream = this.#keep(plan, tokensDueNs, first);
    this.recovery.unheardTokens += missed;
    while (stream.generated < due) this.#generate(stream);
    if (stream.isFinished) this.#registry.finish(stream, tokensDueNs[due - 1] as number);
  }

  #tokensDueNs({ offsetsNs, trialIndex }: StreamPlan, startNs: number): Float64Array {
    const { faultNs, quietNs } = this.#options.recovery;
    const isQuiet = trialIndex !== undefined && quietNs !== undefined;
    return isQuiet
      ? generationDueNs(startNs, offsetsNs, { fromNs: faultNs, forNs: quietNs })
      : generationDueNs(startNs, offsetsNs);
  }

  /** @param first The first token that is generated here. */
  #keep(plan: StreamPlan, tokensDueNs: Float64Array, first: number): LastingStream {
    const { source, recovery } = this.#options;
    const buffer = recovery.isResumable ? new ReplayBuffer(recovery.limits, first) : undefined;
    const template = plan.template ?? templateOf(this.#options, plan.id);
    const stream = new LastingStream({
      plan,
      template,
      source: plan.source ?? source,
      tokensDueNs,
      buffer,
      first,
    });
    this.#registry.add(stream);
    const dueNs = stream.nextDueNs();
    if (dueNs !== undefined) this.#pacer.schedule(stream, dueNs);
    return stream;
  }

  start(plan: StreamPlan, bareSink: StreamSink, { handlerNs, after }: Arrival): void {
    const { injected, stamps, now } = this.#options;
    const kept = this.#registry.get(plan.id);
    // A receiver that is late for a planned stream finds its first tokens due: they are generated,
    // and sent, at once.
    const stream =
      kept ?? this.#keep(plan, this.#tokensDueNs(plan, plan.trialIndex?.startNs ?? handlerNs), 1);
    if (
      plan.trialIndex !== undefined &&
      stamps !== undefined &&
      Number.isNaN(stamps.handlerNs[plan.trialIndex.stream])
    )
      stamps.handlerNs[plan.trialIndex.stream] = handlerNs;
    const isReturn = stream.hasBeenHeard || after !== undefined;
    if (isReturn) this.recovery.resumed++;
    else this.recovery.started++;
    if (!isReturn) this.counts.opened++;
    const sink = injected === undefined ? bareSink : injected.wrap(bareSink, plan);
    const receiver = new Receiver({
      stream,
      sink,
      now,
      stamps,
      counts: this.counts,
      recovery: this.recovery,
      onBlock: (blocked) => this.#slow.add(blocked),
      preamble: () => preambleOf(this.#options, plan),
      epilogue: () => epilogueOf(this.#options, plan),
    });
    this.#attach(receiver);
    receiver.open(resumePoint(stream, after), isReturn);
  }

  #attach(receiver: Receiver<LastingStream>): void {
    const { stream, sink } = receiver;
    if (stream.receiver !== undefined) {
      this.recovery.replaced++;
      this.#detach(stream.receiver);
      stream.receiver?.end('replaced', 'replaced');
    }
    stream.receiver = receiver;
    stream.hasBeenHeard = true;
    this.#registry.listen(stream);
    this.#receivers.add(receiver);
    this.#heartbeats?.add(receiver);
    const drained = (): void => {
      this.#slow.delete(receiver);
      receiver.unblock();
    };
    sink.channel.on('drain', drained);
    sink.onClose(() => {
      sink.channel.off('drain', drained);
      this.#closed(receiver);
    });
  }

  /** Ends the heartbeats and backlog checks of a receiver that is sent nothing more. */
  #detach(receiver: Receiver<LastingStream>): void {
    this.#slow.delete(receiver);
    this.#heartbeats?.delete(receiver);
  }

  #closed(receiver: Receiver<LastingStream>): void {
    const { stream, sink, counts } = receiver;
    const bytes = sink.bytesWritten();
    this.#detach(receiver);
    this.#receivers.delete(receiver);
    this.#closedBytes += bytes;
    if (receiver.isWhole) {
      counts.bytesWritten += bytes;
      counts.headBytes += sink.headBytes;
    }
    receiver.end('client-gone', 'abort');
    if (stream.receiver !== receiver) return;
    stream.receiver = undefined;
    this.#registry.unlisten(stream);
    this.#forgetRehearsal(stream);
  }

  #giveUp(receiver: Receiver<LastingStream>): void {
    this.recovery.givenUp++;
    receiver.end('given-up', 'abort');
  }

  #emit(stream: LastingStream): number | undefined {
    if (stream.isForgotten) return undefined;
    const writtenNs = this.#options.now();
    if (writtenNs < stream.dueNs) this.counts.earlyTokens++;
    if (stream.lastTick === this.#pacer.tick) this.counts.sameTickTokens++;
    stream.lastTick = this.#pacer.tick;
    const payload = this.#generate(stream);
    if (stream.isFinished) this.#registry.finish(stream, writtenNs);
    // A receiver that was sent `bye` gets no more tokens, though its connection may stay open for a
    // moment.
    if (stream.receiver === undefined || stream.receiver.isEnded) this.recovery.unheardTokens++;
    else stream.receiver.live(stream.generated, payload, writtenNs);
    this.#forgetRehearsal(stream);
    return stream.nextDueNs();
  }

  #generate(stream: LastingStream): Payload {
    const payload = stream.render(stream.generated + 1);
    stream.generated++;
    this.#registry.retain(stream, payload);
    return payload;
  }

  /** A rehearsal's stream is never resumed, and the trial must not begin with its remains. */
  #forgetRehearsal(stream: LastingStream): void {
    if (stream.plan.isRehearsal && stream.isFinished && stream.receiver === undefined)
      this.#registry.forget(stream);
  }

  #forget(stream: LastingStream, cause: string, how: 'bye' | 'abort'): void {
    this.#registry.forget(stream);
    stream.receiver?.end(cause, how);
  }

  cancel(id: string): boolean {
    const stream = this.#registry.get(id);
    if (stream === undefined) return false;
    this.#forget(stream, 'cancelled', 'bye');
    return true;
  }

  /** It keeps its tokens as the plan has them, to send them again, and so takes no input. */
  steer(id: string): SteerOutcome {
    return this.#registry.get(id) === undefined ? 'unknown' : 'not-steerable';
  }

  cut(id: string): boolean {
    const receiver = this.#registry.get(id)?.receiver;
    if (receiver === undefined || receiver.isEnded) return false;
    this.#detach(receiver);
    receiver.end('cut', 'abort');
    return true;
  }

  closeConnections(): number {
    let connections = 0;
    for (const receiver of this.#receivers) {
      if (receiver.isEnded) continue;
      connections++;
      this.#detach(receiver);
      receiver.end('closed', 'bye');
    }
    return connections;
  }

  sayBye(): void {
    this.#isClosing = true;
    for (const receiver of this.#receivers) receiver.end('shutdown', 'bye');
    this.#pacer.stop();
    this.#registry.stop();
    this.#heartbeats?.stop();
    this.#slow.stop();
  }

  abortAll(): void {
    for (const { sink } of this.#receivers) sink.abort();
  }
}
