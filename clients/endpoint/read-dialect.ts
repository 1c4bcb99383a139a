// Reads a stream's events by its dialect. Where that is to be found out, the first events wait
// until they tell it; each keeps the time of its read.

import type {
  Completeness,
  DialectReader,
  Framing,
  Sign,
  TransportEnd,
  WireEvent,
} from '../../bench/contract/dialects/dialect.ts';
import { detectDialect, dialects } from '../../bench/contract/dialects/dialects.ts';
import { pointerDialect } from '../../bench/contract/dialects/pointer-dialect.ts';
import type { DialectId } from '../../bench/contract/dialects/dialect-ids.ts';
import { AUTO_DIALECT, type Target } from '../../bench/contract/target.ts';

/** Events after which the likeliest dialect is taken. */
const MOST_WAITING = 5;

interface Told {
  readonly headers: Readonly<Record<string, string>>;
  readonly framing: Framing;
}

export type OnSigns = (signs: readonly Sign[], atNs: number) => void;

export class StreamReading {
  readonly #onSigns: OnSigns;
  readonly #waiting: { readonly event: WireEvent; readonly atNs: number }[] = [];
  #told: Told = { headers: {}, framing: 'event-stream' };
  #reader: DialectReader | undefined;
  #dialect: DialectId | undefined;

  constructor(target: Pick<Target, 'dialect' | 'pointers'>, onSigns: OnSigns) {
    this.#onSigns = onSigns;
    if (target.dialect === AUTO_DIALECT) return;
    this.#dialect = target.dialect as DialectId;
    this.#reader =
      target.pointers === undefined
        ? dialects[this.#dialect].open()
        : pointerDialect(target.pointers).open();
  }

  /** Undefined until it is found out. */
  get dialect(): DialectId | undefined {
    return this.#dialect;
  }

  head(told: Told): void {
    this.#told = told;
  }

  event(event: WireEvent, atNs: number): void {
    if (this.#reader !== undefined) {
      this.#onSigns(this.#reader.read(event), atNs);
      return;
    }
    this.#waiting.push({ event, atNs });
    this.#decide(MOST_WAITING);
  }

  isOver(): boolean {
    return this.#reader?.isOver() === true;
  }

  /** @param options.hasHalfEvent whether bytes of an unfinished event were left. */
  judge(end: TransportEnd, options: { readonly hasHalfEvent: boolean }): Completeness | undefined {
    this.#decide(0);
    return this.#reader?.judge(end, options);
  }

  text(): string {
    return this.#reader?.text().text ?? '';
  }

  #decide(most: number): void {
    if (this.#reader !== undefined || this.#waiting.length === 0) return;
    const events = this.#waiting.map(({ event }) => event);
    const found = detectDialect({ ...this.#told, events });
    if (!found.isSure && events.length < most) return;
    this.#dialect = found.dialect;
    this.#reader = dialects[found.dialect].open();
    for (const { event, atNs } of this.#waiting.splice(0))
      this.#onSigns(this.#reader.read(event), atNs);
  }
}
