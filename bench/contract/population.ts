// The planned streams of a trial: a steady population of `connections` concurrent streams, all
// planned before the start (open loop): a late server never delays a later start.

import { createHash } from 'node:crypto';
import { planArrivals, type ArrivalsSpecification } from './arrivals.ts';
import type { ConnectingSpecification } from './connecting.ts';
import { payloads, type PayloadName } from './payload.ts';
import { deriveSeed, drawBelow, seededDraw } from './random.ts';
import { recordedStream, seedInTurn } from './recorded-streams.ts';
import { planStorm } from './storm.ts';
import { planTimetable, type Timetable } from './timetable.ts';
import { MIB, NS_PER_MS, NS_PER_S } from './units.ts';
import { countOffsetsWithin, planOffsetsNs, type Workload } from './workload.ts';

/** Columns over streams, in order of planned start. */
export interface Population {
  readonly streams: number;
  /** Planned start c0, ns after T0. */
  readonly startNs: Float64Array;
  readonly tokens: Int32Array;
  readonly seeds: Uint32Array;
  /** Connection slot of the stream; a slot runs its streams one after another. */
  readonly slots: Int32Array;
  /** Index of the stream's first token in columns over all tokens. */
  readonly base: Int32Array;
  readonly totalTokens: number;
}

export interface PopulationOptions {
  readonly workload: Workload;
  readonly connections: number;
  readonly seed: number;
  /** Starts of the first streams are spread over this time. */
  readonly rampNs: number;
  /** The first `connections` slots start alone; the ramp of the others begins at `untilNs`. */
  readonly lowPhase?: { readonly connections: number; readonly untilNs: number } | undefined;
  /** No token is planned after this point. */
  readonly horizonNs: number;
}

/**
 * Pause from the last token of a stream to the start of the next in its slot. Without it every
 * start would coincide with the closing of the previous stream, and the cost of closing, which
 * differs by transport, would count as connecting.
 */
const PAUSE_NS = 50 * NS_PER_MS;

const MAX_STREAMS_PER_SLOT = 1_000_000;

interface Planned {
  readonly slot: number;
  readonly startNs: number;
  readonly tokens: number;
  readonly seed: number;
}

/**
 * Each of `connections` slots runs one stream after another, with a short pause in between. The
 * first streams arrive as a Poisson process over the ramp (given their number, its arrivals are
 * independent and uniform, so nothing is rescaled) and have a uniformly random length, as if caught
 * in mid-stream: later starts are spread evenly. The last stream of a slot is cut to end by the
 * horizon, so every stream ends with its hash and can be verified whole; the slot is then empty for
 * less than one gap.
 */
export function planPopulation(options: PopulationOptions): Population {
  const { workload, connections, horizonNs, lowPhase } = options;
  const draw = seededDraw(deriveSeed(options.seed, 0x706f70));
  const planned: Planned[] = [];
  for (let slot = 0; slot < connections; slot++) {
    const afterNs = lowPhase === undefined || slot < lowPhase.connections ? 0 : lowPhase.untilNs;
    let startNs = afterNs + Math.round(draw() * options.rampNs);
    for (let turn = 0; turn < MAX_STREAMS_PER_SLOT && startNs < horizonNs; turn++) {
      const seed = seedOf(options, slot, turn);
      const whole = recordedStream(workload, seed)?.tokens ?? workload.tokensPerStream;
      const length = turn === 0 ? 1 + drawBelow(draw, whole) : whole;
      const { tokens, lastNs } = countOffsetsWithin(workload, seed, length, horizonNs - startNs);
      if (tokens === 0) break;
      planned.push({ slot, startNs, tokens, seed });
      // Cut by the horizon. With long gaps, the rest of the slot's time would hold many streams of
      // one token.
      if (tokens < length) break;
      startNs += lastNs + PAUSE_NS;
    }
  }
  planned.sort((a, b) => a.startNs - b.startNs);
  return toColumns(planned);
}

function seedOf(
  { seed, workload, connections }: PopulationOptions,
  slot: number,
  turn: number,
): number {
  const drawn = deriveSeed(seed, slot, turn);
  return workload.gaps.kind === 'recorded'
    ? seedInTurn(drawn, {
        streams: workload.gaps.streams,
        trialSeed: seed,
        slot,
        turn,
        slots: connections,
      })
    : drawn;
}

/**
 * One stream a slot, from its start in the ramp until the horizon: for trials in which streams
 * outlive their connections. Its length is exact, since the text must be verifiable to its end
 * whenever that is received.
 */
