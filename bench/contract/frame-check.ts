// Verifies the frames of one direction against their plan: each exactly once, in order, byte for
// byte, which is stricter than a hash of the content.

import { makeChunks } from './chunks.ts';
import type { Frame } from './duplex-frames.ts';
import type { FrameFaults } from './duplex.ts';

interface CheckedFrames {
  readonly frames: number;
  readonly frameBytes: number;
  /** The first frame has this content, and the others those that follow. */
  readonly firstContent: number;
}

export class FrameCheck {
  readonly #plan: CheckedFrames;
  readonly #contents: readonly Buffer[];
  readonly #isSeen: Uint8Array;
  #highest = 0;
  received = 0;
  #repeated = 0;
  #reordered = 0;
  #corrupt = 0;

  constructor(plan: CheckedFrames) {
    this.#plan = plan;
    this.#contents = makeChunks(plan.frameBytes);
    this.#isSeen = new Uint8Array(plan.frames);
  }

  /** The index from 0 of a frame that is new and whole, whatever its order; undefined otherwise. */
  take({ number, content }: Frame): number | undefined {
    const index = number - 1;
    const expected = this.#contents[(this.#plan.firstContent + index) % this.#contents.length];
    if (this.#isSeen[index] === undefined || expected?.equals(content) !== true) {
      this.#corrupt++;
      return undefined;
    }
    if (this.#isSeen[index] === 1) {
      this.#repeated++;
      return undefined;
    }
    this.#isSeen[index] = 1;
    this.received++;
    if (number < this.#highest) this.#reordered++;
    else this.#highest = number;
    return index;
  }

  /** @param sent Frames that the peer says it sent, from the first one on. */
  faults(sent: number): FrameFaults {
    return {
      lost: Math.max(0, sent - this.received),
      repeated: this.#repeated,
      reordered: this.#reordered,
      corrupt: this.#corrupt,
    };
  }
}

export const noFaults: FrameFaults = { lost: 0, repeated: 0, reordered: 0, corrupt: 0 };

export function addFaults(one: FrameFaults, other: FrameFaults): FrameFaults {
  return {
    lost: one.lost + other.lost,
    repeated: one.repeated + other.repeated,
    reordered: one.reordered + other.reordered,
    corrupt: one.corrupt + other.corrupt,
  };
}

export function countFaults({ lost, repeated, reordered, corrupt }: FrameFaults): number {
  return lost + repeated + reordered + corrupt;
}
