// Holds the text that the deltas of a part spell against the whole text that the server sends at
// the part's end. Hashes are kept, not texts: a stream may be long.

import { createHash, type Hash } from 'node:crypto';
import { clip, fault, type Fault } from './readings.ts';

/** Parts of one stream that are kept apart. */
export const MAX_PARTS = 1024;

interface Part {
  readonly hash: Hash;
  /** UTF-16 units. */
  length: number;
  isCompared: boolean;
}

// A pair of surrogates may be cut between two deltas, so the text is hashed as UTF-16.
const HASHED_AS = 'utf16le';

export class DeltaSums {
  readonly #parts = new Map<string, Part>();
  /** Whether a delta belonged to more parts than are kept. */
  #isBeyond = false;
  /** Whether any whole text came. */
  #hasWhole = false;

  add(key: string, delta: string): void {
    const part = this.#partOf(key);
    if (part === undefined) return;
    part.hash.update(delta, HASHED_AS);
    part.length += delta.length;
  }

  /** Returns the fault that the whole text is another one than the deltas spelled. */
  compare(key: string, whole: string): readonly Fault[] {
    const part = this.#partOf(key);
    if (part === undefined) return [];
    this.#hasWhole = true;
    part.isCompared = true;
    const isEqual =
      part.length === whole.length &&
      part.hash.copy().digest('hex') ===
        createHash('sha256').update(whole, HASHED_AS).digest('hex');
    return isEqual
      ? []
      : [
          fault(
            3,
            'text-mismatch',
            clip(
              `the deltas spell ${part.length} characters, where the whole text has ${whole.length}` +
                (part.length === whole.length ? ', others' : ''),
            ),
          ),
        ];
  }

  has(key: string): boolean {
    return this.#parts.has(key);
  }

  /** Whether the server sends whole texts, so that there was something to compare. */
  get isChecked(): boolean {
    return this.#hasWhole && !this.#isBeyond;
  }

  /** Parts that had deltas and no whole text. */
  get openParts(): number {
    return [...this.#parts.values()].filter(({ isCompared }) => !isCompared).length;
  }

  #partOf(key: string): Part | undefined {
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    if (this.#parts.size >= MAX_PARTS) {
      this.#isBeyond = true;
      return undefined;
    }
    const part: Part = { hash: createHash('sha256'), length: 0, isCompared: false };
    this.#parts.set(key, part);
    return part;
  }
}