function planWholeStreams(options: PopulationOptions): Population {
  const draw = seededDraw(deriveSeed(options.seed, 0x77686f6c));
  const planned: Planned[] = [];
  for (let slot = 0; slot < options.connections; slot++) {
    const startNs = Math.round(draw() * options.rampNs);
    const seed = deriveSeed(options.seed, slot, 0);
    const { tokens } = countOffsetsWithin(
      options.workload,
      seed,
      MAX_TOKENS_PER_WHOLE_STREAM,
      options.horizonNs - startNs,
    );
    if (tokens > 0) planned.push({ slot, startNs, tokens, seed });
  }
  planned.sort((a, b) => a.startNs - b.startNs);
  return toColumns(planned);
}

const MAX_TOKENS_PER_WHOLE_STREAM = 1_000_000;

/** Prefix of the ids of rehearsal streams; those of the trial are plain numbers. */
export const REHEARSAL_PREFIX = 'r';

/**
 * Rehearsal streams are many and short, none longer than those of the trial: opening one is code to
 * be compiled, too.
 */
const REHEARSAL_TOKENS_PER_STREAM = 100;
/**
 * Limit at one stream a ms: streams of a single token would otherwise rehearse for 20 s before
 * every trial.
 */
const MOST_REHEARSAL_STREAMS = 1000;
const REHEARSAL_TOKENS_PER_SECOND = 1000;
const REHEARSAL_START_GAP_NS = 1_000_000;

/**
 * Streams that run before T0 through the same code, so that no window measures a just-in-time
 * compiler at work.
 */
export interface Rehearsal {
  readonly workload: Workload;
  readonly population: Population;
}

/**
 * Bounds where tokens are bytes: in all, a second, and of a stream, which no receiver may be cut off
 * for even if all of it waits.
 */
const REHEARSAL_BYTES = 24 * MIB;
const REHEARSAL_BYTES_PER_SECOND = 32 * MIB;
const REHEARSAL_BYTES_PER_STREAM = MIB / 2;

/**
 * `tokens` in all, or fewer if streams are short or tokens large, at a rate that keeps both sides
 * busy: about 100 streams at a time, one more every ms.
 */
export function planRehearsal(
  workload: Workload,
  seed: number,
  tokens: number,
  payload?: PayloadName,
): Rehearsal {
  const chunkBytes = (payload && payloads[payload].chunk?.bytes) ?? 0;
  const within = (bytes: number): number => Math.max(1, Math.floor(bytes / chunkBytes));
  const tokensPerStream = Math.min(
    REHEARSAL_TOKENS_PER_STREAM,
    workload.tokensPerStream,
    within(REHEARSAL_BYTES_PER_STREAM),
  );
  const streams = Math.min(
    MOST_REHEARSAL_STREAMS,
    Math.ceil(Math.min(tokens, within(REHEARSAL_BYTES)) / tokensPerStream),
  );
  const gapNs = Math.max(
    REHEARSAL_START_GAP_NS,
    (NS_PER_S * tokensPerStream * chunkBytes) / REHEARSAL_BYTES_PER_SECOND,
  );
  const planned = Array.from({ length: streams }, (_, stream) => ({
    slot: stream,
    startNs: stream * gapNs,
    tokens: tokensPerStream,
    seed: deriveSeed(seed, 0x726568, stream),
  }));
  return {
    workload: {
      ...workload,
      tokensPerStream,
      tokensPerSecond: REHEARSAL_TOKENS_PER_SECOND,
      firstTokenMedianMs: 1,
      ...(workload.gaps.kind === 'recorded' && { gaps: { kind: 'fixed' } }),
    },
    population: toColumns(planned),
  };
}

/**
 * The planned streams of a trial, derived alike by server, client and analysis; none when clients
 * request streams unplanned.
 */
export function populationOf(specification: PlannedTrial): Population {
  const {
    workload,
    connections,
    workloadSeed,
    rampNs,
    warmupNs,
    windowNs,
    tailNs,
    recovery,
    timetable,
    lowPhase,
  } = specification;
  const { completions, browserLimits, proxyCells, turns, stops } = specification;
  if ([completions, browserLimits, proxyCells, turns, stops].some((own) => own !== undefined))
    return toColumns([]);
  if (timetable !== undefined) return planTimetabled(timetable, specification);
  const { connecting } = specification;
  if (connecting?.kind === 'storm')
    return toColumns(planStorm(connecting.atNs, { workload, connections, seed: workloadSeed }));
  const horizonNs = warmupNs + windowNs + tailNs;
  const { arrivals } = specification;
  if (arrivals !== undefined)
    return toColumns(planArrivals(arrivals, { workload, seed: workloadSeed, horizonNs }));
  const options = { workload, connections, seed: workloadSeed, rampNs, lowPhase, horizonNs };
  return recovery === undefined ? planPopulation(options) : planWholeStreams(options);
}

