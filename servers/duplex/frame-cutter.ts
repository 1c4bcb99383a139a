// Cuts a stream of bytes into frames of one length, however the network or a proxy has cut it.

export class FrameCutter {
  readonly #frame: Buffer;
  readonly #onFrame: (frame: Buffer) => void;
  #filled = 0;

  /** `onFrame` gets bytes that are valid only during the call. */
  constructor(frameBytes: number, onFrame: (frame: Buffer) => void) {
    this.#frame = Buffer.alloc(frameBytes);
    this.#onFrame = onFrame;
  }

  /** Bytes of a frame that is not whole. */
  get rest(): number {
    return this.#filled;
  }

  push(bytes: Buffer): void {
    const { length } = this.#frame;
    let from = 0;
    while (from < bytes.length) {
      const isWhole = this.#filled === 0 && bytes.length - from >= length;
      if (isWhole) {
        this.#onFrame(bytes.subarray(from, from + length));
        from += length;
        continue;
      }
      const copied = bytes.copy(this.#frame, this.#filled, from);
      from += copied;
      this.#filled += copied;
      if (this.#filled < length) continue;
      this.#filled = 0;
      this.#onFrame(this.#frame);
    }
  }
}
