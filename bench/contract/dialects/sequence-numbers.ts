// Numbers that a server gives its events, each one more than the one before: a gap is an event that
// was lost. Imitations of an API leave them out, or send the same one always; then there is nothing
// to check.

import { fault, type Fault } from './readings.ts';

export class SequenceNumbers {
  #last: number | undefined;
  #count = 0;
  #hasRisen = false;
  #repeats = 0;
  #gaps = 0;
  #firstGap = '';

  get last(): number | undefined {
    return this.#last;
  }

  /** @param isFirst Whether the event is one with which a stream begins: it may have any number. */
  add(number: number, isFirst: boolean): void {
    const last = this.#last;
    this.#count++;
    if (last === undefined) {
      if (!isFirst && number !== 0) this.#addGap(`the stream begins with number ${number}`);
      this.#last = number;
      return;
    }
    if (number <= last) {
      this.#repeats++;
      return;
    }
    this.#hasRisen = true;
    if (number > last + 1) this.#addGap(`number ${number} follows ${last}`);
    this.#last = number;
  }

  /** Two equal numbers may be a repetition; more that never rise are none. */
  get isChecked(): boolean {
    return this.#hasRisen || this.#count === 1 || this.#count === 2;
  }

  faults(): readonly Fault[] {
    if (!this.isChecked) return [];
    return [
      ...(this.#gaps === 0
        ? []
        : [fault(3, 'sequence-gap', `${this.#gaps} gap(s) in the numbers: ${this.#firstGap}`)]),
      ...(this.#repeats === 0
        ? []
        : [fault(3, 'sequence-repeat', `${this.#repeats} event(s) with a number that had come`)]),
    ];
  }

  #addGap(message: string): void {
    if (this.#gaps === 0) this.#firstGap = message;
    this.#gaps++;
  }
}
