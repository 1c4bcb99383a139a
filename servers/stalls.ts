// Observes streams whose receivers are planned to stop reading. They are not treated differently:
// this only notes when their sockets were full and when they were cut, which the counts of a trial
// do not tell.

import type { StalledStream } from '../bench/contract/stall.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';

/** The part of a receiver's socket that is observed here. */
type Receiver = Pick<StreamSink, 'bytesWritten'> & {
  readonly channel: { readonly writableLength: number };
};

interface Watched {
  readonly receiver: Receiver;
  /** Bytes that its socket had passed on when it stopped. */
  bytesAtStop: number | undefined;
  blockedNs: number | undefined;
  takenBytes: number | undefined;
  cutNs: number | undefined;
}

type Planned = Pick<StreamPlan, 'trialIndex'>;

export class Stalls {
  readonly #stopped: ReadonlySet<number>;
  readonly #watched = new Map<number, Watched>();

  /** @param stopped Streams of the trial whose receivers stop reading. */
  constructor(stopped: Iterable<number>) {
    this.#stopped = new Set(stopped);
  }

  has({ trialIndex }: Planned): boolean {
    return trialIndex !== undefined && this.#stopped.has(trialIndex.stream);
  }

  opened(plan: Planned, receiver: Receiver): void {
    if (plan.trialIndex === undefined || !this.has(plan)) return;
    this.#watched.set(plan.trialIndex.stream, {
      receiver,
      bytesAtStop: undefined,
      blockedNs: undefined,
      takenBytes: undefined,
      cutNs: undefined,
    });
  }

  /** Call when the receivers stop reading. */
  stop(): void {
    for (const watched of this.#watched.values())
      watched.bytesAtStop = handedOver(watched.receiver);
  }

  blocked(plan: Planned, atNs: number): void {
    const watched = this.#find(plan);
    if (watched === undefined) return;
    watched.blockedNs = atNs;
    watched.takenBytes =
      watched.bytesAtStop === undefined
        ? undefined
        : handedOver(watched.receiver) - watched.bytesAtStop;
  }

  /** Clears the record: the socket was not full for good. */
  drained(plan: Planned): void {
    const watched = this.#find(plan);
    if (watched === undefined) return;
    watched.blockedNs = undefined;
    watched.takenBytes = undefined;
  }

  cut(plan: Planned, atNs: number): void {
    const watched = this.#find(plan);
    if (watched !== undefined) watched.cutNs = atNs;
  }

  list(): StalledStream[] {
    return Array.from(this.#watched, ([stream, watched]) => noted(stream, watched));
  }

  #find({ trialIndex }: Planned): Watched | undefined {
    return trialIndex === undefined ? undefined : this.#watched.get(trialIndex.stream);
  }
}

function noted(stream: number, { blockedNs, takenBytes, cutNs }: Watched): StalledStream {
  return {
    stream,
    ...(blockedNs !== undefined && { blockedNs }),
    ...(takenBytes !== undefined && { takenBytes }),
    ...(cutNs !== undefined && { cutNs }),
  };
}

/**
 * Bytes that a socket was handed and no longer holds itself: they are in the kernel, or further.
 */
export function handedOver({ bytesWritten, channel }: Receiver): number {
  return bytesWritten() - channel.writableLength;
}
