// Reads a stream in the dialect that it turns out to be in: the first events decide, and are read
// again when they decide otherwise than the ones before them.

import type { DialectReader, Framing, Sign, WireEvent } from './dialects/dialect.ts';
import { detectDialect, dialects, type DialectId } from './dialects/dialects.ts';
import { LOOKED_AT_EVENTS } from './dialects/seen-events.ts';

interface WatchOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly framing: Framing;
  /** The user says that it is this one; absent to detect it. */
  readonly dialect?: DialectId | undefined;
}

export class DialectWatch {
  dialect: DialectId;
  /** Whether the answer shows that it is this dialect, or the user says so. */
  isSure: boolean;
  reader: DialectReader;
  /** For every event its signs, read by the dialect of now. */
  readonly signs: (readonly Sign[])[] = [];
  readonly #options: WatchOptions;
  readonly #first: WireEvent[] = [];

  constructor(options: WatchOptions) {
    this.#options = options;
    const found = this.#detect();
    this.dialect = found.dialect;
    this.isSure = found.isSure;
    this.reader = dialects[found.dialect].open();
  }

  read(event: WireEvent): void {
    if (!this.isSure && this.#first.length < LOOKED_AT_EVENTS) {
      this.#first.push(event);
      this.#decide();
    }
    this.signs.push(this.reader.read(event));
  }

  /** Before the last of the first events is read. */
  #decide(): void {
    const found = this.#detect();
    this.isSure = found.isSure;
    if (found.dialect === this.dialect) return;
    this.dialect = found.dialect;
    this.reader = dialects[found.dialect].open();
    this.signs.length = 0;
    for (const event of this.#first.slice(0, -1)) this.signs.push(this.reader.read(event));
  }

  #detect(): { readonly dialect: DialectId; readonly isSure: boolean } {
    const { dialect, headers, framing } = this.#options;
    return dialect === undefined
      ? detectDialect({ headers, framing, events: this.#first })
      : { dialect, isSure: true };
  }
}
