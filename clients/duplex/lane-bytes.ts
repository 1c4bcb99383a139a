// Counts the bytes of one direction of a session: those on the sockets, and beside them what the
// specifications say that they are.

import type { LaneBytes } from '../../bench/contract/duplex.ts';

type Counts = { -readonly [Key in keyof LaneBytes]: LaneBytes[Key] };

export class LaneCount {
  readonly #counts: Counts = { socket: 0, heads: 0, answers: 0, model: 0, large: 0, frames: 0 };

  /** Bytes that were handed to a socket, or read from it. */
  socket(bytes: number): void {
    this.#counts.socket += bytes;
  }

  /** A request or an answer that opens a lane. */
  head(bytes: number): void {
    this.#counts.heads += bytes;
  }

  /** The answer to a single frame. */
  answer(bytes: number): void {
    this.#counts.answers += bytes;
  }

  frame(modelBytes: number): void {
    this.#counts.frames++;
    this.#counts.model += modelBytes;
  }

  large(modelBytes: number): void {
    this.#counts.large += modelBytes;
    this.#counts.model += modelBytes;
  }

  /** A message that is no frame, or the end of a body or of a connection. */
  control(modelBytes: number): void {
    this.#counts.model += modelBytes;
  }

  get bytes(): LaneBytes {
    return { ...this.#counts };
  }
}

export const noBytes: LaneBytes = new LaneCount().bytes;

export function addBytes(one: LaneBytes, other: LaneBytes): LaneBytes {
  return {
    socket: one.socket + other.socket,
    heads: one.heads + other.heads,
    answers: one.answers + other.answers,
    model: one.model + other.model,
    large: one.large + other.large,
    frames: one.frames + other.frames,
  };
}
