// The recorded streams of a replay: each is a segment of the token file, with due times. A stream's
// seed says which one it is, so that server, client and analysis choose alike.

import { deriveSeed } from './random.ts';
import { readTokenFile, type TokenFile } from './tokens.ts';

export interface RecordedStream {
  /** Index of its first token in the token source. */
  readonly start: number;
  readonly tokens: number;
  /** ns after the stream was asked for, never falling. */
  readonly offsetsNs: readonly number[];
}

interface Replaying {
  readonly gaps: { readonly kind: string };
  readonly tokenFile: string;
  readonly tokensSha256: string;
}

/** By the hash of their tokens and times, so that no path can lead to others. */
const known = new Map<string, readonly RecordedStream[]>();

/** Makes the streams of a token file known before it lies in a run folder. */
export function rememberRecorded(file: TokenFile): void {
  if (known.has(file.tokensSha256)) return;
  known.set(file.tokensSha256, recordedStreamsOf(file));
}

export function recordedStreamsOf({ segments }: TokenFile): readonly RecordedStream[] {
  let start = 0;
  return segments.map(({ tokens, offsetsNs = [] }) => {
    const stream = { start, tokens: tokens.length, offsetsNs };
    start += tokens.length;
    return stream;
  });
}

/**
 * The recorded stream that a stream with this seed replays; undefined for a workload whose times are
 * drawn. @throws BenchError WORKLOAD when the token file is damaged.
 */
export function recordedStream(workload: Replaying, seed: number): RecordedStream | undefined {
  if (workload.gaps.kind !== 'recorded') return undefined;
  if (!known.has(workload.tokensSha256)) rememberRecorded(readTokenFile(workload.tokenFile));
  const streams = known.get(workload.tokensSha256) ?? [];
  return streams[recordedIndex(seed, streams.length)];
}

export function recordedIndex(seed: number, streams: number): number {
  return seed % streams;
}

const LARGEST_SEED = 2 ** 32 - 1;

/**
 * A seed for the stream that is `turn`-th of its slot, which replays the recorded streams one after
 * another: a draw would leave some out and repeat others.
 */
export function seedInTurn(
  seed: number,
  place: {
    readonly streams: number;
    readonly trialSeed: number;
    readonly slot: number;
    readonly turn: number;
    readonly slots: number;
  },
): number {
  const { streams, trialSeed, slot, turn, slots } = place;
  const index = (deriveSeed(trialSeed, 0x7265706c) + slot + turn * slots) % streams;
  const own = seed - (seed % streams) + index;
  return own > LARGEST_SEED ? own - streams : own;
}
