// Accounts of each stream, and the tally at the end: what was received, what failed, and whether
// the bytes on the sockets are the ones that the byte model predicts.

import { transports } from '../bench/contract/arms/transports.ts';
import { resumeIdBytes } from '../bench/contract/byte-model.ts';
import { streamEpoch, type DoneEvent, type OpenEvent } from '../bench/contract/control-events.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { padTemplate, payloads } from '../bench/contract/payload.ts';
import type { ApiStream, PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import type { Population } from '../bench/contract/population.ts';
import type { ClientTally } from '../bench/contract/tally.ts';
import {
  hashStreamText,
  sliceStart,
  streamText,
  type OtherTexts,
  type TokenSource,
} from '../bench/contract/workload.ts';
import { API_MESSAGE, checkApiMessages } from './api-messages.ts';
import { expectTokens, layOutOnce } from './expected-chunks.ts';
import { expectLarge, mixExpected } from './expected-large.ts';
import type { SourceBytes } from './expected-payload.ts';
import type { ExpectedTokens } from './expected-tokens.ts';
import { CountCheck } from './count-check.ts';
import { noFaults, SequenceCheck, type OtherPayloads } from './sequence.ts';
import type { SocketCount } from './stream-client.ts';

type Accounted = Pick<
  TrialSpecification,
  'payload' | 'transport' | 'injection' | 'connecting' | 'verifyOneIn'
>;

type ModelCounts = Pick<
  ClientTally,
  'modelBytes' | 'modelTokenBytes' | 'payloadBytes' | 'modelIdBytes'
>;

interface AccountsOptions {
  /** Prefix of stream ids, before their number. */
  readonly idPrefix?: string;
  /** Large messages among the tokens, by stream. */
  readonly large?: ReadonlyMap<number, OtherTexts>;
  /** Payloads that may come in place of planned tokens, by stream. */
  readonly others?: (stream: number) => OtherPayloads;
}

export class StreamAccounts {
  readonly #specification: Accounted;
  readonly #idPrefix: string;
  readonly #population: Population;
  readonly #source: TokenSource;
  readonly #layout: () => SourceBytes;
  /** Checks by stream; undefined before it opens and after it ended. */
  readonly #checks: (SequenceCheck | CountCheck | undefined)[];
  readonly #announcedSha256 = new Map<number, string>();
  /** Expected payloads by the parts of the template that differ between streams. */
  readonly #expected = new Map<string, ExpectedTokens>();
  readonly #large: ReadonlyMap<number, OtherTexts>;
  readonly #others: AccountsOptions['others'];
  /** The same of large messages, which are few. */
  readonly #expectedLarge = new Map<string, ExpectedTokens>();
  readonly #verified: number[] = [];
  readonly #errors = new Map<string, { count: number; example: string }>();
  readonly faults = noFaults();
  /**
   * undefined once a stream ended whose socket could not be seen: a sum over the others would pass
   * for that of all.
   */
  #sockets: SocketCount | undefined = { bytesRead: 0, bytesSent: 0, headBytes: 0 };
  started = 0;
  ended = 0;
  tokensReceived = 0;

  constructor(
    specification: Accounted,
    population: Population,
    source: TokenSource,
    { idPrefix = '', large = new Map(), others }: AccountsOptions = {},
  ) {
    this.#specification = specification;
    this.#large = large;
    this.#others = others;
    this.#idPrefix = idPrefix;
    this.#population = population;
    this.#source = source;
    this.#layout = layOutOnce(source);
    this.#checks = Array.from<undefined>({ length: population.streams });
  }

  streamId(stream: number): string {
    return `${this.#idPrefix}${stream}`;
  }

  get openStreams(): number {
    return this.started - this.ended;
  }

  openStreamNumbers(): number[] {
    return [...this.#checks.entries()]
      .filter(([, check]) => check !== undefined)
      .map(([stream]) => stream);
  }

  open(stream: number): void {
    this.started++;
    const { payload, transport, verifyOneIn = 1 } = this.#specification;
    const expected = this.#expect(stream);
    const options = {
      sourceStart: this.#sourceStart(stream),
      tokens: this.#population.tokens[stream] as number,
      counts: this.faults,
      apiMessages: checkApiMessages(payload, transport, this.#apiStream(stream)),
      others: this.#others?.(stream),
    };
    const isWhole = stream % verifyOneIn === 0;
    this.#checks[stream] = isWhole
      ? new SequenceCheck(expected, options)
      : new CountCheck(expected, options);
  }

  #apiStream(stream: number): ApiStream {
    const tokens = this.#population.tokens[stream] as number;
    return {
      id: this.streamId(stream),
      tokens,
      text: () =>
        streamText(this.#source, this.#sourceStart(stream), tokens, this.#large.get(stream)),
    };
  }

  #expect(stream: number): ExpectedTokens {
    const { payload, transport, injection } = this.#specification;
    const plain = payloads[payload].template(this.streamId(stream));
    const template = injection?.kind === 'padding' ? padTemplate(plain, injection.bytes) : plain;
    const key = template.before + template.between;
    let expected = this.#expected.get(key);
    if (expected === undefined) {
      expected = expectTokens(this.#source, { template, transport, layout: this.#layout });
      this.#expected.set(key, expected);
    }
    const others = this.#large.get(stream);
    const [text] = others?.values() ?? [];
    return others === undefined || text === undefined
      ? expected
      : mixExpected(expected, this.#expectLarge(text, template), others);
  }

  #expectLarge(text: string, template: PayloadTemplate): ExpectedTokens {
    const key = template.before + template.between;
    const expected = this.#expectedLarge.get(key) ?? expectLarge(text, template);
    this.#expectedLarge.set(key, expected);
    return expected;
  }

  #sourceStart(stream: number): number {
    return sliceStart(this.#source, this.#population.seeds[stream] as number);
  }

  /** Returns the token's place in its stream, or a negative number for any other message. */
  tokenBytes(stream: number, buffer: Buffer, start: number, end: number): number {
    const place = this.#checks[stream]?.acceptBytes(buffer, start, end) ?? -1;
    if (place !== API_MESSAGE) this.tokensReceived++;
    return place;
  }

  tokenText(stream: number, payload: string): number {
    const place = this.#checks[stream]?.acceptText(payload) ?? -1;
    if (place !== API_MESSAGE) this.tokensReceived++;
    return place;
  }

  done(stream: number, text: string): void {
    this.#announcedSha256.set(stream, (JSON.parse(text) as DoneEvent).sha256);
  }

  /** Returns whether the stream is whole and as requested. */
  end(stream: number, count: SocketCount | undefined): boolean {
    const check = this.#close(stream);
    if (check === undefined) return false;
    const planned = (): string =>
      hashStreamText(
        this.#source,
        this.#sourceStart(stream),
        this.#population.tokens[stream] as number,
        this.#large.get(stream),
      );
    if (!check.finish(this.#announcedSha256.get(stream), planned)) {
      this.#note('not-verified', `stream ${stream} did not verify`);
      return false;
    }
    this.#verified.push(stream);
    this.#sockets = addCounts(this.#sockets, count);
    return true;
  }

  fail(stream: number, cause: string, message: string): void {
    const check = this.#close(stream);
    if (check === undefined) return;
    // In a storm, failed opens are the measurement: tokens of a stream that never began are not
    // lost.
    if (this.#specification.connecting?.kind !== 'storm') check.finish(undefined, () => '');
    this.#note(cause, `stream ${stream}: ${message}`);
  }

  /**
   * Call when the receiver stops reading, as planned: what follows on the stream is neither a
   * failure nor a loss.
   */
  setAside(stream: number): void {
    this.#close(stream);
  }

  #close(stream: number): SequenceCheck | CountCheck | undefined {
    const check = this.#checks[stream];
    if (check === undefined) return undefined;
    this.#checks[stream] = undefined;
    this.ended++;
    return check;
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

  /**
   * All fields but those of the process itself. @param own Streams that this process was to open;
   * without it, all of them.
   */
  tally(
    own?: Uint32Array,
  ): Omit<ClientTally, 'node' | 'use' | 'tokenReads' | 'startsUnissued' | 'windowTokens'> {
    const { streams, tokens, totalTokens } = this.#population;
    return {
      streamsPlanned: own?.length ?? streams,
      streamsStarted: this.started,
      streamsVerified: this.#verified.length,
      tokensPlanned:
        own?.reduce((sum, stream) => sum + (tokens[stream] as number), 0) ?? totalTokens,
      tokensReceived: this.tokensReceived,
      ...this.faults,
      errors: [...this.#errors].map(([cause, { count, example }]) => ({ cause, count, example })),
      ...this.#sockets,
      ...this.#model(),
    };
  }

  /**
   * Bytes that the sockets of the verified streams must have carried, heads left out; without a
   * byte model only the payloads.
   */
  #model(): ModelCounts {
    const model = transports[this.#specification.transport].bytes;
    if (model === 'not-modelled') return { payloadBytes: this.#payloadBytes() };
    const endBytes =
      this.#specification.connecting?.kind === 'kept' ? model.keptEndBytes : model.endBytes;
    const form = payloads[this.#specification.payload];
    const { api } = form;
    const counts = { modelBytes: 0, modelTokenBytes: 0, payloadBytes: 0, modelIdBytes: 0 };
    for (const stream of this.#verified) {
      const expected = this.#expect(stream);
      const sourceStart = this.#sourceStart(stream);
      const n = this.#population.tokens[stream] as number;
      const epoch = streamEpoch(this.#population.seeds[stream] as number);
      const idPrefixBytes = form.isNumbered ? epoch.length + 1 : undefined;
      for (let index = 0; index < n; index++) {
        const payloadBytes = expected.payloadBytes(sourceStart, index);
        const sequence = index + 1;
        const token = { payloadBytes, sequence, idPrefixBytes, eventName: api?.tokenEvent };
        counts.payloadBytes += payloadBytes;
        counts.modelTokenBytes += model.token(token);
        counts.modelIdBytes += resumeIdBytes(model, token);
      }
      const opening: OpenEvent = { sid: this.streamId(stream), epoch, from: 1, n };
      const sha256 = ''.padStart(64, '0');
      const apiStream = this.#apiStream(stream);
      const messages = api ? [...api.preamble(apiStream), ...api.epilogue(apiStream)] : [];
      for (const message of messages) counts.modelBytes += model.message(message);
      counts.modelBytes +=
        model.open(opening, form) +
        model.done({ s: n + 1, n, sha256, finish: 'stop' }, epoch, form) +
        endBytes;
    }
    counts.modelBytes += counts.modelTokenBytes;
    return counts;
  }

  #payloadBytes(): number {
    let bytes = 0;
    for (const stream of this.#verified) {
      const expected = this.#expect(stream);
      const sourceStart = this.#sourceStart(stream);
      const n = this.#population.tokens[stream] as number;
      for (let index = 0; index < n; index++) bytes += expected.payloadBytes(sourceStart, index);
    }
    return bytes;
  }
}

function addCounts(
  one: SocketCount | undefined,
  other: SocketCount | undefined,
): SocketCount | undefined {
  if (one === undefined || other === undefined) return undefined;
  const { tokenFrameBytes } = other;
  return {
    bytesRead: one.bytesRead + other.bytesRead,
    ...(one.bytesSent !== undefined &&
      other.bytesSent !== undefined && { bytesSent: one.bytesSent + other.bytesSent }),
    headBytes: one.headBytes + other.headBytes,
    ...(tokenFrameBytes !== undefined && {
      tokenFrameBytes: (one.tokenFrameBytes ?? 0) + tokenFrameBytes,
    }),
  };
}
