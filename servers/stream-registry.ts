// Registry of the streams that a server keeps. A stream is kept from its first request until some
// time after its last token, with or without a receiver; so their number, lifetime and bytes are
// all bounded.

import type { Payload } from '../bench/contract/payload.ts';
import type { ResumeLimits, ServerRecovery } from '../bench/contract/recovery.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import type { LastingStream } from './lasting-stream.ts';

interface RegistryOptions {
  readonly limits: ResumeLimits;
  readonly maxStreams: number;
  /**
   * How long a running stream without a receiver keeps a place that another needs; undefined for
   * its whole life.
   */
  readonly graceNs: number | undefined;
  readonly now: () => number;
  /** Called when its time to live is over, or its place is needed. */
  readonly onForget: (stream: LastingStream) => void;
}

function noRecovery(): ServerRecovery {
  return {
    started: 0,
    resumed: 0,
    replayedTokens: 0,
    replayedBytes: 0,
    gaps: 0,
    unknown: 0,
    unheardTokens: 0,
    evictedTokens: 0,
    evictedStreams: 0,
    peakBufferedBytes: 0,
    replaced: 0,
    givenUp: 0,
  };
}

export class StreamRegistry {
  readonly #options: RegistryOptions;
  readonly #streams = new Map<string, LastingStream>();
  /**
   * Streams without a receiver that may have tokens in their buffers; the longest unheard first.
   */
  readonly #unheard = new Set<LastingStream>();
  /** Finished streams, the first to expire first: all have the same time to live. */
  readonly #finished = new Set<LastingStream>();
  /** One timer for all finished streams. */
  #timer: NodeJS.Timeout | undefined;
  bufferedBytes = 0;
  counts = noRecovery();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#streams.size;
  }

  resetCounts(): void {
    this.counts = noRecovery();
  }

  get(id: string): LastingStream | undefined {
    return this.#streams.get(id);
  }

  *heard(): Generator<LastingStream> {
    for (const stream of this.#streams.values()) if (stream.receiver !== undefined) yield stream;
  }

  /**
   * False when every place is taken by a stream that has a receiver, or that runs within its grace
   * period.
   */
  hasRoom(): boolean {
    return this.#streams.size < this.#options.maxStreams || this.#dispensable() !== undefined;
  }

  /** Call only after `hasRoom`. */
  add(stream: LastingStream): void {
    if (this.#streams.size >= this.#options.maxStreams) {
      const dispensable = this.#dispensable();
      if (dispensable !== undefined) {
        this.counts.evictedStreams++;
        this.#options.onForget(dispensable);
      }
    }
    this.#streams.set(stream.plan.id, stream);
    stream.unheardSinceNs = this.#options.now();
    this.#unheard.add(stream);
  }

  #dispensable(): LastingStream | undefined {
    for (const stream of this.#finished) if (stream.receiver === undefined) return stream;
    return this.#abandoned();
  }

  /**
   * The stream without a receiver for longest, if beyond its grace period. Scans all, but is called
   * only on a full server.
   */
  #abandoned(): LastingStream | undefined {
    const { graceNs, now } = this.#options;
    if (graceNs === undefined) return undefined;
    let longest: LastingStream | undefined;
    for (const stream of this.#streams.values())
      if (
        stream.receiver === undefined &&
        stream.unheardSinceNs < (longest?.unheardSinceNs ?? Number.POSITIVE_INFINITY)
      )
        longest = stream;
    return longest !== undefined && longest.unheardSinceNs + graceNs <= now() ? longest : undefined;
  }

  listen(stream: LastingStream): void {
    this.#unheard.delete(stream);
    stream.isRetaining = true;
  }

  unlisten(stream: LastingStream): void {
    stream.unheardSinceNs = this.#options.now();
    if (!stream.isForgotten) this.#unheard.add(stream);
  }

  /** Puts a token into its stream's buffer, within all limits. */
  retain(stream: LastingStream, payload: Payload): void {
    const { buffer } = stream;
    if (buffer === undefined) return;
    if (!stream.isRetaining) {
      buffer.skip();
      this.counts.evictedTokens++;
      return;
    }
    const bytesBefore = buffer.bytes;
    this.counts.evictedTokens += buffer.append(payload);
    this.bufferedBytes += buffer.bytes - bytesBefore;
    if (this.bufferedBytes > this.#options.limits.totalBytes) this.#makeRoom(stream);
    this.counts.peakBufferedBytes = Math.max(this.counts.peakBufferedBytes, this.bufferedBytes);
  }

  /**
   * Drops the buffers of streams without receivers first; when there are none left, a stream drops
   * its own tokens.
   */
  #makeRoom(stream: LastingStream): void {
    const { totalBytes } = this.#options.limits;
    for (const unheard of this.#unheard) {
      if (this.bufferedBytes <= totalBytes) return;
      this.counts.evictedTokens += this.#empty(unheard);
      // Keeps nothing until a receiver connects again: it would be the first to lose every later
      // token, too.
      unheard.isRetaining = false;
      this.#unheard.delete(unheard);
    }
    while (
      this.bufferedBytes > totalBytes &&
      stream.buffer !== undefined &&
      stream.buffer.tokens > 0
    ) {
      const bytesBefore = stream.buffer.bytes;
      stream.buffer.dropOldest();
      this.bufferedBytes += stream.buffer.bytes - bytesBefore;
      this.counts.evictedTokens++;
    }
  }

  #empty({ buffer }: LastingStream): number {
    this.bufferedBytes -= buffer?.bytes ?? 0;
    return buffer?.clear() ?? 0;
  }

  /** The last token was generated: the time to live begins. */
  finish(stream: LastingStream, endedNs: number): void {
    stream.endedNs = endedNs;
    this.#finished.add(stream);
    this.#arm();
  }

  forget(stream: LastingStream): void {
    stream.isForgotten = true;
    this.#empty(stream);
    this.#streams.delete(stream.plan.id);
    this.#unheard.delete(stream);
    this.#finished.delete(stream);
  }

  #arm(): void {
    const [first] = this.#finished;
    if (first === undefined || this.#timer !== undefined) return;
    const { now, limits } = this.#options;
    const delayNs = (first.endedNs as number) + limits.ttlNs - now();
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, Math.ceil(delayNs / NS_PER_MS)));
  }

  #expire(): void {
    this.#timer = undefined;
    const nowNs = this.#options.now();
    for (const stream of this.#finished) {
      if ((stream.endedNs as number) + this.#options.limits.ttlNs > nowNs) break;
      this.#options.onForget(stream);
    }
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
