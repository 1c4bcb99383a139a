// One direction of one connection through the relay: bytes read on one side are written to the
// other, in order, even when some are held meanwhile. Ends and resets are pieces of that order too,
// so they cannot overtake bytes.

import type { Socket } from 'node:net';
import { setAlarm, type Alarm } from './alarm.ts';
import type { TokenBucket } from './token-bucket.ts';

/** A limit on bytes per second: how many may pass now, and when more may. */
export type ByteLimit = Pick<TokenBucket, 'take' | 'readyNs'>;

export type Piece = Buffer | 'end' | 'reset';

interface Cut {
  readonly afterBytes: number;
  /** Called when exactly `afterBytes` bytes were handed to the kernel; nothing follows them. */
  readonly onCut: () => void;
}

interface PassageOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly now: () => number;
}

export class Passage {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #now: () => number;
  /** Pieces read before reading paused; bounded, because nothing is read while any of them wait. */
  readonly #waiting: Piece[] = [];
  #isHeld = false;
  #isFull = false;
  #isClosed = false;
  #passedBytes = 0;
  #alarm: Alarm | undefined;
  #bucket: ByteLimit | undefined;
  #cut: Cut | undefined;
  #firstHeldNs: number | undefined;
  /** Bytes that it takes for a receiver that does not read them; 0 leaves that to the socket. */
  #swallowBytes = 0;
  #onHeld: (() => void) | undefined;

  constructor({ from, to, now }: PassageOptions) {
    this.#from = from;
    this.#to = to;
    this.#now = now;
    to.on('drain', () => {
      this.#isFull = false;
      this.#regulate();
    });
  }

  take(piece: Piece): void {
    if (this.#isClosed) return;
    if (this.#firstHeldNs !== undefined && typeof piece !== 'string')
      this.#holdFirst(this.#firstHeldNs);
    this.#waiting.push(piece);
    this.#goOn();
  }

  /**
   * Blocks everything from now on. Bytes already written to the socket are on their way and arrive.
   */
  hold(): void {
    this.#isHeld = true;
    this.#regulate();
  }

  release(): void {
    this.#isHeld = false;
    this.#goOn();
  }

  /** Whether something has arrived that may not pass yet. */
  get isHoldingBack(): boolean {
    return this.#isHeld && (this.#waiting.length > 0 || this.#from.readableLength > 0);
  }

  /** @param onHeld Called once a first byte is held. */
  holdFirstByte(forNs: number, onHeld: () => void): void {
    this.#firstHeldNs = forNs;
    this.#onHeld = onHeld;
  }

  limit(bucket: ByteLimit): void {
    this.#bucket = bucket;
  }

  swallow(bytes: number): void {
    this.#swallowBytes = bytes;
  }

  cutAfter(cut: Cut): void {
    this.#cut = cut;
  }

  /** Passes nothing any more; later input is read, so that its end is seen, and dropped. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#alarm?.stop();
    this.#from.resume();
  }

  #holdFirst(forNs: number): void {
    this.#firstHeldNs = undefined;
    this.#onHeld?.();
    this.#isHeld = true;
    this.#alarm = setAlarm(this.#now() + forNs, this.#now, () => this.release());
  }

  #goOn(): void {
    this.#flush();
    this.#regulate();
  }

  #flush(): void {
    while (!this.#isHeld && !this.#isClosed) {
      const piece = this.#waiting[0];
      if (piece === undefined) return;
      const passing = typeof piece === 'string' ? piece : this.#withinLimit(piece);
      if (passing === undefined) return;
      if (typeof piece === 'string' || passing.length === piece.length) this.#waiting.shift();
      else this.#waiting[0] = piece.subarray(passing.length);
      this.#pass(passing);
    }
  }

  /**
   * The part that may pass now; undefined when none of it may, and then an alarm continues later.
   */
  #withinLimit(bytes: Buffer): Buffer | undefined {
    const bucket = this.#bucket;
    if (bucket === undefined) return bytes;
    const allowed = bucket.take(bytes.length);
    if (allowed > 0) return bytes.subarray(0, allowed);
    this.#alarm?.stop();
    this.#alarm = setAlarm(bucket.readyNs(bytes.length), this.#now, () => this.#goOn());
    return undefined;
  }

  #pass(piece: Piece): void {
    if (piece === 'reset') resetSocket(this.#to);
    else if (this.#to.destroyed || this.#to.writableEnded) return;
    else if (piece === 'end') this.#to.end();
    else this.#write(piece);
  }

  #write(bytes: Buffer): void {
    const cut = this.#cut;
    const leftBytes = (cut?.afterBytes ?? Number.POSITIVE_INFINITY) - this.#passedBytes;
    this.#passedBytes += bytes.length;
    if (cut === undefined || bytes.length < leftBytes) {
      this.#isFull = !this.#to.write(bytes) && this.#to.writableLength >= this.#swallowBytes;
      return;
    }
    this.close();
    this.#to.write(bytes.subarray(0, leftBytes), (error) => {
      if (error === undefined || error === null) cut.onCut();
    });
  }

  /** Backpressure: reading from the sender pauses while the receiver takes nothing. */
  #regulate(): void {
    if (this.#isClosed) return;
    if (this.#isHeld || this.#isFull || this.#waiting.length > 0) this.#from.pause();
    else this.#from.resume();
  }
}

/**
 * Sends RST instead of FIN. Bytes that the kernel has not sent yet are dropped, as with any reset.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  // libuv does not reset a socket whose FIN is still queued behind unsent bytes.
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
