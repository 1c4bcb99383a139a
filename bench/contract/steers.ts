// Scenario `steer`: clients send input to streams that run, again and again at drawn moments, in one
// of the ways of their transport. The server makes each input the stream's next token.

import { z } from 'zod';
import { tellWayNames, tellWaysOf, type TellWay, type TransportStops } from './arms/stop-ways.ts';
import { distributionSchema } from './distribution.ts';
import { processUseSchema } from './process-use-schema.ts';
import { deriveSeed, seededDraw } from './random.ts';
import {
  placeCells,
  streamStates,
  tokensBeyond,
  type StreamState,
  type ToldStream,
} from './told-streams.ts';
import { NS_PER_MS } from './units.ts';

const count = z.int().nonnegative();
const atNs = z.number();
const way = z.enum(tellWayNames);
const state = z.enum(streamStates);

export const steersPlanSchema = z.object({
  /** Rate of the streams that are steered while tokens flow. */
  activeTokensPerSecond: z.number().positive(),
  /** Rate of those that are steered while hardly a token is due. */
  quietTokensPerSecond: z.number().positive(),
});

/** A stream as its client steered and saw it. */
const steeredStreamSchema = z.object({
  id: z.string(),
  way,
  state,
  /** Inputs that were planned within the window. */
  planned: count,
  /** All that were sent, by their numbers. */
  steers: z.array(
    z.object({
      number: count,
      sentNs: atNs,
      /** Receipt of the token that carries it; absent where none came. */
      seenNs: atNs.optional(),
      /** Sent before the window, by the plan. */
      isWarmUp: z.literal(true).optional(),
    }),
  ),
  /** Bytes that the client sent for one input, those of heads and frames included; the most. */
  sentBytes: count,
  /** Why it, or a request beside it, failed. */
  failure: z.object({ cause: z.string(), message: z.string() }).optional(),
});

export const steersTallySchema = z.object({
  node: z.string(),
  /** Resource use in the window. */
  use: processUseSchema,
  streams: z.array(steeredStreamSchema),
  /** Tokens lost, duplicated, reordered or corrupt, those that carry an input included. */
  tokenFaults: count,
  planSha256: z.string(),
});

/** An input that the server has taken up. */
export const serverSteerSchema = z.object({
  id: z.string(),
  text: z.string(),
  receivedNs: atNs,
  writtenNs: atNs,
});

/** One way of steering streams of one state. */
const steerCellSchema = z.object({
  way,
  state,
  /** Inputs planned in the window, sent, received by the server, and seen by the client. */
  planned: count,
  sent: count,
  received: count,
  seen: count,
  /** Streams that failed, of which the message of the first. */
  failed: count,
  example: z.string().optional(),
  /** From the client’s send to the server’s receipt. */
  upNs: distributionSchema.optional(),
  /** From the server’s receipt to its write of the token that carries the input. */
  takenNs: distributionSchema.optional(),
  /** From the client’s send to the receipt of that token. */
  backNs: distributionSchema.optional(),
  sentBytes: count,
});

export const steersRecordSchema = z.object({
  cells: z.array(steerCellSchema),
  client: z.object({ node: z.string(), use: processUseSchema }),
  /** Time for which the relay held what passed, by its own clock; absent without round trip. */
  heldP50Ns: z.number().optional(),
});

export type SteersPlan = z.infer<typeof steersPlanSchema>;
export type SteeredByClient = z.infer<typeof steeredStreamSchema>;
export type SteersTally = z.infer<typeof steersTallySchema>;
export type ServerSteer = z.infer<typeof serverSteerSchema>;
export type SteerCell = z.infer<typeof steerCellSchema>;

/** The text of an input, by which it is known again; those of a stream are numbered from 0. */
export function steerText(number: number): string {
  return `Wait: please do it the other way (${number}).`;
}

/** A stream to request, and to steer. */
export interface PlannedSteers extends ToldStream {
  readonly way: TellWay;
  readonly state: StreamState;
  /** When its inputs are sent, ns since T0; those before the window warm up. */
  readonly steersNs: readonly number[];
}

const SALT = 0x73746572;
/** By then a second connection is open and has carried an answer, at 80 ms round trip, too. */
const OPENING_NS = 400 * NS_PER_MS;
/** Time between two inputs of a stream: longer than a request and its answer take over 80 ms. */
const LEAST_GAP_NS = 100 * NS_PER_MS;
const MOST_GAP_NS = 160 * NS_PER_MS;
/** From the last input to the end of the window: for its way on a new connection, and back. */
export const SETTLE_NS = 300 * NS_PER_MS;
/** One stream in so many opens a connection for each input: a cell that is shown, not compared. */
const NEW_REQUEST_ONE_IN = 4;
/** Tokens of a quiet stream besides those that are due. */
const SPARE_TOKENS = 2;

interface SteerTimes {
  readonly workloadSeed: number;
  /** Streams of each way and state; fewer where each input opens a connection. */
  readonly connections: number;
  readonly warmupNs: number;
  readonly windowNs: number;
}

/** A stream’s draws are the same in each way, and in all arms of a block. */
export function planSteers(
  plan: SteersPlan,
  stops: TransportStops,
  { workloadSeed, connections, warmupNs, windowNs }: SteerTimes,
): readonly PlannedSteers[] {
  const cells = streamStates.flatMap((of) =>
    tellWaysOf(stops).map((by) => ({ state: of, way: by })),
  );
  const forNs = Math.max(0, warmupNs - OPENING_NS) / 2;
  const endNs = warmupNs + windowNs;
  return placeCells(cells, { turns: connections, fromNs: 0, forNs })
    .filter(({ cell, turn }) => cell.way !== 'new-request' || turn % NEW_REQUEST_ONE_IN === 0)
    .map(({ cell, turn, openNs }) => {
      const seed = deriveSeed(workloadSeed, SALT, turn);
      const tokensPerSecond =
        cell.state === 'active' ? plan.activeTokensPerSecond : plan.quietTokensPerSecond;
      // From a moment on that does not depend on the stream's place among the cells.
      const steersNs = drawSteers(seed, forNs + OPENING_NS, endNs - SETTLE_NS);
      const tokens = tokensBeyond(endNs, tokensPerSecond) + SPARE_TOKENS + steersNs.length;
      return Object.assign({ tokens, tokensPerSecond, seed, openNs, steersNs }, cell);
    });
}

function drawSteers(seed: number, fromNs: number, toNs: number): readonly number[] {
  const draw = seededDraw(deriveSeed(seed, 1));
  const times: number[] = [];
  for (
    let at = fromNs + draw() * MOST_GAP_NS;
    at < toNs;
    at += LEAST_GAP_NS + draw() * (MOST_GAP_NS - LEAST_GAP_NS)
  )
    times.push(at);
  return times;
}