/**
 * Counts the connection slots that take part in the window: one of their streams has its first
 * token before the window ends and its last token not before it begins.
 */
export function countPlacesTakingPart(
  population: Population,
  offsetsNs: readonly Float64Array[],
  { windowStartNs, windowEndNs }: { readonly windowStartNs: number; readonly windowEndNs: number },
): number {
  const places = new Set<number>();
  for (const [stream, offsets] of offsetsNs.entries()) {
    const startNs = population.startNs[stream] as number;
    const [firstNs, lastNs] = [
      startNs + (offsets[0] ?? Number.NaN),
      startNs + (offsets.at(-1) ?? Number.NaN),
    ];
    if (firstNs < windowEndNs && lastNs >= windowStartNs)
      places.add(population.slots[stream] as number);
  }
  return places.size;
}

function planTimetabled(
  timetable: Timetable,
  { workload, workloadSeed }: PlannedTrial,
): Population {
  const streams = planTimetable(timetable, {
    seed: workloadSeed,
    tokensPerSecond: workload.tokensPerSecond,
  });
  return toColumns(
    streams.map(({ startNs, seed, dueNs }, slot) => ({
      slot,
      startNs,
      seed,
      tokens: dueNs.length,
    })),
  );
}

/**
 * Due times of the tokens, per stream of `populationOf`, in ns after the stream's origin: the
 * moment at which the server's handler began, or in a timetable the planned start.
 */
export function planAllOffsetsNs(
  specification: PlannedTrial,
  population: Population,
): Float64Array[] {
  const { workload, workloadSeed, timetable } = specification;
  if (timetable === undefined)
    return Array.from(population.seeds, (seed, stream) =>
      planOffsetsNs(workload, seed, population.tokens[stream] as number),
    );
  const streams = planTimetable(timetable, {
    seed: workloadSeed,
    tokensPerSecond: workload.tokensPerSecond,
  });
  return streams.map(({ startNs, dueNs }) => dueNs.map((due) => due - startNs));
}

interface PlannedTrial {
  readonly workload: Workload;
  readonly connections: number;
  readonly workloadSeed: number;
  readonly rampNs: number;
  readonly lowPhase?: PopulationOptions['lowPhase'];
  readonly warmupNs: number;
  readonly windowNs: number;
  readonly tailNs: number;
  readonly recovery?: unknown;
  readonly completions?: unknown;
  readonly browserLimits?: unknown;
  readonly proxyCells?: unknown;
  readonly turns?: unknown;
  readonly stops?: unknown;
  readonly connecting?: ConnectingSpecification | undefined;
  readonly timetable?: Timetable | undefined;
  readonly arrivals?: ArrivalsSpecification | undefined;
}

/**
 * SHA-256 (hex) of everything that determines which bytes are due when: equal for server and
 * client, and for all arms of a block.
 */
export function hashPopulation(
  population: Population,
  fixed: {
    readonly workload: Workload;
    readonly payload: string;
    readonly timetable?: Timetable | undefined;
    readonly large?: object | undefined;
  },
): string {
  const texts = [fixed.workload, fixed.payload, population.streams, population.totalTokens];
  const hash = createHash('sha256').update(
    JSON.stringify([
      ...texts,
      ...[fixed.timetable, fixed.large].filter((condition) => condition !== undefined),
    ]),
  );
  for (const column of [population.startNs, population.tokens, population.seeds])
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return hash.digest('hex');
}

function toColumns(planned: readonly Planned[]): Population {
  const streams = planned.length;
  const base = new Int32Array(streams);
  let totalTokens = 0;
  for (let stream = 0; stream < streams; stream++) {
    base[stream] = totalTokens;
    totalTokens += (planned[stream] as Planned).tokens;
  }
  return {
    streams,
    startNs: Float64Array.from(planned, (one) => one.startNs),
    tokens: Int32Array.from(planned, (one) => one.tokens),
    seeds: Uint32Array.from(planned, (one) => one.seed),
    slots: Int32Array.from(planned, (one) => one.slot),
    base,
    totalTokens,
  };
}
