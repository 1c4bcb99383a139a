// Every minimal client needs this, whatever carries the tokens: the number of the last token, when
// to try again, and when silence counts as a loss.

export interface StreamRequest {
  /** `http://127.0.0.1:8080` */
  readonly origin: string;
  /** Drawn by the client, so that asking twice never begins two generations. */
  readonly id: string;
  /** A connection that is silent for longer is lost; the server sends heartbeats more often. */
  readonly silenceMs: number;
}

export interface TokenStream {
  /** Resolves after the last token, and once stopped; rejects where the server has no such stream. */
  readonly ended: Promise<void>;
  /** Resolves when the server knows. */
  readonly stop: () => Promise<void>;
}

/** A promise that `onToken` returns holds back the tokens that follow. */
export type OnToken = (text: string) => Promise<void> | void;

export type ReceiveTokens = (request: StreamRequest, onToken: OnToken) => TokenStream;

export class StreamGone extends Error {}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

/** Random, so that not all clients of a server that restarts come back at once. */
export async function waitAfter(losses: number): Promise<void> {
  const mostMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** losses);
  await new Promise((resolve) => setTimeout(resolve, mostMs * (0.5 + Math.random() / 2)));
}

export class Tokens {
  readonly #onToken: OnToken;
  /** Number of the last token; 0 before the first. */
  last = 0;

  constructor(onToken: OnToken) {
    this.#onToken = onToken;
  }

  /** Returns whether it was the last message. @throws StreamGone */
  async take(message: string): Promise<boolean> {
    const { type, s, d } = JSON.parse(message) as { type?: string; s: number; d: string };
    if (type === 'gone') throw new StreamGone('the server keeps no such stream');
    if (type === undefined && s === this.last + 1) {
      this.last = s;
      await this.#onToken(d);
    }
    return type === 'done';
  }
}

/** Calls back once nothing was heard for this long; not while it is stopped. */
export class SilenceWatch {
  readonly #silenceMs: number;
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(silenceMs: number, onSilence: () => void) {
    this.#silenceMs = silenceMs;
    this.#onSilence = onSilence;
    this.restart();
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(this.#onSilence, this.#silenceMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
