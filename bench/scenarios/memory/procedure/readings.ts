// Reads a rung of a ladder: memory while it streams, then after full collections in silence, and
// the servers' resource use. Each number is based on several readings, because one of them may
// coincide with an allocation.

import { strict as assert } from 'node:assert';
import type { Footprint, LadderReading, LadderStep, Rung } from '../../../contract/ladder.ts';
import type { MemoryReading } from '../../../contract/run-file.ts';
import { addMemory } from '../../../trial/merge-tallies.ts';
import { readMemory } from '../../../trial/process-memory.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';
import { START_TIMEOUT_MS } from '../../../trial/trial-processes.ts';
import { readKernelMemory } from './kernel-memory.ts';

/** The readings of a rung, with values that show whether it was read at its time. */
export interface ReadRung {
  readonly rung: Rung;
  readonly step: LadderStep;
  /** End of its last reading, ns since T0. */
  readonly readToNs: number;
  /** Counts reported by the servers themselves, after the collections. */
  readonly openStreams: number;
  readonly tokensWritten: number;
}

type Ladder = RunningTrial<'tally'>;

/**
 * Waits for the moments of a rung, and takes its readings. @throws the error that ends the trial
 */
export async function readRung(trial: Ladder, step: LadderStep): Promise<ReadRung> {
  const { connections, way, streamFromNs, streamToNs } = step;
  await trial.until(streamFromNs);
  const streamed = streamToNs > streamFromNs ? await readStreaming(trial, step) : {};
  await trial.until(streamToNs);
  const { retained, totals } = await readRetained(trial);
  const client = addMemory(trial.clients.pids.map(readMemory));
  const kernel = await readKernelMemory(trial.ports, trial.path.withinServer);
  return {
    rung: {
      connections,
      way,
      ...streamed,
      ...(retained !== undefined && { retained }),
      kernel,
      ...(client !== undefined && { client }),
    },
    step,
    readToNs: trial.now(),
    openStreams: totals.openStreams,
    tokensWritten: totals.tokensWritten,
  };
}

const STREAMING_READINGS = 5;

async function readStreaming(
  trial: Ladder,
  { streamFromNs, streamToNs }: LadderStep,
): Promise<Pick<Rung, 'streaming' | 'use'>> {
  const before = await askServers(trial, { collect: false });
  const readings: (MemoryReading | undefined)[] = [];
  for (let reading = 0; reading < STREAMING_READINGS; reading++) {
    await trial.until(
      streamFromNs + ((streamToNs - streamFromNs) * (reading + 0.5)) / STREAMING_READINGS,
    );
    readings.push(await trial.machines.readServerMemory());
  }
  await trial.until(streamToNs);
  const after = await askServers(trial, { collect: false });
  const streaming = summarise(readings, mean);
  const use = useBetween(before, after);
  return { ...(streaming !== undefined && { streaming }), ...(use !== undefined && { use }) };
}

/**
 * Returns undefined when no time has passed: the moments were over before the wait for them, which
 * a gate reports.
 */
function useBetween(
  before: readonly LadderReading[],
  after: readonly LadderReading[],
): Rung['use'] {
  const wallNs = mean(after.map(({ atNs }) => atNs)) - mean(before.map(({ atNs }) => atNs));
  const utilisations = after.flatMap(({ utilisation }) => utilisation ?? []);
  if (wallNs <= 0) return undefined;
  return {
    wallNs,
    cpuNs: sum(after, ({ cpuNs }) => cpuNs) - sum(before, ({ cpuNs }) => cpuNs),
    tokens:
      sum(after, ({ tokensWritten }) => tokensWritten) -
      sum(before, ({ tokensWritten }) => tokensWritten),
    ...(utilisations.length > 0 && { utilisation: Math.max(...utilisations) }),
  };
}

const RETAINED_READINGS = 3;
const BETWEEN_READINGS_NS = 20e6;

interface Retained {
  readonly retained: Rung['retained'];
  /** Sums over all servers. */
  readonly totals: Pick<LadderReading, 'openStreams' | 'tokensWritten'>;
}

async function readRetained(trial: Ladder): Promise<Retained> {
  const own = await askServers(trial, { collect: true });
  const readings: (MemoryReading | undefined)[] = [];
  for (let reading = 0; reading < RETAINED_READINGS; reading++) {
    if (reading > 0) await trial.until(trial.now() + BETWEEN_READINGS_NS);
    readings.push(await trial.machines.readServerMemory());
  }
  const footprint = summarise(readings, middle);
  const retained = footprint && {
    ...footprint,
    heapUsedBytes: sum(own, ({ heapUsedBytes }) => heapUsedBytes),
    externalBytes: sum(own, ({ externalBytes }) => externalBytes),
    arrayBuffersBytes: sum(own, ({ arrayBuffersBytes }) => arrayBuffersBytes),
  };
  return {
    retained,
    totals: {
      openStreams: sum(own, ({ openStreams }) => openStreams),
      tokensWritten: sum(own, ({ tokensWritten }) => tokensWritten),
    },
  };
}

async function askServers(
  { servers, signal }: Ladder,
  asked: { readonly collect: boolean },
): Promise<LadderReading[]> {
  servers.send({ kind: 'read-ladder', ...asked });
  return (await servers.expect('ladder-reading', START_TIMEOUT_MS, signal)).map(
    ({ reading }) => reading,
  );
}

/** Returns undefined when any reading is: a mean over some would look like the mean over all. */
function summarise(
  readings: readonly (MemoryReading | undefined)[],
  of: (values: readonly number[]) => number,
): Footprint | undefined {
  const known = readings.filter((reading) => reading !== undefined);
  if (known.length < readings.length) return undefined;
  const pss = known.flatMap(({ pssBytes }) => pssBytes ?? []);
  const uss = known.flatMap(({ ussBytes }) => ussBytes ?? []);
  return {
    rssBytes: of(known.map(({ rssBytes }) => rssBytes)),
    ...(pss.length === known.length && { pssBytes: of(pss) }),
    ...(uss.length === known.length && { ussBytes: of(uss) }),
  };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

function mean(values: readonly number[]): number {
  return sum(values, (value) => value) / values.length;
}

/** Median of an odd number of values. */
function middle(values: readonly number[]): number {
  assert(values.length % 2 === 1, 'an odd number of readings has one in the middle');
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2] as number;
}
