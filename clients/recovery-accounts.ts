// Accounts of each stream of a fault trial: what arrived, what is missing, how often it was lost
// and tried again. What happens before the fault is counted separately: there should be nothing.

import assert from 'node:assert/strict';
import {
  renderCursor,
  type DoneEvent,
  type GapEvent,
  type OpenEvent,
} from '../bench/contract/control-events.ts';
import { BenchError } from '../bench/contract/errors.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { payloads } from '../bench/contract/payload.ts';
import type { Population } from '../bench/contract/population.ts';
import type { RecoveryClientTally } from '../bench/contract/recovery.ts';
import { type Instant, NS_PER_MS } from '../bench/contract/units.ts';
import { hashStreamText, sliceStart, type TokenSource } from '../bench/contract/workload.ts';
import { EventPatterns, patternWords as words } from './event-pattern.ts';
import { ExpectedPayload, layOutSource } from './expected-payload.ts';
import { isStop, type Ending, type ReconnectAccounts } from './reconnect-accounts.ts';
import type { RecoveryRecorder } from './recovery-recorder.ts';
import { noReceipts, ResumedSequence, SEEN_BEFORE } from './resumed-sequence.ts';
import type { ControlType, SocketCount } from './stream-client.ts';

export interface AccountOptions {
  readonly specification: Pick<TrialSpecification, 'payload'>;
  /** Ns since T0. */
  readonly faultNs: number;
  readonly population: Population;
  readonly source: TokenSource;
  readonly recorder: RecoveryRecorder;
}

type Tally = Omit<RecoveryClientTally, 'node' | 'use' | 'startsUnissued' | 'planSha256'>;

/** The fault is timed by another process, and Node's timers fire up to 1 ms early. */
const EARLY_FAULT_NS = 2 * NS_PER_MS;

export class RecoveryAccounts implements ReconnectAccounts {
  readonly #options: AccountOptions;
  readonly #countFromNs: number;
  readonly #sequences: ResumedSequence[];
  readonly #receipts = noReceipts();
  readonly #patterns = new EventPatterns();
  readonly #epochs: (string | undefined)[];
  readonly #announcedSha256 = new Map<number, string>();
  readonly #endings = new Map<number, Ending>();
  /** When the stream's present connection was accepted. */
  readonly #acceptedNs: Float64Array;
  /**
   * 1 once the stream has tried to reconnect after the fault: every connection from then on is a
   * reconnect.
   */
  readonly #isReturning: Uint8Array;
  /** 1 after an accept until an unseen token comes. */
  readonly #awaitsNew: Uint8Array;
  readonly #losses = new Map<string, number>();
  readonly #lossesBeforeFault = new Map<string, number>();
  readonly #attemptFailures = new Map<string, number>();
  readonly #sockets = { bytesRead: 0, bytesSent: 0 };
  #started = 0;
  #attempts = 0;
  #accepted = 0;
  tokensReceived = 0;

