// Bytes of an unfinished unit, kept from one read to the next because the read buffer is shared and
// reused. Allocates nothing until the first unit is cut by the end of a read.

import { MAX_MESSAGE_BYTES } from '../../bench/contract/payload.ts';
import { KIB } from '../../bench/contract/units.ts';
import { protocolFailure } from '../stream-failure.ts';

export const MAX_UNIT_BYTES = MAX_MESSAGE_BYTES;

const FIRST_BYTES = KIB / 4;
const NONE = Buffer.alloc(0);

/** From here on a buffer is not kept by its connection. */
const LARGE_BYTES = 64 * KIB;
/**
 * The largest buffer that holds no unit, for the next large one, whichever connection it comes over:
 * with a buffer of its own in each connection, nearly every large message would first have the
 * kernel find and clear some MiB, while all other connections wait.
 */
let spare: Buffer = NONE;

/** Up to this length a loop is faster than the call into native code that Buffer#copy is. */
const LOOP_BYTES = 48;

export class Carry {
  bytes: Buffer = NONE;
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

  /** The bytes stay readable until the next unit begins, or `giveBack`. */
  clear(): void {
    this.length = 0;
  }

  /** An empty one leaves its buffer, if it is large, to the others. */
  giveBack(): void {
    if (this.length > 0 || this.bytes.length < LARGE_BYTES) return;
    if (this.bytes.length > spare.length) spare = this.bytes;
    this.bytes = NONE;
  }

  /** Takes over what another carries, which gets this empty one’s buffer for it. */
  takeOver(other: Carry): void {
    const { bytes } = this;
    this.bytes = other.bytes;
    this.length = other.length;
    other.bytes = bytes;
    other.length = 0;
  }

  #grow(needed: number): void {
    if (needed > MAX_UNIT_BYTES)
      throw protocolFailure(`${this.#what} of more than ${MAX_UNIT_BYTES} bytes`);
    const grown =
      needed > LARGE_BYTES && spare.length >= needed
        ? takeSpare()
        : allocate(this.bytes.length, needed);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

function takeSpare(): Buffer {
  const taken = spare;
  spare = NONE;
  return taken;
}

function allocate(heldBytes: number, needed: number): Buffer {
  let size = Math.max(FIRST_BYTES, heldBytes);
  while (size < needed) size *= 2;
  // Not from Buffer's pool: a slice that lives as long as a stream would keep a whole 8 KiB slab
  // alive.
  return Buffer.allocUnsafeSlow(size);
}
