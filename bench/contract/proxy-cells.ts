// Scenario `proxies`: what a path does to single streams, one cell of a table each. A trial opens all
// of its streams at once, each for one cell, on connections of their own.

import { z } from 'zod';
import { deriveSeed } from './random.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const count = z.int().nonnegative();
const atNs = z.number();

export const proxyCellsPlanSchema = z.object({
  /** Tokens of each stream whose delivery is timed, and their rate. */
  pacedTokens: z.int().min(2),
  pacedTokensPerSecond: z.number().positive(),
  /** Rate of the streams that go on to the end of the trial. */
  longTokensPerSecond: z.number().positive(),
  /**
   * The stream whose client stops reading, once the timed ones are over; absent from runs that were
   * saved before it was requested, as are the exchange and the library clients.
   */
  stalled: z
    .object({
      tokens: z.int().min(1),
      tokenBytes: z.int().min(1),
      tokensPerSecond: z.number().positive(),
    })
    .optional(),
  /** Time from its request until a client stops a stream. */
  stopAfterNs: z.number().positive(),
  /** The limits of idle time of every proxy are divided by this, so that a trial sees them. */
  idleScale: z.number().min(1),
  /**
   * After the watched streams: how long no server listens, and how long requests are sent from then
   * on.
   */
  restart: z.object({ outageNs: z.number().positive(), watchNs: z.number().positive() }),
});

/** Streams by what they are for. */
const cellKinds = {
  'warm-up': 'runs before the others, and is not counted',
  paced: 'is timed token by token',
  'stop-active': 'is stopped by its client while tokens flow',
  'stop-quiet': 'is stopped by its client while no token is due',
  quiet: 'has one token, and then none to the end of the trial',
  long: 'has a token now and then to the end of the trial',
  stalled: 'is large, and its client stops reading at the first token',
  restart: 'is requested while the server restarts, or after that',
} as const satisfies Record<string, string>;

export type CellKind = keyof typeof cellKinds;

const cellStreamSchema = z.object({
  id: z.string(),
  kind: z.enum(Object.keys(cellKinds) as [CellKind, ...CellKind[]]),
  /** Times in ns since T0; absent for what did not happen. */
  askedNs: atNs,
  acceptedNs: atNs.optional(),
  firstTokenNs: atNs.optional(),
  tokens: count,
  /** Reads of the client that carried a token, and the most tokens of one read. */
  reads: count,
  mostTokensPerRead: count,
  /** What the client had read when the trial was over, of a stream that it stopped reading. */
  bytesRead: count.optional(),
  /** `stopped` by its client as planned; `watched` to the end of the trial. */
  ended: z.enum(['whole', 'failed', 'stopped', 'watched']),
  endedNs: atNs,
  /** The client got this message of a failure. */
  cause: z.string().optional(),
  message: z.string().optional(),
});

/** One response as it came, to a request that accepts gzip. */
const exchangeSchema = z.object({
  status: z.int(),
  /** Names of the fields in lower case, as often and in the order in which they came. */
  fields: z.array(z.tuple([z.string(), z.string()])),
  /** Sizes of its chunks; empty for a response that is not chunked. */
  chunkBytes: z.array(count),
  /** Bytes after the head, chunk framing taken off, and their hash. */
  bodyBytes: count,
  bodySha256: z.string(),
});

/** A stream of a client library that is open when the server restarts; times in ns since T0. */
const libraryStreamSchema = z.object({
  client: z.string(),
  acceptedNs: atNs.optional(),
  /** Causes of its losses and failed attempts from the restart on, in their order. */
  told: z.array(z.object({ atNs, cause: z.string(), message: z.string() })),
  /** It was accepted again then. */
  backNs: atNs.optional(),
  /** It will not try again by itself from here on. */
  gaveUpNs: atNs.optional(),
});

