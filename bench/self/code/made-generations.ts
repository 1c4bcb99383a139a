// The application behind the minimal servers while they are tried: generations of known tokens, at a
// known pace, that say how far they were read.

import { EventEmitter, once } from 'node:events';
import type {
  Generation,
  Generations,
  StreamMessage,
} from '../../../servers/minimal/generations.ts';

export interface MadeTokens {
  readonly texts: readonly string[];
  /** Between two tokens; 0 makes all at once. */
  readonly gapMs: number;
  /** The model is silent for this long before the token of this number. */
  readonly pause?: { readonly before: number; readonly ms: number };
  /** Tokens that are kept for those that ask again; all when absent. */
  readonly kept?: number;
}

const HEARTBEAT = '{"type":"heartbeat"}';

export class MadeGenerations implements Generations {
  readonly #made: MadeTokens;
  readonly #generations = new Map<string, MadeGeneration>();
  /** Prompts that came with a POST, in order. */
  readonly prompts: string[] = [];

  constructor(made: MadeTokens) {
    this.#made = made;
  }

  of(id: string, after: number, prompt?: string): Generation {
    if (prompt !== undefined) this.prompts.push(prompt);
    const known = this.#generations.get(id);
    if (known !== undefined) return known;
    if (after > 0) return gone;
    const begun = new MadeGeneration(this.#made);
    this.#generations.set(id, begun);
    return begun;
  }

  get(id: string): MadeGeneration | undefined {
    return this.#generations.get(id);
  }

  get begun(): number {
    return this.#generations.size;
  }

  /** As a server that lost its state. */
  forget(): void {
    for (const generation of this.#generations.values()) generation.forget();
    this.#generations.clear();
  }
}

const gone: Generation = {
  next: (after) => Promise.resolve({ s: after, text: '{"type":"gone"}', isLast: true }),
  cancel: () => {},
};

export class MadeGeneration implements Generation {
  readonly #made: MadeTokens;
  readonly #change = new EventEmitter().setMaxListeners(0);
  readonly #timer: NodeJS.Timeout | undefined;
  #ready = 0;
  #isForgotten = false;
  isCancelled = false;
  /** Number of the last token that a connection took. */
  taken = 0;
  /** Connections that wait for a message or write one. */
  waiting = 0;

  constructor(made: MadeTokens) {
    this.#made = made;
    const { gapMs, pause } = made;
    if (gapMs === 0) this.#ready = made.texts.length;
    let pausedUntil = 0;
    if (gapMs > 0)
      this.#timer = setInterval(() => {
        const now = performance.now();
        if (pause !== undefined && this.#ready + 1 === pause.before) pausedUntil ||= now + pause.ms;
        if (now < pausedUntil) return;
        if (this.#ready < made.texts.length && !this.isCancelled) this.#ready++;
        else clearInterval(this.#timer);
        this.#change.emit('change');
      }, gapMs);
  }

  cancel = (): void => {
    this.isCancelled = true;
    this.#change.emit('change');
  };

  forget(): void {
    this.#isForgotten = true;
    clearInterval(this.#timer);
    this.#change.emit('change');
  }

  async next(after: number, patienceMs: number): Promise<StreamMessage> {
    const { texts, kept = Infinity } = this.#made;
    if (this.#isForgotten || after < this.#ready - kept) return await gone.next(after, patienceMs);
    if (this.isCancelled || after >= texts.length)
      return { s: after, text: '{"type":"done"}', isLast: true };
    const text = texts[after];
    if (after < this.#ready && text !== undefined) {
      this.taken = Math.max(this.taken, after + 1);
      return { s: after + 1, text: JSON.stringify({ s: after + 1, d: text }), isLast: false };
    }
    this.waiting++;
    try {
      await once(this.#change, 'change', { signal: AbortSignal.timeout(patienceMs) });
    } catch {
      return { s: after, text: HEARTBEAT, isLast: false };
    } finally {
      this.waiting--;
    }
    return await this.next(after, patienceMs);
  }
}
