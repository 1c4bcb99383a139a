// Records what each client saw, in order, as a few words, so that clients that saw the same can be
// counted together. No word holds a number that differs from client to client by chance, such as
// how many tokens were replayed.

import type { RecoveryPattern } from '../bench/contract/recovery.ts';

/**
 * The words of a pattern; some take a cause, which is an `errno` name or a key of
 * stream-failure.ts.
 */
export const patternWords = {
  /** The connection failed or ended; the cause says how. */
  lost: (cause: string) => (cause === 'silent' || cause === 'bye' ? cause : `read: ${cause}`),
  attemptFailed: (cause: string) => `attempt: ${cause}`,
  accepted: 'accepted',
  /** The server said that it cannot replay some tokens. */
  gap: 'gap',
  /** A token on a new connection that had been received before. */
  seenAgain: 'seen again',
  /**
   * `new token`: the first unseen token on a new connection; `skipped` precedes it when earlier
   * ones are missing undeclared.
   */
  skipped: 'skipped',
  newToken: 'new token',
  stopsReading: 'stops reading',
  readsAgain: 'reads again',
  /** Endings of the stream. */
  done: 'done',
  stopped: (cause: string) => `told to stop: ${cause}`,
  givenUp: 'gives up',
  unfinished: 'unfinished',
} as const;

const MAX_PATTERNS = 20;
/**
 * Limit for a client that is disconnected again and again; what it saw after so many words is left
 * out.
 */
const MAX_WORDS = 40;
const LEFT_OUT = '…';
const OTHER_PATTERNS = 'other';

interface Seen {
  readonly word: string;
  times: number;
}

export class EventPatterns {
  readonly #seen = new Map<number, Seen[]>();

  /**
   * Adds an event; equal ones in a row are folded to how many they were: once, 2–3 or more times.
   */
  note(stream: number, word: string): void {
    const seen = this.#seenBy(stream);
    const last = seen.at(-1);
    if (last?.word === word) last.times++;
    else if (seen.length < MAX_WORDS) seen.push({ word, times: 1 });
    else if (seen.length === MAX_WORDS) seen.push({ word: LEFT_OUT, times: 1 });
  }

  /** Adds an event whose repetitions in a row do not matter. */
  noteOnce(stream: number, word: string): void {
    if (this.#seenBy(stream).at(-1)?.word !== word) this.note(stream, word);
  }

  #seenBy(stream: number): Seen[] {
    let seen = this.#seen.get(stream);
    if (seen === undefined) {
      seen = [];
      this.#seen.set(stream, seen);
    }
    return seen;
  }

  /**
   * Patterns, the most frequent first, equally frequent ones in the order of their words. The rest
   * is counted as `other`.
   */
  tally(): RecoveryPattern[] {
    const clients = new Map<string, { events: string[]; clients: number }>();
    for (const seen of this.#seen.values()) {
      const events = seen.map(render);
      const key = events.join('\n');
      const pattern = clients.get(key) ?? { events, clients: 0 };
      pattern.clients++;
      clients.set(key, pattern);
    }
    const patterns = [...clients]
      .sort(([a, one], [b, two]) => two.clients - one.clients || (a < b ? -1 : 1))
      .map(([, pattern]) => pattern);
    const rest = patterns.slice(MAX_PATTERNS).reduce((sum, pattern) => sum + pattern.clients, 0);
    return [
      ...patterns.slice(0, MAX_PATTERNS),
      ...(rest === 0 ? [] : [{ events: [OTHER_PATTERNS], clients: rest }]),
    ];
  }
}

function render({ word, times }: Seen): string {
  if (times === 1 || word === LEFT_OUT) return word;
  return `${word} ${times < 4 ? '×2–3' : '×4+'}`;
}
