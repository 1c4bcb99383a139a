// Merges the tallies of several processes of one kind into that of a single process doing all the
// work. Counts and CPU time add up; for values by which a process is judged busy or late, the worst
// of them stands for all.

import assert from 'node:assert/strict';
import type { MemoryReading } from '../contract/run-file.ts';
import type { StampColumns } from '../contract/stamps.ts';
import type { ClientTally, OpenCount, ProcessUse, ServerTally } from '../contract/tally.ts';

/** One element or more. */
type Several<T> = readonly T[];

export function mergeServerTallies(tallies: Several<ServerTally>): ServerTally {
  const first = firstOf(tallies);
  if (tallies.length === 1) return first;
  const injected = tallies.flatMap((one) => (one.injected === undefined ? [] : [one.injected]));
  const stalls = tallies.flatMap((one) => one.stalls ?? []);
  return {
    node: first.node,
    use: mergeUse(tallies.map(({ use }) => use)),
    ...sums(tallies, serverCounts),
    streamsCut: addRecords(tallies.map(({ streamsCut }) => streamsCut)),
    ...mergePlans(tallies),
    ...(injected.length > 0 && { injected: addRecords(injected) }),
    ...(stalls.length > 0 && { stalls }),
  };
}

const serverCounts = [
  'windowTokens',
  'windowBytes',
  'tokensWritten',
  'streamsOpened',
  'streamsFinished',
  'bytesWritten',
  'headBytes',
  'sameTickTokens',
  'earlyTokens',
  'backpressured',
] as const satisfies readonly (keyof ServerTally)[];

export function mergeClientTallies(tallies: Several<ClientTally>): ClientTally {
  const first = firstOf(tallies);
  if (tallies.length === 1) return first;
  const tokenReads = tallies.map((one) => one.tokenReads);
  const kept = tallies.flatMap((one) => one.kept ?? []);
  const sessions = tallies.flatMap((one) => one.tlsSessions ?? []);
  return {
    node: first.node,
    use: mergeUse(tallies.map(({ use }) => use)),
    ...sums(tallies, clientCounts),
    errors: mergeErrors(tallies.flatMap(({ errors }) => errors)),
    ...sumsWhereAllKnow(tallies, [
      'bytesRead',
      'headBytes',
      'tokenFrameBytes',
      'bytesSent',
      'modelBytes',
      'modelTokenBytes',
      'modelIdBytes',
    ]),
    ...(tokenReads.every((reads) => reads !== undefined) && {
      tokenReads: tokenReads.reduce((sum, reads) => sum + reads, 0),
    }),
    ...mergePlans(tallies),
    ...(kept.length > 0 && { kept: sums(kept, ['opened', 'reused', 'lost']) }),
    ...(sessions.length > 0 && { tlsSessions: sums(sessions, ['resumed', 'whole']) }),
  };
}

const clientCounts = [
  'streamsPlanned',
  'streamsStarted',
  'streamsVerified',
  'tokensPlanned',
  'tokensReceived',
  'lost',
  'duplicated',
  'reordered',
  'corrupt',
  'hashMismatches',
  'payloadBytes',
  'startsUnissued',
  'windowTokens',
] as const satisfies readonly (keyof ClientTally)[];

function mergeUse(uses: Several<ProcessUse>): ProcessUse {
  const sum = (of: (use: ProcessUse) => number): number =>
    uses.reduce((total, use) => total + of(use), 0);
  const worst = (of: (use: ProcessUse) => number): number => Math.max(...uses.map(of));
  const worstKnown = (of: (use: ProcessUse) => number | undefined): number | undefined => {
    const values = uses.map(of).filter((value) => value !== undefined);
    return values.length === uses.length ? Math.max(...values) : undefined;
  };
  const runDelayNs = worstKnown((use) => use.runDelayNs);
  const tickLatenessP50Ns = worstKnown((use) => use.tickLatenessP50Ns);
  const tickLatenessP99Ns = worstKnown((use) => use.tickLatenessP99Ns);
  return {
    wallNs: worst((use) => use.wallNs),
    cpuUserNs: sum((use) => use.cpuUserNs),
    cpuSystemNs: sum((use) => use.cpuSystemNs),
    eventLoopUtilisation: worst((use) => use.eventLoopUtilisation),
    eventLoopUtilisationMax: worst((use) => use.eventLoopUtilisationMax),
    gcMinorNs: worst((use) => use.gcMinorNs),
    gcMajorNs: worst((use) => use.gcMajorNs),
    gcOtherNs: worst((use) => use.gcOtherNs),
    ...(runDelayNs !== undefined && { runDelayNs }),
    ...(tickLatenessP50Ns !== undefined && { tickLatenessP50Ns }),
    ...(tickLatenessP99Ns !== undefined && { tickLatenessP99Ns }),
    heapUsedBytes: sum((use) => use.heapUsedBytes),
    externalBytes: sum((use) => use.externalBytes),
  };
}

