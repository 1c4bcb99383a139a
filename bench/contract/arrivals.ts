// Arrivals: streams begin when a trace or a model says, however many are open, in place of a
// steady population. A trace's streams have its lengths, too.

import { z } from 'zod';
import { arrivalModelSchema, startGaps } from './arrival-model.ts';
import { deriveSeed, seededDraw } from './random.ts';
import { lengthAt } from './stream-lengths.ts';
import { NS_PER_MS } from './units.ts';
import { countOffsetsWithin, planOffsetsNs, type Workload } from './workload.ts';

const count = z.int().nonnegative();

const traceFormats = ['azure', 'mooncake'] as const;

export type TraceFormat = (typeof traceFormats)[number];

const common = {
  /** Value of the flag, with which the run is repeated; absent for those of the workload. */
  given: z.string().optional(),
  /** How often as fast as it was recorded, or as the workload says. */
  speed: z.number().positive(),
  /** Most of any block: streams and tokens of a trial, and connections open at once. */
  most: z.object({ streams: count, tokens: count, connections: count }),
};

/** Arrivals as the plan of a run keeps them. */
export const arrivalsPlanSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('trace'),
    /** Name without its folder. */
    file: z.string(),
    /** SHA-256 (hex) of the whole file. */
    sha256: z.string(),
    format: z.enum(traceFormats),
    rows: count,
    /** From the first row to the last, as recorded. */
    spanNs: z.number().nonnegative(),
    /** Rows with the time of the row before them. */
    sameTimeRows: count,
    /** Input lengths of the rows that the trials use: recorded only. */
    inputTokens: z.object({ median: z.number(), most: count }),
    /** The rows that begin within a trial: starts after the first row, at this speed; lengths. */
    startNs: z.array(z.number().nonnegative()),
    tokens: z.array(z.int().min(1)),
  }),
  z.object({ ...common, kind: z.literal('drawn'), model: arrivalModelSchema }),
]);

export type ArrivalsPlan = z.infer<typeof arrivalsPlanSchema>;

/** What the processes of a trial need of them; `model` is at its speed. */
export const arrivalsSpecificationSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('trace'),
    startNs: z.array(z.number().nonnegative()),
    tokens: z.array(z.int().min(1)),
  }),
  z.object({ kind: z.literal('drawn'), model: arrivalModelSchema }),
]);

export type ArrivalsSpecification = z.infer<typeof arrivalsSpecificationSchema>;

export interface ArrivingStream {
  readonly slot: number;
  readonly startNs: number;
  /** Tokens that are due before the trial's streams end. */
  readonly tokens: number;
  /** Tokens beyond that: the stream is cut at the end of the trial. */
  readonly cutTokens: number;
  readonly seed: number;
}

interface ArrivalsOptions {
  readonly workload: Workload;
  readonly seed: number;
  /** No stream begins at or after this point, and the tokens due after it are cut. */
  readonly horizonNs: number;
}

/** Time for which a connection is not used again after a stream's last token. */
const PAUSE_NS = 50 * NS_PER_MS;
const GAPS_SEED = 0x617272;
const LENGTHS_SEED = 0x6c656e;

/**
 * Streams in order of their start. Each has at least one token. Slots number the connections: the
 * lowest one that is free.
 */
export function planArrivals(
  arrivals: ArrivalsSpecification,
  { workload, seed, horizonNs }: ArrivalsOptions,
): readonly ArrivingStream[] {
  const wanted =
    arrivals.kind === 'trace' ? rowsOf(arrivals) : drawStreams(arrivals, workload, seed);
  const freeFromNs: number[] = [];
  const streams: ArrivingStream[] = [];
  for (const { startNs, tokens: whole } of wanted) {
    if (startNs >= horizonNs) break;
    const streamSeed = deriveSeed(seed, GAPS_SEED, streams.length);
    const within = countOffsetsWithin(workload, streamSeed, whole, horizonNs - startNs);
    const tokens = Math.max(1, within.tokens);
    const lastNs =
      within.tokens === 0 ? (planOffsetsNs(workload, streamSeed, 1)[0] as number) : within.lastNs;
    const free = freeFromNs.findIndex((fromNs) => fromNs <= startNs);
    const slot = free === -1 ? freeFromNs.length : free;
    freeFromNs[slot] = startNs + lastNs + PAUSE_NS;
    streams.push({ slot, startNs, tokens, cutTokens: whole - tokens, seed: streamSeed });
  }
  return streams;
}

interface WantedStream {
  readonly startNs: number;
  readonly tokens: number;
}

function* rowsOf({
  startNs,
  tokens,
}: Extract<ArrivalsSpecification, { kind: 'trace' }>): Generator<WantedStream> {
  for (const [row, atNs] of startNs.entries())
    yield { startNs: atNs, tokens: tokens[row] as number };
}

/** Without end. */
function* drawStreams(
  { model }: Extract<ArrivalsSpecification, { kind: 'drawn' }>,
  { lengths, tokensPerStream }: Workload,
  seed: number,
): Generator<WantedStream> {
  const nextGapNs = startGaps(model, seededDraw(deriveSeed(seed, GAPS_SEED)));
  const draw = seededDraw(deriveSeed(seed, LENGTHS_SEED));
  for (let startNs = nextGapNs(); ; startNs += nextGapNs())
    yield {
      startNs: Math.round(startNs),
      tokens: lengths === undefined ? tokensPerStream : Math.round(lengthAt(lengths, draw())),
    };
}
