// One connection that receives a stream which may outlive it: sent tokens, waiting tokens, cause of
// its end.

import type { Payload } from '../bench/contract/payload.ts';
import type { ApiMessage } from '../bench/contract/payloads/payload-profile.ts';
import type { ServerRecovery } from '../bench/contract/recovery.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { ResumePoint } from './resume-point.ts';
import type { StreamSink } from './stream-sink.ts';
import { countCut, doneOf, type ServerStamps, type StreamCounts } from './streams.ts';

/** The stream that it receives, which may outlive it. */
interface Received {
  readonly plan: StreamPlan;
  readonly epoch: string;
  /** Number of tokens so far. */
  readonly generated: number;
  readonly isFinished: boolean;
  /** Sequence number of the oldest token that is kept; undefined when none is. */
  readonly oldest: number | undefined;
  isTold: boolean;
  waiting: (sequence: number) => Payload | undefined;
}

interface ReceiverOptions<Stream extends Received> {
  readonly stream: Stream;
  readonly sink: StreamSink;
  readonly now: () => number;
  readonly stamps: ServerStamps | undefined;
  /**
   * The counts that were current when the receiver opened: a rehearsal's last closes must not count
   * in the trial.
   */
  readonly counts: StreamCounts;
  readonly recovery: ServerRecovery;
  /** The messages of the payload's API around the tokens of the stream. */
  readonly preamble: () => readonly ApiMessage[];
  readonly epilogue: () => readonly ApiMessage[];
  /** Called when its socket is full. */
  readonly onBlock: (receiver: Receiver<Stream>) => void;
}

export class Receiver<Stream extends Received = Received> {
  readonly stream: Stream;
  readonly sink: StreamSink;
  readonly counts: StreamCounts;
  readonly #now: () => number;
  readonly #stamps: ServerStamps | undefined;
  readonly #recovery: ServerRecovery;
  readonly #onBlock: (receiver: Receiver<Stream>) => void;
  readonly #preamble: () => readonly ApiMessage[];
  readonly #epilogue: () => readonly ApiMessage[];
  /** Sequence number of the next token to send. */
  #next = 1;
  /** Tokens up to this one were due before it connected. */
  #replayUpTo = 0;
  /** Bytes before the first token: head, `open` and the messages of an API before the tokens. */
  preludeBytes = 0;
  sent = 0;
  isBlocked = false;
  /** Nothing is sent any more. */
  isEnded = false;
  isWhole = false;

  constructor(options: ReceiverOptions<Stream>) {
    this.stream = options.stream;
    this.sink = options.sink;
    this.counts = options.counts;
    this.#now = options.now;
    this.#stamps = options.stamps;
    this.#recovery = options.recovery;
    this.#onBlock = options.onBlock;
    this.#preamble = options.preamble;
    this.#epilogue = options.epilogue;
  }

  /**
   * Sends the available tokens from this point on; later ones are sent as they come. Both begin in
   * one tick, so none is missed.
   */
  open({ from, gap }: ResumePoint, isReplay: boolean): void {
    const { plan, epoch, generated } = this.stream;
    this.#next = from;
    this.#replayUpTo = isReplay ? generated : 0;
    this.sink.open({ sid: plan.id, epoch, from, n: plan.tokens });
    // A receiver that resumes has them.
    if (from === 1) for (const message of this.#preamble()) this.sink.message(message);
    if (gap !== undefined) {
      this.#recovery.gaps++;
      this.sink.gap(gap);
    }
    this.preludeBytes = this.sink.bytesWritten();
    this.pump();
  }

  /** Sends a token at the moment it is generated, unless others wait before it. */
  live(sequence: number, payload: Payload, writtenNs: number): void {
    if (this.isBlocked || this.isEnded) return;
    this.#write(sequence, payload, writtenNs);
    if (this.stream.isFinished) this.#finish();
    else if (this.sink.channel.writableNeedDrain) this.#block();
  }

  /** Call when the socket takes more. */
  unblock(): void {
    if (!this.isBlocked) return;
    this.isBlocked = false;
    this.pump();
  }

  /** Sends what waits, in as few writes as the socket allows, until it is full. */
  pump(): void {
    const { stream, sink } = this;
    if (this.isEnded || this.isBlocked) return;
    sink.channel.cork();
    const bytesBefore = sink.bytesWritten();
    let replayed = 0;
    while (this.#next <= stream.generated && !sink.channel.writableNeedDrain) {
      const payload = stream.waiting(this.#next);
      if (payload === undefined) {
        this.#skip(stream.oldest as number);
        continue;
      }
      if (this.#next <= this.#replayUpTo) replayed++;
      this.#write(this.#next, payload, this.#now());
    }
    // Includes any gap event among them, and possibly the first live tokens of a slow receiver's
    // last turn.
    if (replayed > 0) {
      this.#recovery.replayedTokens += replayed;
      this.#recovery.replayedBytes += sink.bytesWritten() - bytesBefore;
    }
    if (this.#next <= stream.generated) this.#block();
    else if (stream.isFinished) this.#finish();
    sink.channel.uncork();
  }

  #write(sequence: number, payload: Payload, writtenNs: number): void {
    const { trialIndex } = this.stream.plan;
    if (trialIndex !== undefined && this.#stamps !== undefined) {
      const { writtenNs: stamps } = this.#stamps;
      const index = trialIndex.base + sequence - 1;
      if (Number.isNaN(stamps[index])) stamps[index] = writtenNs;
    }
    this.sink.token(sequence, payload);
    this.#next = sequence + 1;
    this.sent++;
    this.counts.tokensWritten++;
  }

  /** Sends a gap: the buffer has moved on while the socket was full. */
  #skip(oldest: number): void {
    this.#recovery.gaps++;
    this.sink.gap({ missing: this.#next, from: oldest });
    this.#next = oldest;
  }

  #block(): void {
    this.isBlocked = true;
    this.counts.backpressured++;
    this.#onBlock(this);
  }

  #finish(): void {
    this.isEnded = true;
    this.isWhole = true;
    if (!this.stream.isTold) this.counts.finished++;
    this.stream.isTold = true;
    for (const message of this.#epilogue()) this.sink.message(message);
    this.sink.done(doneOf(this.stream.plan));
  }

  /**
   * Bytes that the socket has not taken yet, plus tokens that came due but wait, estimated by the
   * mean frame.
   */
  backlogBytes(): number {
    const bytesPerToken = this.sent === 0 ? 0 : this.sink.bytesWritten() / this.sent;
    return (
      this.sink.channel.writableLength +
      Math.max(0, this.stream.generated + 1 - this.#next) * bytesPerToken
    );
  }

  /** Ends the connection and counts the cause; a second call changes nothing. */
  end(cause: string, how: 'bye' | 'abort' | 'replaced'): void {
    if (this.isEnded) return;
    this.isEnded = true;
    countCut(this.counts, cause);
    this.sink[how]();
  }
}