/**
 * Every process plans all streams. Hashes that differ are concatenated, so that the result equals
 * no other hash.
 */
function mergePlans(tallies: readonly { readonly planSha256?: string | undefined }[]): {
  planSha256?: string;
} {
  const hashes = new Set(tallies.map(({ planSha256 }) => planSha256 ?? ''));
  const planSha256 = [...hashes].join(' and ');
  return planSha256 === '' ? {} : { planSha256 };
}

function mergeErrors(errors: ClientTally['errors']): ClientTally['errors'] {
  const byCause = Map.groupBy(errors, ({ cause }) => cause);
  return [...byCause].map(([cause, ofCause]) => ({
    cause,
    count: ofCause.reduce((sum, { count }) => sum + count, 0),
    example: ofCause[0]?.example ?? '',
  }));
}

/**
 * Each stamp was taken by the one process that ran the stream; the others have NaN there. Stamps
 * are read one after another, since those of each process have room for the stamps of all.
 */
export async function mergeStamps(
  reads: Several<() => Promise<StampColumns>>,
): Promise<StampColumns> {
  const merged = await firstOf(reads)();
  for (const read of reads.slice(1)) {
    const columns = await read();
    for (const [name, column] of Object.entries(merged)) addStamps(column, columns[name], name);
  }
  return merged;
}

function addStamps(merged: Float64Array, column: Float64Array | undefined, name: string): void {
  assert(
    column?.length === merged.length,
    `processes of one trial have as many stamps ${name} as each other`,
  );
  for (let index = 0; index < column.length; index++) {
    const stamp = column[index] as number;
    if (Number.isNaN(stamp)) continue;
    assert(Number.isNaN(merged[index]), `one process alone takes each stamp ${name}`);
    merged[index] = stamp;
  }
}

export function addOpenCounts(counts: Several<OpenCount>): OpenCount {
  return sums(counts, ['streams', 'tokens', 'bytes', 'preludeBytes']);
}

/**
 * Returns undefined when any reading is missing: a sum over some would look like the sum over all.
 */
export function addMemory(
  readings: readonly (MemoryReading | undefined)[],
): MemoryReading | undefined {
  const known = readings.filter((reading) => reading !== undefined);
  if (known.length === 0 || known.length < readings.length) return undefined;
  const sum = (of: (reading: MemoryReading) => number | undefined): number | undefined =>
    known
      .map(of)
      .reduce(
        (total, value) => (total === undefined || value === undefined ? undefined : total + value),
        0,
      );
  const [pssBytes, ussBytes] = [sum((one) => one.pssBytes), sum((one) => one.ussBytes)];
  return {
    rssBytes: sum((one) => one.rssBytes) ?? 0,
    ...(pssBytes !== undefined && { pssBytes }),
    ...(ussBytes !== undefined && { ussBytes }),
  };
}

function sums<Key extends string>(
  all: readonly Readonly<Record<Key, number>>[],
  keys: readonly Key[],
): Record<Key, number> {
  return Object.fromEntries(
    keys.map((key) => [key, all.reduce((sum, one) => sum + one[key], 0)]),
  ) as Record<Key, number>;
}

/** Leaves out keys that any of them lacks: a sum over some would look like the sum over all. */
function sumsWhereAllKnow<Key extends string>(
  all: readonly Readonly<Partial<Record<Key, number | undefined>>>[],
  keys: readonly Key[],
): Partial<Record<Key, number>> {
  const known = keys.filter((key) => all.every((one) => one[key] !== undefined));
  return sums(all as readonly Readonly<Record<Key, number>>[], known);
}

function addRecords(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const added: Record<string, number> = {};
  for (const [key, value] of records.flatMap((record) => Object.entries(record)))
    added[key] = (added[key] ?? 0) + value;
  return added;
}

/** For a procedure whose trials have one process of each kind. */
export function onlyOne<T>(all: Several<T>): T {
  assert(all.length === 1, `one process of each kind takes part, not ${all.length}`);
  return firstOf(all);
}

function firstOf<T>([first]: Several<T>): T {
  if (first === undefined) throw new RangeError('a trial has at least one process of each kind');
  return first;
}
