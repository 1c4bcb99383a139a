// What became of each stream, and at the end the tally: what was received, what failed, and whether the bytes on the
// sockets are the ones that the byte model predicts.

import { byteModel } from '../bench/contract/byte-model.ts';
import { streamEpoch, type DoneEvent, type OpenEvent } from '../bench/contract/control-events.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { payloads } from '../bench/contract/payload.ts';
import type { Population } from '../bench/contract/population.ts';
import type { ClientTally } from '../bench/contract/tally.ts';
import { hashStreamText, sliceStart, type TokenSource } from '../bench/contract/workload.ts';
import { ExpectedPayload, layOutSource, type SourceBytes } from './expected-payload.ts';
import { noFaults, SequenceCheck } from './sequence.ts';
import type { SocketCount } from './stream-client.ts';

interface Account {
  readonly check: SequenceCheck;
  readonly expected: ExpectedPayload;
  announcedSha256: string | undefined;
}

type ModelCounts = Pick<ClientTally, 'modelBytes' | 'modelTokenBytes' | 'payloadBytes'>;

export class StreamAccounts {
  readonly #specification: Pick<TrialSpecification, 'payload' | 'transport'>;
  readonly #idPrefix: string;
  readonly #population: Population;
  readonly #source: TokenSource;
  readonly #layout: SourceBytes;
  readonly #open = new Map<number, Account>();
  readonly #verified: number[] = [];
  readonly #errors = new Map<string, { count: number; example: string }>();
  readonly faults = noFaults();
  readonly #sockets = { bytesRead: 0, bytesSent: 0, headBytes: 0 };
  started = 0;
  ended = 0;
  tokensReceived = 0;

  /** @param idPrefix What stream ids begin with, before their number. */
  constructor(
    specification: Pick<TrialSpecification, 'payload' | 'transport'>,
    population: Population,
    source: TokenSource,
    idPrefix = '',
  ) {
    this.#specification = specification;
    this.#idPrefix = idPrefix;
    this.#population = population;
    this.#source = source;
    this.#layout = layOutSource(source);
  }

  streamId(stream: number): string {
    return `${this.#idPrefix}${stream}`;
  }

  get openStreams(): number {
    return this.#open.size;
  }

  openStreamNumbers(): number[] {
    return [...this.#open.keys()];
  }

  open(stream: number): void {
    const expected = this.#expect(stream);
    this.started++;
    this.#open.set(stream, {
      check: new SequenceCheck(expected, this.#population.tokens[stream] as number, this.faults),
      expected,
      announcedSha256: undefined,
    });
  }

  #expect(stream: number): ExpectedPayload {
    const template = payloads[this.#specification.payload].template(this.streamId(stream));
    return new ExpectedPayload(this.#source, this.#layout, template, this.#sourceStart(stream));
  }

  #sourceStart(stream: number): number {
    return sliceStart(this.#source, this.#population.seeds[stream] as number);
  }

  /** Returns the token's place in its stream, or -1. */
  tokenBytes(stream: number, buffer: Buffer, start: number, end: number): number {
    this.tokensReceived++;
    return this.#open.get(stream)?.check.acceptBytes(buffer, start, end) ?? -1;
  }

  tokenText(stream: number, payload: string): number {
    this.tokensReceived++;
    return this.#open.get(stream)?.check.acceptText(payload) ?? -1;
  }

  done(stream: number, text: string): void {
    const account = this.#open.get(stream);
    if (account !== undefined) account.announcedSha256 = (JSON.parse(text) as DoneEvent).sha256;
  }

  end(stream: number, count: SocketCount): void {
    const account = this.#close(stream);
    if (account === undefined) return;
    const tokens = this.#population.tokens[stream] as number;
    const planned = (): string => hashStreamText(this.#source, this.#sourceStart(stream), tokens);
    if (!account.check.finish(account.announcedSha256, planned)) {
      this.#note('not-verified', `stream ${stream} did not verify`);
      return;
    }
    this.#verified.push(stream);
    this.#sockets.bytesRead += count.bytesRead;
    this.#sockets.bytesSent += count.bytesSent;
    this.#sockets.headBytes += count.headBytes;
  }

  fail(stream: number, cause: string, message: string): void {
    const account = this.#close(stream);
    if (account === undefined) return;
    account.check.finish(undefined, () => '');
    this.#note(cause, `stream ${stream}: ${message}`);
  }

  #close(stream: number): Account | undefined {
    const account = this.#open.get(stream);
    if (account === undefined) return undefined;
    this.#open.delete(stream);
    this.ended++;
    return account;
  }

  #note(cause: string, example: string): void {
    const known = this.#errors.get(cause);
    if (known === undefined) this.#errors.set(cause, { count: 1, example });
    else known.count++;
  }

  get allVerified(): boolean {
    return this.#verified.length === this.#population.streams;
  }

  /** The first thing that went wrong, for a message. */
  firstError(): string | undefined {
    return [...this.#errors.values()][0]?.example;
  }

  /** All but what the process says of itself. */
  tally(): Omit<ClientTally, 'node' | 'use' | 'tokenReads' | 'startsUnissued' | 'windowTokens'> {
    const { streams, totalTokens } = this.#population;
    return {
      streamsPlanned: streams,
      streamsStarted: this.started,
      streamsVerified: this.#verified.length,
      tokensPlanned: totalTokens,
      tokensReceived: this.tokensReceived,
      ...this.faults,
      errors: [...this.#errors].map(([cause, { count, example }]) => ({ cause, count, example })),
      ...this.#sockets,
      ...this.#model(),
    };
  }

  /** What the sockets of the verified streams must have carried, heads left out. */
  #model(): ModelCounts {
    const model = byteModel[this.#specification.transport];
    const hasIds = payloads[this.#specification.payload].isNumbered;
    const counts = { modelBytes: 0, modelTokenBytes: 0, payloadBytes: 0 };
    for (const stream of this.#verified) {
      const expected = this.#expect(stream);
      const n = this.#population.tokens[stream] as number;
      const epoch = streamEpoch(this.#population.seeds[stream] as number);
      const idPrefixBytes = hasIds ? epoch.length + 1 : undefined;
      for (let index = 0; index < n; index++) {
        const payloadBytes = expected.payloadBytes(index);
        counts.payloadBytes += payloadBytes;
        counts.modelTokenBytes += model.token({ payloadBytes, sequence: index + 1, idPrefixBytes });
      }
      const opening: OpenEvent = { sid: this.streamId(stream), epoch, from: 1, n };
      const sha256 = ''.padStart(64, '0');
      counts.modelBytes +=
        model.open(opening, hasIds) + model.done({ s: n + 1, n, sha256, finish: 'stop' }, epoch, hasIds) + model.endBytes;
    }
    counts.modelBytes += counts.modelTokenBytes;
    return counts;
  }
}
