// How much of a stream left this process, up to the moment at which the way to its client was full
// for good or its connection closed: what a client that stops reading, and all that stands before
// it, takes.

import type { TakenStream } from '../bench/contract/proxy-cells.ts';
import { handedOver } from './stalls.ts';
import type { StreamSink } from './stream-sink.ts';

/** The part of a receiver's socket that is observed here. */
type Receiver = Pick<StreamSink, 'bytesWritten'> & {
  readonly channel: { readonly writableLength: number };
};

interface Watched {
  readonly receiver: Receiver;
  isBlocked: boolean;
  /** Set once it is closed, after which its counts mean nothing. */
  bytes: number | undefined;
}

export class TakenBytes {
  readonly #watched = new Map<string, Watched>();

  opened(id: string, receiver: Receiver): void {
    this.#watched.set(id, { receiver, isBlocked: false, bytes: undefined });
  }

  blocked(id: string): void {
    const watched = this.#watched.get(id);
    if (watched !== undefined) watched.isBlocked = true;
  }

  drained(id: string): void {
    const watched = this.#watched.get(id);
    if (watched !== undefined && watched.bytes === undefined) watched.isBlocked = false;
  }

  closed(id: string): void {
    const watched = this.#watched.get(id);
    if (watched !== undefined) watched.bytes ??= handedOver(watched.receiver);
  }

  list(): TakenStream[] {
    return Array.from(this.#watched, ([id, { receiver, isBlocked, bytes }]) => ({
      id,
      bytes: bytes ?? handedOver(receiver),
      isBlocked,
    }));
  }
}
