// Workloads: the tokens, their bytes and their due times, fully determined by a definition and a
// seed.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { arrivalModelSchema } from './arrival-model.ts';
import { makeChunks } from './chunks.ts';
import { BenchError } from './errors.ts';
import { payloads, type PayloadName } from './payload.ts';
import { deriveSeed, drawBelow, drawNormal, seededDraw } from './random.ts';
import { streamLengthsSchema } from './stream-lengths.ts';
import { recordedIndex, recordedStream, recordedStreamsOf } from './recorded-streams.ts';
import { readTokenFile } from './tokens.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const gapsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fixed') }),
  /** Gaps with this σ of their logarithm and the mean that follows from the rate. */
  z.object({ kind: z.literal('lognormal'), sigma: z.number().positive().max(3) }),
  /** Those of recorded streams, one a segment of the token file: text and gaps are replayed. */
  z.object({
    kind: z.literal('recorded'),
    streams: z.int().min(1),
    /** Streams of the recording that could not be replayed, such as cut ones; absent: none. */
    leftOut: z.int().min(1).exactOptional(),
    /** Whether the texts are those of the recording, or were made up by an import. */
    texts: z.enum(['recorded', 'resplit', 'bundled', 'mixed']),
  }),
]);

export const workloadSchema = z.object({
  name: z.string(),
  /**
   * Tokens of a whole stream; the first and the last stream of a connection slot may be shorter,
   * see population.ts.
   */
  tokensPerStream: z.int().min(1).max(1_000_000),
  /** Lengths of streams that arrive, whose mean is `tokensPerStream`; absent: all are that long. */
  lengths: streamLengthsSchema.optional(),
  /** When streams arrive, unless `--arrivals` says so; absent: a steady population. */
  arrivals: arrivalModelSchema.optional(),
  /** Where lengths and arrivals are from: a trace, its authors and its licence. */
  source: z.string().optional(),
  /** Mean rate of one stream once it streams. */
  tokensPerSecond: z.number().positive().max(100_000),
  gaps: gapsSchema,
  /**
   * Number of tokens of a stream due at one moment, at the same mean rate: bursts. 1 when absent.
   */
  tokensPerTick: z.int().min(1).max(1000).optional(),
  /**
   * Time from the request to the first token, the modelled prefill: lognormal with this median; σ 0
   * makes it fixed.
   */
  firstTokenMedianMs: z.number().nonnegative().max(600_000),
  firstTokenSigma: z.number().nonnegative().max(3),
  /** Segments of the token file, joined in this order; empty for all of them. */
  segments: z.array(z.string()),
  tokenFile: z.string(),
  tokensSha256: z.string(),
});

export type Workload = z.infer<typeof workloadSchema>;

type Timing = Pick<
  Workload,
  | 'tokensPerSecond'
  | 'gaps'
  | 'tokensPerTick'
  | 'firstTokenMedianMs'
  | 'firstTokenSigma'
  | 'tokenFile'
  | 'tokensSha256'
>;

/** Returns a generator of the offsets of one stream; undefined once a recorded one is over. */
function startOffsets(timing: Timing, streamSeed: number): () => number | undefined {
  const recorded = recordedStream(timing, streamSeed);
  if (recorded === undefined) return drawOffsets(timing, streamSeed);
  let index = 0;
  return () => recorded.offsetsNs[index++];
}

function drawOffsets(timing: Timing, streamSeed: number): () => number {
  const draw = seededDraw(deriveSeed(streamSeed, 1));
  const { gaps, tokensPerTick = 1 } = timing;
  const meanGapNs = (tokensPerTick * NS_PER_S) / timing.tokensPerSecond;
  // The mean of a lognormal is median · exp(σ²/2).
  const medianGapNs =
    gaps.kind === 'lognormal' ? meanGapNs / Math.exp(gaps.sigma ** 2 / 2) : meanGapNs;
  let at = timing.firstTokenMedianMs * NS_PER_MS;
  if (timing.firstTokenSigma > 0) at *= Math.exp(timing.firstTokenSigma * drawNormal(draw));
  let inTick = 0;
  return () => {
    const offset = Math.round(at);
    inTick = (inTick + 1) % tokensPerTick;
    if (inTick > 0) return offset;
    at += Math.max(
      1,
      gaps.kind === 'lognormal' ? medianGapNs * Math.exp(gaps.sigma * drawNormal(draw)) : meanGapNs,
    );
    return offset;
  };
}

/**
 * Due times of one stream's tokens, in ns after the server's handler began; rising, strictly when a
 * tick has one token.
 */
export function planOffsetsNs(timing: Timing, streamSeed: number, tokens: number): Float64Array {
  const next = startOffsets(timing, streamSeed);
  const offsets = new Float64Array(tokens);
  for (let index = 0; index < tokens; index++) {
    const offset = next();
    assert(offset !== undefined, 'a stream has no more tokens than its recording');
    offsets[index] = offset;
  }
  return offsets;
}

/**
 * Number of tokens, at most `mostTokens`, due within `limitNs`, and the due time of the last of
 * them.
 */
