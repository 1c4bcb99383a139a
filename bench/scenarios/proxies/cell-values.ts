// The cells of one trial: pure functions from its record to a time, a count or nothing.

import type {
  CellKind,
  CellStream,
  Exchange,
  ProxyCellsRecord,
} from '../../contract/proxy-cells.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { median } from '../../analysis/statistics/moments.ts';
import { nearestRank } from '../../analysis/statistics/quantile.ts';

export function streamsOf(
  { streams }: Pick<ProxyCellsRecord, 'streams'>,
  kind: CellKind,
): readonly CellStream[] {
  return streams.filter((stream) => stream.kind === kind);
}

export function firstTokenNs(record: ProxyCellsRecord): number | undefined {
  return median(
    streamsOf(record, 'paced').flatMap(({ askedNs, firstTokenNs: atNs }) =>
      atNs === undefined ? [] : atNs - askedNs,
    ),
  );
}

export function openNs(record: ProxyCellsRecord): number | undefined {
  return median(
    streamsOf(record, 'paced').flatMap(({ askedNs, acceptedNs }) =>
      acceptedNs === undefined ? [] : acceptedNs - askedNs,
    ),
  );
}

/** Fewer samples do not bound a p99: nearest rank would give the maximum. */
const FEWEST_FOR_P99 = 100;

export function deliveryNs(
  { deliveryNs: samples }: Pick<ProxyCellsRecord, 'deliveryNs'>,
  q: 0.5 | 0.99,
): number | undefined {
  if (q === 0.99 && samples.length < FEWEST_FOR_P99) return undefined;
  return nearestRank(Float64Array.from(samples).sort(), q);
}

export function tokensPerRead(record: ProxyCellsRecord): number | undefined {
  const paced = streamsOf(record, 'paced');
  const reads = paced.reduce((sum, stream) => sum + stream.reads, 0);
  return reads === 0 ? undefined : paced.reduce((sum, { tokens }) => sum + tokens, 0) / reads;
}

/** Undefined where no token came. */
export function mostTokensPerRead(record: ProxyCellsRecord): number | undefined {
  const most = Math.max(0, ...streamsOf(record, 'paced').map((one) => one.mostTokensPerRead));
  return most === 0 ? undefined : most;
}

/** Time of something, or the time for which it was waited in vain. */
export interface Wait {
  readonly afterNs?: number;
  readonly waitedNs: number;
}

/**
 * From the stop of a stream to the server noticing; undefined for a stream that had not begun or was
 * over before.
 */
export function stopReach(
  { streams, gone, restart }: ProxyCellsRecord,
  kind: 'stop-active' | 'stop-quiet',
): Wait | undefined {
  const stream = streams.find((one) => one.kind === kind);
  if (stream?.acceptedNs === undefined || stream.ended !== 'stopped') return undefined;
  // The server goes on only until the watched streams are over.
  const lastNs = restart.fromNs;
  const noticed = gone.find(({ id }) => id === stream.id);
  const waitedNs = lastNs - stream.endedNs;
  return noticed === undefined || noticed.atNs > lastNs
    ? { waitedNs }
    : { afterNs: noticed.atNs - stream.endedNs, waitedNs };
}

/**
 * A load process whose timers were later than this may have been late to read, too: then its times
 * say nothing of a path. Half as much would still leave every median as it is.
 */
export const MOST_LATE_NS = 25 * NS_PER_MS;

/** False for a run that was saved before it was counted. */
export function isBusy({
  tickLatenessP99Ns = 0,
}: Pick<ProxyCellsRecord, 'tickLatenessP99Ns'>): boolean {
  return tickLatenessP99Ns > MOST_LATE_NS;
}

/** From the request for a stream to its end by another than its client. */
export function cutOf(
  record: ProxyCellsRecord,
  kind: 'quiet' | 'long',
): (Wait & Pick<CellStream, 'cause' | 'message'>) | undefined {
  const [stream] = streamsOf(record, kind);
  // A stream that was refused was not cut.
  if (stream === undefined || (stream.acceptedNs === undefined && stream.ended === 'failed'))
    return undefined;
  const { askedNs, endedNs, ended, cause, message } = stream;
  // The server that stops then ends what its client has not left yet.
  const { fromNs } = record.restart;
  const waitedNs = Math.min(endedNs, fromNs) - askedNs;
  return ended === 'watched' || endedNs >= fromNs
    ? { waitedNs }
    : {
        afterNs: waitedNs,
        waitedNs,
        ...(cause !== undefined && { cause }),
        ...(message !== undefined && { message }),
      };
}

