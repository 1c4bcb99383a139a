// The messages of a vendor's API around the tokens of a stream, verified as they come: each must be
// the next one, to the byte. They are rendered when the first of them is due, and dropped after the
// last: a stream that is open for long does not need them.

import { transports, type TransportId } from '../bench/contract/arms/transports.ts';
import { payloads, type PayloadName } from '../bench/contract/payload.ts';
import type { ApiStream } from '../bench/contract/payloads/payload-profile.ts';

/** Returned instead of a token's place. */
export const API_MESSAGE = -2;

type Part = 'preamble' | 'epilogue';

type ExpectedMessages = Readonly<Record<Part, () => readonly string[]>>;

/** Returns undefined for a payload of this project's own, which has no such messages. */
export function checkApiMessages(
  payload: PayloadName,
  transport: TransportId,
  stream: ApiStream,
): ApiMessageCheck | undefined {
  const { api } = payloads[payload];
  if (api === undefined) return undefined;
  const isEventStream = transports[transport].protocol === 'event-stream';
  const endMarks = isEventStream && api.endMark !== undefined ? [api.endMark] : [];
  return new ApiMessageCheck({
    preamble: () => api.preamble(stream).map(({ data }) => data),
    epilogue: () => [...api.epilogue(stream).map(({ data }) => data), ...endMarks],
  });
}

/** Events of an API around the tokens of an event stream: as many in every stream. */
export function countApiEvents(payload: PayloadName): number {
  const { api } = payloads[payload];
  if (api === undefined) return 0;
  const stream = { id: '', tokens: 1, text: () => '' };
  const endMarks = api.endMark === undefined ? 0 : 1;
  return api.preamble(stream).length + api.epilogue(stream).length + endMarks;
}

export class ApiMessageCheck {
  readonly #expected: ExpectedMessages;
  /** The part that is being received; undefined after the last message. */
  #part: Part | undefined = 'preamble';
  /** The messages of this part that have not come, the last one first. */
  #waiting: string[] | undefined;

  constructor(expected: ExpectedMessages) {
    this.#expected = expected;
  }

  /** Whether the message is the next one, where so many tokens came before it. */
  accepts(message: string, tokensBefore: number): boolean {
    if (this.#part === undefined || (this.#part === 'preamble' && tokensBefore > 0)) return false;
    this.#waiting ??= this.#expected[this.#part]().toReversed();
    if (message !== this.#waiting.at(-1)) return false;
    this.#waiting.pop();
    if (this.#waiting.length === 0) {
      this.#part = this.#part === 'preamble' ? 'epilogue' : undefined;
      this.#waiting = undefined;
    }
    return true;
  }

  /** Whether messages before the first token are yet to come. */
  get isPreambleDue(): boolean {
    return this.#part === 'preamble';
  }

  /** Whether every message came. */
  get isWhole(): boolean {
    return this.#part === undefined;
  }
}