export function countOffsetsWithin(
  timing: Timing,
  streamSeed: number,
  mostTokens: number,
  limitNs: number,
): { tokens: number; lastNs: number } {
  const next = startOffsets(timing, streamSeed);
  let lastNs = 0;
  for (let tokens = 0; tokens < mostTokens; tokens++) {
    const offset = next();
    if (offset === undefined || offset > limitNs) return { tokens, lastNs };
    lastNs = offset;
  }
  return { tokens: mostTokens, lastNs };
}

/** All tokens a workload draws from, in order; a stream is a slice of it that wraps around. */
export interface TokenSource {
  /** Text; base64 where tokens are bytes, made when it is first asked for. */
  readonly tokens: readonly string[];
  /** The same as JSON strings, quotes included. */
  readonly jsonTexts: readonly string[];
  /** Set where tokens are bytes. */
  readonly chunks?: readonly Buffer[];
  /** Set where streams are recorded ones: where each begins. */
  readonly recordedStarts?: readonly number[];
}

/**
 * @param payload Decides whether tokens are the workload's text or bytes; text when absent.
 * @throws BenchError WORKLOAD when the token file is damaged or has no such segment.
 */
export function openTokenSource(
  workload: Pick<Workload, 'tokenFile' | 'segments'> & Partial<Pick<Workload, 'gaps'>>,
  payload?: PayloadName,
): TokenSource {
  const chunk = payload && payloads[payload].chunk;
  if (chunk !== undefined) return sourceOfChunks(chunk.bytes);
  const file = readTokenFile(workload.tokenFile);
  const ids =
    workload.segments.length === 0 ? file.segments.map((segment) => segment.id) : workload.segments;
  const tokens = ids.flatMap((id) => {
    const segment = file.segments.find((one) => one.id === id);
    if (segment === undefined)
      throw new BenchError('WORKLOAD', `${workload.tokenFile} has no segment "${id}"`);
    return segment.tokens;
  });
  return {
    tokens,
    jsonTexts: tokens.map((token) => JSON.stringify(token)),
    ...(workload.gaps?.kind === 'recorded' && {
      recordedStarts: recordedStreamsOf(file).map(({ start }) => start),
    }),
  };
}

/**
 * A receiver of text compares with base64 that was made beforehand; a server never asks for it, and
 * encodes as it writes.
 */
function sourceOfChunks(bytes: number): TokenSource {
  const chunks = makeChunks(bytes);
  let texts: Pick<TokenSource, 'tokens' | 'jsonTexts'> | undefined;
  const encode = (): Pick<TokenSource, 'tokens' | 'jsonTexts'> => {
    const tokens = chunks.map((chunk) => chunk.toString('base64'));
    return { tokens, jsonTexts: tokens.map((token) => `"${token}"`) };
  };
  return {
    chunks,
    get tokens() {
      return (texts ??= encode()).tokens;
    },
    get jsonTexts() {
      return (texts ??= encode()).jsonTexts;
    },
  };
}

/** Tokens of a source, after which it begins again. */
function sourceLength(source: TokenSource): number {
  return source.chunks?.length ?? source.tokens.length;
}

/** The JSON text or the bytes of the token at this place, which may be beyond the end. */
export function contentAt(source: TokenSource, place: number): string | Buffer {
  const { chunks } = source;
  return chunks === undefined
    ? (source.jsonTexts[place % source.jsonTexts.length] as string)
    : (chunks[place % chunks.length] as Buffer);
}

/** Index in the source at which a stream begins. */
export function sliceStart(source: TokenSource, streamSeed: number): number {
  const { recordedStarts } = source;
  if (recordedStarts !== undefined)
    return recordedStarts[recordedIndex(streamSeed, recordedStarts.length)] as number;
  return drawBelow(seededDraw(deriveSeed(streamSeed, 2)), sourceLength(source));
}

/** Tokens of a stream that are other texts than those of the source, by their place from 0. */
export type OtherTexts = ReadonlyMap<number, string>;

/** The text of a stream: its tokens, joined. */
export function streamText(
  source: TokenSource,
  start: number,
  tokens: number,
  others?: OtherTexts,
): string {
  let text = '';
  for (let index = 0; index < tokens; index++)
    text += others?.get(index) ?? source.tokens[(start + index) % source.tokens.length];
  return text;
}

/**
 * SHA-256 (hex) of the text of a stream: the server announces it at the end, and the client's text
 * must match it. Where tokens are bytes, that of the hashes of its chunks: those of a long stream
 * are too many to be hashed at its end, beside others that run.
 */
export function hashStreamText(
  source: TokenSource,
  start: number,
  tokens: number,
  others?: OtherTexts,
): string {
  const hash = createHash('sha256');
  if (source.chunks === undefined)
    return hash.update(streamText(source, start, tokens, others)).digest('hex');
  const hashes = hashesOf(source.chunks);
  for (let index = 0; index < tokens; index++)
    hash.update(hashes[(start + index) % hashes.length] as Buffer);
  return hash.digest('hex');
}

export function hashChunk(chunk: Buffer): Buffer {
  return createHash('sha256').update(chunk).digest();
}

const knownHashes = new WeakMap<readonly Buffer[], readonly Buffer[]>();

function hashesOf(chunks: readonly Buffer[]): readonly Buffer[] {
  const known = knownHashes.get(chunks) ?? chunks.map(hashChunk);
  knownHashes.set(chunks, known);
  return known;
}
