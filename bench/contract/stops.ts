// Scenario `cancel`: clients stop streams that run, each at a drawn moment and in one of the ways of
// its transport.

import { z } from 'zod';
import { stopWayNames, waysOf, type StopWay, type TransportStops } from './arms/stop-ways.ts';
import { processUseSchema } from './process-use-schema.ts';
import { deriveSeed } from './random.ts';
import {
  placeCells,
  streamStates,
  tokensBeyond,
  type StreamState,
  type ToldStream,
} from './told-streams.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const count = z.int().nonnegative();
const atNs = z.number();
const way = z.enum(stopWayNames as [StopWay, ...StopWay[]]);

const state = z.enum(streamStates);

export const stopsPlanSchema = z.object({
  /** Rate of the streams that are stopped while tokens flow. */
  activeTokensPerSecond: z.number().positive(),
  /** Rate of those that are stopped while none is due. */
  quietTokensPerSecond: z.number().positive(),
});

/** What the client saw of a stream. */
const stoppedStreamSchema = z.object({
  id: z.string(),
  way,
  state,
  /** Tokens and bytes that it had received when it was stopped; absent for one that was not. */
  atStop: z.object({ atNs, tokens: count, bytes: count }).optional(),
  /** Tokens at its end, and whether it ended with `done` of a stream that was stopped. */
  tokens: count,
  isDone: z.boolean(),
  /** Bytes that the client sent to stop it, those of heads and frames included. */
  sentBytes: count.optional(),
  /** Receipt of the answer to the request that stopped it, ns since T0. */
  answeredNs: atNs.optional(),
  /** Why it, or the request to stop it, failed. */
  failure: z.object({ cause: z.string(), message: z.string() }).optional(),
});

export const stopsTallySchema = z.object({
  node: z.string(),
  /** Resource use in the window. */
  use: processUseSchema,
  streams: z.array(stoppedStreamSchema),
  /** Tokens lost, duplicated, reordered or corrupt; `done` with another number or hash. */
  tokenFaults: count,
  planSha256: z.string(),
});

/** The end of the generation of a stream, as the server made it. */
export const serverStopSchema = z.object({
  id: z.string(),
  by: z.enum(['client-gone', 'cancelled']),
  atNs,
  /** Tokens that were generated, and all bytes that were handed to the connection until then. */
  tokens: count,
  bytes: count,
});

/** One way of stopping streams of one state; the lists have one value a stream, in one order. */
const stopCellSchema = z.object({
  way,
  state,
  /** Streams that were to be stopped; those that ran until they were; those that failed. */
  planned: count,
  stopped: count,
  failed: count,
  /** Streams of which the server had not ended the generation when the trial was over. */
  unnoticed: count,
  /** From the stop at the client to the end of the generation. */
  latencyNs: z.array(z.number()),
  /** Tokens that were generated and not received when the client stopped, and their bytes. */
  vainTokens: z.array(z.int()),
  vainBytes: z.array(z.number()),
  /** Bytes that the client sent for a stop. */
  sentBytes: z.array(count),
  /** The message of the first failure. */
  example: z.string().optional(),
});

export const stopsRecordSchema = z.object({
  cells: z.array(stopCellSchema),
  client: z.object({ node: z.string(), use: processUseSchema }),
  /** Time for which the relay held what passed, by its own clock; absent without round trip. */
  heldP50Ns: z.number().optional(),
});

export type StopsPlan = z.infer<typeof stopsPlanSchema>;
export type StoppedByClient = z.infer<typeof stoppedStreamSchema>;
export type StopsTally = z.infer<typeof stopsTallySchema>;
export type ServerStop = z.infer<typeof serverStopSchema>;
export type StopCell = z.infer<typeof stopCellSchema>;

/** A stream to request, and to stop. */
export interface PlannedStop extends ToldStream {
  readonly way: StopWay;
  readonly state: StreamState;
  /** It is stopped this long after the receipt of this token, counted from 1. */
  readonly stop: { readonly token: number; readonly waitNs: number };
  /** Warms the code of a stop up, and is not counted. */
  readonly isWarmUp: boolean;
}

const SALT = 0x73746f70;
/** By then a second connection is open and has carried an answer, at 80 ms round trip, too. */
const FIRST_TOKEN = 8;
const LAST_TOKEN = 24;
const QUIET_FROM_NS = 100 * NS_PER_MS;
const QUIET_TO_NS = 400 * NS_PER_MS;
const QUIET_TOKENS = 3;
/** From the last request to the end of the window: for its stop, and for that to arrive. */
export const SETTLE_NS = 1200 * NS_PER_MS;
/** Streams of each cell that warm up. */
const WARM_UP_STREAMS = 2;

interface StopTimes {
  readonly workloadSeed: number;
  /** Streams of each way and state. */
  readonly connections: number;
  readonly warmupNs: number;
  readonly windowNs: number;
}

/** A stream’s draws are the same in each way, and in all arms of a block. */
export function planStops(
  plan: StopsPlan,
  stops: TransportStops,
  { workloadSeed, connections, warmupNs, windowNs }: StopTimes,
): readonly PlannedStop[] {
  const ways = waysOf(stops);
  const cells = streamStates.flatMap((of) => ways.map((by) => ({ state: of, way: by })));
  const spreadNs = windowNs - SETTLE_NS;
  const all = (placed: ReturnType<typeof placeCells<(typeof cells)[number]>>, isWarmUp: boolean) =>
    placed.map(({ cell, turn, openNs }): PlannedStop => {
      const seed = deriveSeed(workloadSeed, SALT, turn, isWarmUp ? 1 : 0);
      const drawn = drawStop(plan, cell.state, { seed, longestNs: warmupNs + windowNs });
      return Object.assign(drawn, cell, { seed, openNs, isWarmUp });
    });
  const warmUp = { turns: WARM_UP_STREAMS, fromNs: 0, forNs: warmupNs / 2 };
  const counted = { turns: connections, fromNs: warmupNs, forNs: spreadNs };
  return [...all(placeCells(cells, warmUp), true), ...all(placeCells(cells, counted), false)];
}

function drawStop(
  { activeTokensPerSecond, quietTokensPerSecond }: StopsPlan,
  of: StreamState,
  { seed, longestNs }: { readonly seed: number; readonly longestNs: number },
): Pick<PlannedStop, 'tokens' | 'tokensPerSecond' | 'stop'> {
  const share = deriveSeed(seed, 1) / 2 ** 32;
  if (of === 'quiet')
    return {
      tokens: QUIET_TOKENS,
      tokensPerSecond: quietTokensPerSecond,
      stop: { token: 1, waitNs: QUIET_FROM_NS + share * (QUIET_TO_NS - QUIET_FROM_NS) },
    };
  const token = FIRST_TOKEN + (deriveSeed(seed, 2) % (LAST_TOKEN - FIRST_TOKEN + 1));
  return {
    tokens: tokensBeyond(longestNs, activeTokensPerSecond),
    tokensPerSecond: activeTokensPerSecond,
    // At any moment between two tokens alike.
    stop: { token, waitNs: (share * NS_PER_S) / activeTokensPerSecond },
  };
}