export const proxyCellsTallySchema = z.object({
  node: z.string(),
  streams: z.array(cellStreamSchema),
  exchange: z
    .union([exchangeSchema, z.object({ cause: z.string(), message: z.string() })])
    .optional(),
  libraries: z.array(libraryStreamSchema).optional(),
  /** Of the timers of the load process, in the window. */
  tickLatenessP99Ns: z.number().optional(),
  /** Delay of each token of the paced streams after it was due, had the request taken no time. */
  deliveryNs: z.array(z.number()),
  /** Tokens lost, duplicated, reordered or corrupt; of streams that ended whole hashes, too. */
  tokenFaults: count,
});

/** Time at which the server saw the client of a stream gone, ns since T0. */
export const goneClientSchema = z.object({ id: z.string(), atNs });

/** A stream as the server wrote it. */
export const takenStreamSchema = z.object({
  id: z.string(),
  /** Bytes that the kernel had taken of it. */
  bytes: count,
  /** Whether its socket was full then, and did not drain again. */
  isBlocked: z.boolean(),
});

export const proxyCellsRecordSchema = z.object({
  ...proxyCellsTallySchema.shape,
  gone: z.array(goneClientSchema),
  taken: z.array(takenStreamSchema).optional(),
  /**
   * The server was told to stop at one, the next one listened at the other, and clients were watched
   * until the last; ns since T0.
   */
  restart: z.object({ fromNs: atNs, toNs: atNs, untilNs: atNs.optional() }),
});

export type ProxyCellsPlan = z.infer<typeof proxyCellsPlanSchema>;
export type CellStream = z.infer<typeof cellStreamSchema>;
export type ProxyCellsTally = z.infer<typeof proxyCellsTallySchema>;
export type Exchange = z.infer<typeof exchangeSchema>;
export type LibraryStream = z.infer<typeof libraryStreamSchema>;
export type TakenStream = z.infer<typeof takenStreamSchema>;
export type GoneClient = z.infer<typeof goneClientSchema>;
export type ProxyCellsRecord = z.infer<typeof proxyCellsRecordSchema>;

/** A stream to request. */
export interface PlannedCell {
  readonly kind: CellKind;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly seed: number;
  /** Bytes by which each of its payloads is longer; absent for none. */
  readonly paddingBytes?: number;
  /** Ns since T0. */
  readonly openNs: number;
  /** Its client stops it then; absent where it does not. */
  readonly stopNs?: number;
}

/** A quiet stream has its next token after the trial. */
const QUIET_TOKENS_PER_SECOND = 0.002;
const QUIET_TOKENS = 2;
/** A stream that goes on to the end must not end by itself. */
const SPARE_NS = 60 * NS_PER_S;
/** Between requests while the server restarts, and the time that the last of them has. */
const RESTART_EVERY_NS = NS_PER_S / 2;
const RESTART_LAST_NS = 1.5 * NS_PER_S;
const SALT = 0x63656c6c;

interface CellTimes {
  readonly workloadSeed: number;
  /** Streams at once whose delivery is timed. */
  readonly connections: number;
  readonly warmupNs: number;
  readonly windowNs: number;
}

/** The moment at which watched streams are over and the server stops; the window ends later. */
export function watchedToNs({
  warmupNs,
  windowNs,
  plan,
}: Pick<CellTimes, 'warmupNs' | 'windowNs'> & { readonly plan: ProxyCellsPlan }): number {
  return warmupNs + windowNs - plan.restart.watchNs;
}

/** Gaps vary: so long after the last timed token is due, on average, it has come. */
const AFTER_TIMED_NS = NS_PER_S / 4;

/** Between two requests: at once, each would wait for what a fresh process does for the others. */
const STAGGER_NS = 20 * NS_PER_MS;

/** Time from the first request of the timed streams until the last token of the last has come. */
function pacedNs(
  { pacedTokens, pacedTokensPerSecond }: ProxyCellsPlan,
  connections: number,
): number {
  const streamNs = (NS_PER_S * pacedTokens) / pacedTokensPerSecond;
  return connections * STAGGER_NS + streamNs + AFTER_TIMED_NS;
}