/** Outcomes of the requests that are sent while no server listens. */
export interface RestartReading {
  /** Requests sent meanwhile, and those that were accepted in the end. */
  readonly asked: number;
  readonly accepted: number;
  /** The client got these messages from the others. */
  readonly refusals: readonly CellStream[];
  /**
   * From when the next server listens to the first stream that is accepted; undefined when none is.
   */
  readonly backAfterNs: number | undefined;
}

/** The next server listens for up to this long before it has said so. */
const LISTENS_BEFORE_NS = 100 * NS_PER_MS;

export function restartOf(record: ProxyCellsRecord): RestartReading {
  const { fromNs, toNs } = record.restart;
  const all = streamsOf(record, 'restart');
  const meanwhile = all.filter(
    ({ askedNs }) => askedNs > fromNs && askedNs < toNs - LISTENS_BEFORE_NS,
  );
  const acceptedNs = all.flatMap((stream) => stream.acceptedNs ?? []);
  return {
    asked: meanwhile.length,
    accepted: meanwhile.filter((stream) => stream.acceptedNs !== undefined).length,
    refusals: meanwhile.filter(({ ended }) => ended === 'failed'),
    backAfterNs: acceptedNs.length === 0 ? undefined : Math.max(0, Math.min(...acceptedNs) - toNs),
  };
}

/** Whether every stream whose tokens came had its first one after the last was due. */
export function isHeld(record: ProxyCellsRecord, lastDueNs: number): boolean {
  const begun = streamsOf(record, 'paced').flatMap(({ askedNs, firstTokenNs: atNs }) =>
    atNs === undefined ? [] : atNs - askedNs,
  );
  return begun.length > 0 && begun.every((ns) => ns >= lastDueNs);
}

/** What left the server for a client that stopped reading, and did not reach it. */
export interface Swallowed {
  readonly bytes: number;
  /** Whether the server was held back; else the path took all that it had. */
  readonly isHeldBack: boolean;
}

/** Undefined for a stream that never began, and from a run that has no such stream. */
export function swallowed({ streams, taken = [] }: ProxyCellsRecord): Swallowed | undefined {
  const stream = streams.find(({ kind }) => kind === 'stalled');
  const own = taken.find(({ id }) => id === stream?.id);
  if (stream?.bytesRead === undefined || stream.firstTokenNs === undefined || own === undefined)
    return undefined;
  return { bytes: Math.max(0, own.bytes - stream.bytesRead), isHeldBack: own.isBlocked };
}

/** Undefined where the response was not whole. */
export function exchangeOf({ exchange }: Pick<ProxyCellsRecord, 'exchange'>): Exchange | undefined {
  return exchange === undefined || 'cause' in exchange ? undefined : exchange;
}

/** What becomes of a client library whose stream was open when the server stopped. */
export interface LibraryReading {
  readonly client: string;
  /** From when the next server listens to its stream; undefined where it had none by the end. */
  readonly backAfterNs: number | undefined;
  readonly gaveUp: boolean;
  /** Causes of its failed attempts, each once; the loss itself is not among them. */
  readonly told: readonly string[];
}

/** The next attempt comes up to a second after the server is back. */
const TO_COME_BACK_NS = 2 * NS_PER_S;

/**
 * Left out are libraries whose streams had not begun, and those that had no time left to come back,
 * because the next server was late.
 */
export function librariesOf({ libraries = [], restart }: ProxyCellsRecord): LibraryReading[] {
  const leftNs = (restart.untilNs ?? Number.POSITIVE_INFINITY) - restart.toNs;
  return libraries.flatMap(({ client, acceptedNs, told, backNs, gaveUpNs }) => {
    if (acceptedNs === undefined || acceptedNs > restart.fromNs) return [];
    const isDecided = backNs !== undefined || gaveUpNs !== undefined;
    if (!isDecided && leftNs < TO_COME_BACK_NS) return [];
    const [, ...attempts] = told.filter(({ atNs }) => atNs >= restart.fromNs);
    return [
      {
        client,
        backAfterNs: backNs === undefined ? undefined : Math.max(0, backNs - restart.toNs),
        gaveUp: gaveUpNs !== undefined,
        told: [...new Set(attempts.map(({ cause }) => cause))],
      },
    ];
  });
}
