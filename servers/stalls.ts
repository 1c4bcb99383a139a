// What becomes of the streams whose receivers are planned to stop reading. They are not treated differently: this only notes
// when their sockets were full and when they were cut, which the counts of a trial do not say.

import type { StalledStream } from '../bench/contract/stall.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';

/** The socket of a receiver, as far as it is looked at here. */
type Receiver = Pick<StreamSink, 'bytesWritten'> & { readonly socket: { readonly writableLength: number } };

interface Watched {
  readonly receiver: Receiver;
  /** What its socket had been handed when it stopped. */
  bytesAtStop: number | undefined;
  blockedNs: number | undefined;
  takenBytes: number | undefined;
  cutNs: number | undefined;
}

type Planned = Pick<StreamPlan, 'trialIndex'>;

export class Stalls {
  readonly #stopped: ReadonlySet<number>;
  readonly #watched = new Map<number, Watched>();

  /** @param stopped Streams of the trial. */
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

  /** They stop now. */
  stop(): void {
    for (const watched of this.#watched.values()) watched.bytesAtStop = handedOver(watched.receiver);
  }

  blocked(plan: Planned, atNs: number): void {
    const watched = this.#find(plan);
    if (watched === undefined) return;
    watched.blockedNs = atNs;
    watched.takenBytes = watched.bytesAtStop === undefined ? undefined : handedOver(watched.receiver) - watched.bytesAtStop;
  }

  /** It was not full for good. */
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

/** What a socket has been handed and no longer holds itself: it is in the kernel, or further. */
function handedOver({ bytesWritten, socket }: Receiver): number {
  return bytesWritten() - socket.writableLength;
}
