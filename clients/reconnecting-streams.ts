// Reconnecting streams: opens a stream, notices that its connection is lost or its attempt failed,
// waits as the policy says, and resumes it where it was, until it is whole, stopped by the server,
// or given up. Independent of the tokens.

import { clientStacks } from '../bench/contract/arms/stacks.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { backoffDraw, policies } from '../bench/contract/reconnect-policy.ts';
import type { RecoverySpecification } from '../bench/contract/recovery.ts';
import { type Instant, NS_PER_MS, NS_PER_S } from '../bench/contract/units.ts';
import { DueQueue, type SetTimer } from './due-queue.ts';
import { isStop, type Ending, type ReconnectAccounts } from './reconnect-accounts.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { ControlType, StreamClient, StreamListener, StreamTarget } from './stream-client.ts';

export interface ReconnectOptions {
  readonly specification: Pick<TrialSpecification, 'transport' | 'client' | 'workloadSeed'>;
  readonly recovery: Pick<RecoverySpecification, 'policy' | 'heartbeatNs' | 'retryMs'>;
  readonly streams: number;
  readonly targetOf: (stream: number) => StreamTarget;
  readonly openClient: (listener: StreamListener) => StreamClient;
  readonly accounts: ReconnectAccounts;
  readonly now: () => Instant;
  /** Replaceable by a test that runs in virtual time. */
  readonly setTimer?: SetTimer;
}

/**
 * `opening`: an attempt without an answer. `leaving`: the server sent `bye`, the loss is counted,
 * the connection still open. `waiting`: for the next attempt. `over`: no other attempt will be
 * made.
 */
type State = 'idle' | 'opening' | 'open' | 'leaving' | 'waiting' | 'over';

/** A server that sent `bye` ends the connection itself; after this time the client closes it. */
const GOODBYE_NS = NS_PER_S;

export class ReconnectingStreams {
  readonly #options: ReconnectOptions;
  readonly #client: StreamClient;
  readonly #queue: DueQueue;
  readonly #watch: SilenceWatch | undefined;
  readonly #states: State[];
  /**
   * Attempts so far: with it a timer checks that it still belongs to the attempt for which it was
   * set.
   */
  readonly #turns: Int32Array;
  /** Waits since the last connection that delivered a token or control event. */
  readonly #fruitless: Int32Array;
  readonly #draws: ((() => number) | undefined)[];
  readonly #isDone: Uint8Array;
  /**
   * 1 once the current attempt was counted; that of a stack that reconnects by itself is counted
   * when its outcome is seen.
   */
  readonly #isAttemptKnown: Uint8Array;
  readonly #reconnectsItself: boolean;
  #over = 0;

