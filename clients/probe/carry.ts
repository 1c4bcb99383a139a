// Bytes of an unfinished unit, kept from one read to the next because the read buffer is shared and
// reused. Allocates nothing until the first unit is cut by the end of a read.

import { MAX_MESSAGE_BYTES } from '../../bench/contract/payload.ts';
import { KIB } from '../../bench/contract/units.ts';
import { protocolFailure } from '../stream-failure.ts';

export const MAX_UNIT_BYTES = MAX_MESSAGE_BYTES;

const FIRST_BYTES = KIB / 4;

/** Up to this length a loop is faster than the call into native code that Buffer#copy is. */
const LOOP_BYTES = 48;

export class Carry {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;
  readonly #what: string;

  /** `what` names the unit in the failure: "an SSE line". */
  constructor(what: string) {
    this.#what = what;
  }

  /** @throws StreamFailure when the unit exceeds MAX_UNIT_BYTES. */
  append(buffer: Buffer, start: number, end: number): void {
    const needed = this.length + end - start;
    if (needed > this.bytes.length) this.#grow(needed);
    if (end - start <= LOOP_BYTES) {
      for (let from = start, to = this.length; from < end; from++, to++)
        this.bytes[to] = buffer[from] as number;
    } else {
      buffer.copy(this.bytes, this.length, start, end);
    }
    this.length = needed;
  }

  clear(): void {
    this.length = 0;
  }

  #grow(needed: number): void {
    if (needed > MAX_UNIT_BYTES)
      throw protocolFailure(`${this.#what} of more than ${MAX_UNIT_BYTES} bytes`);
    let size = Math.max(FIRST_BYTES, this.bytes.length);
    while (size < needed) size *= 2;
    // Not from Buffer's pool: a slice that lives as long as a stream would keep a whole 8 KiB slab
    // alive.
    const grown = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
