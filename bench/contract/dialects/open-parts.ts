// Parts that a stream opens and closes, each by a key: a part that was never closed, or whose text
// came while it was not open, shows that something is missing.

import { MAX_PARTS } from './delta-sums.ts';
import { clip, fault, type Fault } from './readings.ts';

export class OpenParts {
  readonly #what: string;
  readonly #isOpen = new Map<string, boolean>();
  /** Deltas and ends of parts that were not open. */
  #strays = 0;
  #firstStray = '';

  /** @param what A part in words: `content block`. */
  constructor(what: string) {
    this.#what = what;
  }

  open(key: string): void {
    if (this.#isOpen.get(key) === true) this.#addStray(key);
    if (this.#isOpen.size < MAX_PARTS || this.#isOpen.has(key)) this.#isOpen.set(key, true);
  }

  use(key: string): void {
    if (this.#isOpen.get(key) !== true) this.#addStray(key);
  }

  close(key: string): void {
    this.use(key);
    if (this.#isOpen.has(key)) this.#isOpen.set(key, false);
  }

  /** Whether the server opens parts at all; imitations of an API may not. */
  get isChecked(): boolean {
    return this.#isOpen.size > 0 && this.#isOpen.size < MAX_PARTS;
  }

  /** Empty where nothing could be checked. */
  faults(): readonly Fault[] {
    if (!this.isChecked) return [];
    const open = [...this.#isOpen].filter(([, isOpen]) => isOpen).map(([key]) => key);
    const [first] = open;
    return [
      ...(first === undefined
        ? []
        : [
            fault(
              3,
              'part-open',
              clip(`${open.length} ${this.#what}(s) without an end, the first is ${first}`),
            ),
          ]),
      ...(this.#strays === 0
        ? []
        : [
            fault(
              3,
              'part-order',
              clip(
                `${this.#strays} event(s) of a ${this.#what} that was not open, the first is ${this.#firstStray}`,
              ),
            ),
          ]),
    ];
  }

  #addStray(key: string): void {
    if (this.#strays === 0) this.#firstStray = key;
    this.#strays++;
  }
}