  constructor(options: ReconnectOptions) {
    const { streams, now, setTimer, recovery } = options;
    this.#options = options;
    this.#reconnectsItself = clientStacks[options.specification.client].reconnectsItself;
    this.#queue = new DueQueue({ now, setTimer });
    this.#states = Array.from({ length: streams }, () => 'idle');
    this.#turns = new Int32Array(streams);
    this.#fruitless = new Int32Array(streams);
    this.#draws = Array.from({ length: streams });
    this.#isDone = new Uint8Array(streams);
    this.#isAttemptKnown = new Uint8Array(streams);
    const client = options.openClient(this.#listen());
    this.#client = client;
    const watches = policies[recovery.policy].watchesSilence && !this.#reconnectsItself;
    if (watches && recovery.heartbeatNs !== undefined) {
      this.#watch = new SilenceWatch({
        streams,
        heartbeatNs: recovery.heartbeatNs,
        now,
        setTimer,
        bytesRead: (stream) => client.bytesRead(stream),
        onSilent: (stream) => this.#silent(stream),
      });
    }
  }

  get isOver(): boolean {
    return this.#over === this.#states.length;
  }

  /** Streams that have a connection now. */
  get openStreams(): number {
    return this.#states.filter((state) => state === 'open' || state === 'leaving').length;
  }

  begin(stream: number): void {
    this.#attempt(stream);
  }

  /** Ends the silence watch meanwhile: silence of the client's own making is not the server's. */
  stopReading(stream: number): void {
    if (this.#states[stream] === 'over') return;
    this.#watch?.end(stream);
    this.#client.pause(stream);
    this.#options.accounts.stopsReading(stream, this.#options.now());
  }

  /**
   * A connection that was made meanwhile was never paused; it cannot be distinguished from one that
   * was.
   */
  readAgain(stream: number): void {
    const state = this.#states[stream];
    if (state === 'over') return;
    this.#client.unpause(stream);
    if (state === 'open' || state === 'opening') this.#watch?.begin(stream);
    this.#options.accounts.readsAgain(stream, this.#options.now());
  }

  /** Call when the time is over: closes what is open and makes no other attempt. */
  async stop(): Promise<void> {
    this.#queue.stop();
    this.#watch?.stop();
    for (const [stream, state] of this.#states.entries()) {
      if (state === 'over') continue;
      if (state !== 'idle' && state !== 'waiting') this.#client.abandon(stream);
      if (this.#isDone[stream] === 1) this.#options.accounts.over(stream, 'done', '');
      this.#states[stream] = 'over';
    }
    await this.#client.close();
  }

  #listen(): StreamListener {
    const { accounts } = this.#options;
    return {
      onConnect: (stream, at) => accounts.connected(stream, at),
      onAccept: (stream, at) => this.#accepted(stream, at),
      onTokenBytes: (stream, buffer, start, end, at) => {
        this.#fruitless[stream] = 0;
        accounts.tokenBytes(stream, buffer, start, end, at);
      },
      onTokenText: (stream, payload, at) => {
        this.#fruitless[stream] = 0;
        accounts.tokenText(stream, payload, at);
      },
      onControl: (stream, type, text, at) => this.#control(stream, { type, text, at }),
      onEnd: (stream, count) => {
        if (count !== undefined) accounts.counted(count);
        this.#finish(stream, 'done', '');
      },
      onFailure: (stream, cause, _message, at) => this.#failed(stream, cause, at),
      onLost: (stream, cause, _message, at) => this.#lostByStack(stream, cause, at),
    };
  }

  #attempt(stream: number): void {
    const { accounts, now, targetOf } = this.#options;
    if (this.#states[stream] === 'over') return;
    if (this.#states[stream] === 'leaving') this.#client.abandon(stream);
    if (this.#isDone[stream] === 1) {
      this.#finish(stream, 'done', '');
      return;
    }
    this.#states[stream] = 'opening';
    this.#turns[stream] = (this.#turns[stream] as number) + 1;
    this.#isAttemptKnown[stream] = 1;
    const resumeAfter = accounts.cursor(stream);
    accounts.attempted(stream, now());
    this.#client.open(stream, {
      ...targetOf(stream),
      ...(resumeAfter !== undefined && { resumeAfter }),
    });
    this.#watch?.begin(stream);
  }

  #accepted(stream: number, at: Instant): void {
    this.#seeAttempt(stream, at);
    this.#states[stream] = 'open';
    this.#options.accounts.accepted(stream, at);
  }

  #seeAttempt(stream: number, at: Instant): void {
    if (this.#isAttemptKnown[stream] === 1) return;
    this.#isAttemptKnown[stream] = 1;
    this.#options.accounts.attemptSeen(stream, at);
  }

  #control(stream: number, event: { type: ControlType; text: string; at: Instant }): void {
    const { type, text, at } = event;
    if (type === 'stream-error') {
      this.#client.abandon(stream);
      this.#failed(stream, streamErrorCause(text), at);
      return;
    }
    this.#fruitless[stream] = 0;
    this.#options.accounts.control(stream, type, text, at);
    if (type === 'done') this.#isDone[stream] = 1;
    if (type === 'bye' && this.#states[stream] === 'open' && this.#isDone[stream] === 0)
      this.#leave(stream, at);
  }

  /** Counts the loss at the `bye`: what follows is only the shutdown of the connection. */
  #leave(stream: number, at: Instant): void {
    this.#watch?.end(stream);
    this.#options.accounts.lost(stream, 'bye', at);
    this.#states[stream] = 'leaving';
    this.#isAttemptKnown[stream] = 0;
    // Such a stack ignores `bye`: it reconnects when its connection ends.
    if (this.#reconnectsItself) return;
    const turn = this.#turns[stream];
    this.#queue.schedule(at + GOODBYE_NS, () => {
      if (this.#turns[stream] !== turn || this.#states[stream] !== 'leaving') return;
      this.#client.abandon(stream);
      this.#states[stream] = 'waiting';
    });
    this.#wait(stream, at);
  }

  #silent(stream: number): void {
    this.#client.abandon(stream);
    this.#failed(stream, 'silent', this.#options.now());
  }

  /**
   * Handles a failed connection or attempt; with a stack that reconnects by itself, it failed for
   * good.
   */
  #failed(stream: number, cause: string, at: Instant): void {
    const state = this.#states[stream];
    if (state === 'over') return;
    // After `done` a failure does not matter.
    if (this.#isDone[stream] === 1) this.#finish(stream, 'done', '');
    else if (isStop(cause)) this.#stopped(stream, cause, at);
    else if (state === 'leaving') this.#states[stream] = 'waiting';
    else {
      this.#countFailure(stream, cause, at);
      if (this.#isFinal(cause)) this.#finish(stream, 'given-up', cause);
      else this.#wait(stream, at);
    }
  }

  #countFailure(stream: number, cause: string, at: Instant): void {
    const { accounts } = this.#options;
    if (this.#states[stream] === 'open') {
      accounts.lost(stream, cause, at);
    } else {
      this.#seeAttempt(stream, at);
      accounts.attemptFailed(stream, cause, at);
    }
  }

  /**
   * A stop that answers an attempt counts as a failed attempt; on an open connection nothing was
   * lost with it.
   */
  #stopped(stream: number, cause: string, at: Instant): void {
    if (this.#states[stream] === 'opening') this.#countFailure(stream, cause, at);
    this.#finish(stream, 'stopped', cause);
  }

  #isFinal(cause: string): boolean {
    if (this.#reconnectsItself) return true;
    const { specification, recovery } = this.#options;
    return (
      cause.startsWith('http-') && policies[recovery.policy].isRefusalFinal(specification.transport)
    );
  }

  #lostByStack(stream: number, cause: string, at: Instant): void {
    const state = this.#states[stream];
    if (state === 'over') return;
    if (state !== 'leaving') this.#countFailure(stream, cause, at);
    this.#states[stream] = 'opening';
    this.#isAttemptKnown[stream] = 0;
  }

  #wait(stream: number, at: Instant): void {
    const { specification, recovery } = this.#options;
    this.#watch?.end(stream);
    if (this.#states[stream] !== 'leaving') this.#states[stream] = 'waiting';
    const draw = (this.#draws[stream] ??= backoffDraw(specification.workloadSeed, stream));
    const attempt = this.#fruitless[stream] as number;
    this.#fruitless[stream] = attempt + 1;
    const delayNs = policies[recovery.policy].delayNs(specification.transport, {
      attempt,
      draw,
      retryNs: recovery.retryMs * NS_PER_MS,
    });
    this.#queue.schedule(at + delayNs, () => this.#attempt(stream));
  }

  #finish(stream: number, ending: Ending, cause: string): void {
    if (this.#states[stream] === 'over') return;
    this.#watch?.end(stream);
    this.#states[stream] = 'over';
    this.#over++;
    this.#options.accounts.over(stream, ending, cause);
  }
}

/** The null arm has no status line: its server sends the status in an event. */
function streamErrorCause(text: string): string {
  const { statusCode } = JSON.parse(text) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? `stream-error-${statusCode}` : 'stream-error';
}