  /**
   * @throws BenchError USAGE for a payload without numbers, since such a stream cannot be resumed.
   */
  constructor(options: AccountOptions) {
    const { population, source, specification } = options;
    if (!payloads[specification.payload].isNumbered) {
      throw new BenchError(
        'USAGE',
        `streams of payload ${specification.payload} cannot be resumed: its tokens have no numbers to resume by`,
        {
          hint: 'use --payload lean',
        },
      );
    }
    this.#options = options;
    this.#countFromNs = options.faultNs - EARLY_FAULT_NS;
    // Numbered payloads have the same envelope in all streams.
    const expected = new ExpectedPayload(
      source,
      layOutSource(source),
      payloads[specification.payload].template(''),
    );
    this.#sequences = Array.from(
      population.tokens,
      (tokens, stream) =>
        new ResumedSequence(expected, {
          sourceStart: this.#sourceStart(stream),
          tokens,
          counts: this.#receipts,
        }),
    );
    this.#epochs = Array.from({ length: population.streams });
    this.#acceptedNs = new Float64Array(population.streams);
    this.#isReturning = new Uint8Array(population.streams);
    this.#awaitsNew = new Uint8Array(population.streams);
  }

  cursor(stream: number): string | undefined {
    const epoch = this.#epochs[stream];
    return epoch === undefined
      ? undefined
      : renderCursor({ epoch, sequence: this.#sequence(stream).resumeAfter() });
  }

  attempted(stream: number, at: Instant): void {
    const { recorder } = this.#options;
    if (Number.isNaN(recorder.startNs[stream])) {
      recorder.startNs[stream] = at;
      this.#started++;
      return;
    }
    this.attemptSeen(stream, at);
    recorder.attempted(stream, at);
  }

  attemptSeen(stream: number, at: Instant): void {
    if (!this.#isAfterFault(at)) return;
    this.#isReturning[stream] = 1;
    this.#attempts++;
    this.#options.recorder.countAttempt(at);
  }

  connected(stream: number, at: Instant): void {
    this.#options.recorder.connected(stream, at);
  }

  accepted(stream: number, at: Instant): void {
    const { recorder } = this.#options;
    recorder.accepted(stream, at);
    this.#acceptedNs[stream] = at;
    if (this.#isReturning[stream] === 0) return;
    this.#accepted++;
    recorder.countAccept(at);
    this.#awaitsNew[stream] = 1;
    this.#patterns.note(stream, words.accepted);
  }

  attemptFailed(stream: number, cause: string, at: Instant): void {
    // A stream's first attempt is no reconnect: its failure is counted with the losses.
    if (this.#isReturning[stream] === 0) {
      this.lost(stream, cause, at);
      return;
    }
    count(this.#attemptFailures, cause);
    // A stop is recorded as the last word of the pattern.
    if (!isStop(cause)) this.#patterns.note(stream, words.attemptFailed(cause));
  }

  lost(stream: number, cause: string, at: Instant): void {
    this.#awaitsNew[stream] = 0;
    if (!this.#isAfterFault(at)) {
      count(this.#lossesBeforeFault, cause);
      return;
    }
    count(this.#losses, cause);
    this.#options.recorder.lost(stream, at);
    this.#patterns.note(stream, words.lost(cause));
  }

  tokenBytes(stream: number, buffer: Buffer, start: number, end: number, at: Instant): void {
    this.#received(stream, this.#sequence(stream).acceptBytes(buffer, start, end), at);
  }

  tokenText(stream: number, payload: string, at: Instant): void {
    this.#received(stream, this.#sequence(stream).acceptText(payload), at);
  }

  #received(stream: number, place: number, at: Instant): void {
    this.tokensReceived++;
    if (place >= 0) {
      this.#options.recorder.received(stream, place, at);
      if (this.#awaitsNew[stream] === 1) this.#resumed(stream, place, at);
    } else if (place === SEEN_BEFORE && this.#isAfterFault(at)) {
      this.#patterns.noteOnce(stream, words.seenAgain);
    }
  }

  #resumed(stream: number, place: number, at: Instant): void {
    this.#awaitsNew[stream] = 0;
    this.#options.recorder.resumed(stream, this.#acceptedNs[stream] as number, at);
    if (this.#sequence(stream).resumeAfter() <= place)
      this.#patterns.noteOnce(stream, words.skipped);
    this.#patterns.note(stream, words.newToken);
  }

  control(stream: number, type: ControlType, text: string, at: Instant): void {
    switch (type) {
      case 'open':
        this.#epochs[stream] = (JSON.parse(text) as OpenEvent).epoch;
        return;
      case 'gap': {
        const { missing, from } = JSON.parse(text) as GapEvent;
        this.#sequence(stream).declareLost(missing - 1, from - 1);
        if (this.#isAfterFault(at)) this.#patterns.note(stream, words.gap);
        return;
      }
      case 'done':
        // `done` is the end that an application waits for. What follows differs by transport: a
        // last chunk, or a closing handshake.
        this.#options.recorder.endNs[stream] = at;
        this.#announcedSha256.set(stream, (JSON.parse(text) as DoneEvent).sha256);
        return;
      // Neither changes what arrived.
      case 'bye':
      case 'stream-error':
    }
  }

  stopsReading(stream: number, at: Instant): void {
    this.#options.recorder.pausedNs[stream] = at;
    this.#patterns.note(stream, words.stopsReading);
  }

  readsAgain(stream: number): void {
    this.#patterns.note(stream, words.readsAgain);
  }

  over(stream: number, ending: Ending, cause: string): void {
    this.#endings.set(stream, ending);
    if (ending === 'stopped') this.#sequence(stream).declareRestLost();
    this.#patterns.note(
      stream,
      { done: words.done, stopped: words.stopped(cause), 'given-up': words.givenUp }[ending],
    );
  }

  counted({ bytesRead, bytesSent }: SocketCount): void {
    assert(bytesSent !== undefined, 'streams that are broken have sockets of their own');
    this.#sockets.bytesRead += bytesRead;
    this.#sockets.bytesSent += bytesSent;
  }

  #sequence(stream: number): ResumedSequence {
    return this.#sequences[stream] as ResumedSequence;
  }

  #sourceStart(stream: number): number {
    const { population, source } = this.#options;
    return sliceStart(source, population.seeds[stream] as number);
  }

  #isAfterFault(at: Instant): boolean {
    return at >= this.#countFromNs;
  }

  /** Call once nothing more can come. All fields but those of the process itself. */
  tally(): Tally {
    const { streams, totalTokens } = this.#options.population;
    for (let stream = 0; stream < streams; stream++)
      if (!this.#endings.has(stream)) this.#patterns.note(stream, words.unfinished);
    const { lost, declared } = this.#missing();
    const { whole, hashMismatches } = this.#verify();
    const ended = (ending: Ending): number =>
      [...this.#endings.values()].filter((one) => one === ending).length;
    const { distinct, ...receipts } = this.#receipts;
    return {
      streamsPlanned: streams,
      streamsStarted: this.#started,
      streamsWhole: whole,
      streamsStopped: ended('stopped'),
      streamsGivenUp: ended('given-up'),
      // Streams that ended with tokens missing are not among these.
      streamsUnfinished: streams - this.#endings.size,
      tokensPlanned: totalTokens,
      tokensReceived: this.tokensReceived,
      tokensDistinct: distinct,
      ...receipts,
      hashMismatches,
      lost,
      lostDeclared: declared,
      attempts: this.#attempts,
      accepted: this.#accepted,
      attemptFailures: Object.fromEntries(this.#attemptFailures),
      losses: Object.fromEntries(this.#losses),
      lossesBeforeFault: Object.fromEntries(this.#lossesBeforeFault),
      patterns: this.#patterns.tally(),
      // Covers connections that ended in good order after `done`: the sockets of the others are
      // gone uncounted.
      ...this.#sockets,
    };
  }

  #missing(): { lost: number; declared: number } {
    const sum = { lost: 0, declared: 0 };
    for (const sequence of this.#sequences) {
      const { lost, declared } = sequence.missing();
      sum.lost += lost;
      sum.declared += declared;
    }
    return sum;
  }

  /**
   * After the trial, so as to compute no hash during it. Every received byte was compared, so the
   * planned text is the received one.
   */
  #verify(): { whole: number; hashMismatches: number } {
    const { population, source } = this.#options;
    let whole = 0;
    let hashMismatches = 0;
    for (const [stream, announced] of this.#announcedSha256) {
      const isSame =
        announced ===
        hashStreamText(source, this.#sourceStart(stream), population.tokens[stream] as number);
      if (!isSame) hashMismatches++;
      else if (this.#sequence(stream).isComplete) whole++;
    }
    return { whole, hashMismatches };
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