/** The moment from which on a trial neither times tokens nor takes much CPU. */
export function timedToNs(
  plan: ProxyCellsPlan,
  { warmupNs, connections }: Pick<CellTimes, 'warmupNs' | 'connections'>,
): number {
  const { stalled } = plan;
  const stalledNs =
    stalled === undefined ? 0 : (NS_PER_S * stalled.tokens) / stalled.tokensPerSecond;
  return warmupNs + pacedNs(plan, connections) + stalledNs;
}

function restartCells(
  { watchNs }: ProxyCellsPlan['restart'],
  fromNs: number,
): readonly Omit<PlannedCell, 'seed'>[] {
  const times = Math.floor((watchNs - RESTART_LAST_NS) / RESTART_EVERY_NS);
  return Array.from({ length: times }, (_, time) => ({
    kind: 'restart' as const,
    tokens: 2,
    tokensPerSecond: 100,
    openNs: fromNs + (time + 1 / 2) * RESTART_EVERY_NS,
  }));
}

/** The stream whose response is kept as it came. */
export const EXCHANGE = { id: 'exchange', tokens: 20, tokensPerSecond: 50, seed: 1 } as const;
/** A stream of a library client has begun by the restart, and goes on for longer than the trial. */
export const LIBRARY = {
  beforeNs: 1.5 * NS_PER_S,
  /** A library that does not reconnect by itself is asked again so long after each failure. */
  againNs: NS_PER_S,
  tokens: 600,
  tokensPerSecond: 5,
} as const;

/** The streams of a trial: the same in every arm of a block. */
export function planCells(
  plan: ProxyCellsPlan,
  { workloadSeed, connections, warmupNs, windowNs }: CellTimes,
): readonly PlannedCell[] {
  const paced = { tokens: plan.pacedTokens, tokensPerSecond: plan.pacedTokensPerSecond };
  const long = {
    tokens: Math.ceil((plan.longTokensPerSecond * (windowNs + SPARE_NS)) / NS_PER_S),
    tokensPerSecond: plan.longTokensPerSecond,
  };
  const quiet = { tokens: QUIET_TOKENS, tokensPerSecond: QUIET_TOKENS_PER_SECOND };
  const openNs = (place: number): number => warmupNs + place * STAGGER_NS;
  const stop = (place: number): Pick<PlannedCell, 'openNs' | 'stopNs'> => ({
    openNs: openNs(place),
    stopNs: openNs(place) + plan.stopAfterNs,
  });
  const warmUp = {
    tokens: Math.max(2, Math.floor((plan.pacedTokensPerSecond * warmupNs) / (2 * NS_PER_S))),
    tokensPerSecond: plan.pacedTokensPerSecond,
    openNs: 0,
  };
  const cells: readonly Omit<PlannedCell, 'seed'>[] = [
    { kind: 'warm-up', ...warmUp },
    { kind: 'warm-up', ...warmUp },
    ...Array.from({ length: connections }, (_, index) => ({
      kind: 'paced' as const,
      ...paced,
      openNs: openNs(index),
    })),
    { kind: 'stop-active', ...long, ...stop(connections) },
    { kind: 'stop-quiet', ...quiet, ...stop(connections + 1) },
    { kind: 'quiet', ...quiet, openNs: openNs(connections + 2) },
    { kind: 'long', ...long, openNs: openNs(connections + 3) },
    ...(plan.stalled === undefined
      ? []
      : [
          {
            kind: 'stalled' as const,
            tokens: plan.stalled.tokens,
            tokensPerSecond: plan.stalled.tokensPerSecond,
            paddingBytes: plan.stalled.tokenBytes,
            // It would take the CPU from the timed streams, and so begins after them.
            openNs: warmupNs + pacedNs(plan, connections),
          },
        ]),
    ...restartCells(plan.restart, watchedToNs({ warmupNs, windowNs, plan })),
  ];
  return cells.map((cell, index) =>
    Object.assign({ seed: deriveSeed(workloadSeed, SALT, index) }, cell),
  );
}
