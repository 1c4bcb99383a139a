// Joins the stamps of the clients of a faulted trial into its distributions, its curve and its
// counts. Due times are no stamps: tokens are generated outside the server, and every process
// computes their times from the plan.

import assert from 'node:assert/strict';
import { quantileOf, type Distribution } from '../../contract/distribution.ts';
import { faults, type Fault, type FaultName } from '../../contract/faults.ts';
import { generationDueNs, type Quiet } from '../../contract/generation.ts';
import type { Population } from '../../contract/population.ts';
import type { RecoveryCurve, RecoveryRecord } from '../../contract/recovery.ts';
import type { DistributionName } from '../../contract/run-file.ts';
import type { StampColumns } from '../../contract/stamps.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import { curveOf } from './recovery-curve.ts';
import {
  followStream,
  timeCaughtUpNs,
  type StreamCourse,
  type StreamStamps,
} from './stream-course.ts';

/** All times in ns since T0. */
export interface RecoveryJoinInput {
  readonly population: Population;
  /** Due times of the tokens by stream, ns after the stream's planned start. */
  readonly offsetsNs: readonly Float64Array[];
  readonly fault: FaultName;
  /** The silence as planned, since server and client use the plan too. */
  readonly quiet?: Quiet;
  /**
   * Actual times of the fault and of the end of its cause; the latter is absent for a fault without
   * an outage.
   */
  readonly faultNs: number;
  readonly healNs?: number;
  readonly warmupEndNs: number;
  /** End of the trial: the curve reaches at least to it. */
  readonly endNs: number;
  /**
   * Stamps by stream: `pausedNs`, and of its first loss after the fault `lostNs`, `attemptNs`,
   * `openNs` (of the connection that brought the new token) and `newNs`; by token: `receivedNs`; in
   * any order and number: `attemptsNs`, `acceptedNs`. NaN for an event that never happened.
   */
  readonly client: StampColumns;
}

export interface JoinedRecovery extends Pick<
  RecoveryRecord,
  'clients' | 'noticed' | 'resumed' | 'neverBack' | 'tokensDueAway'
> {
  readonly distributions: Partial<Record<DistributionName, Distribution>>;
  readonly curve: RecoveryCurve;
}

const BIN_NS = 100 * NS_PER_MS;

/** One value per client, in order of planned start; clients without the event have none. */
export function joinRecovery(input: RecoveryJoinInput): JoinedRecovery {
  const { population, client, faultNs, healNs, endNs } = input;
  const streams = Array.from({ length: population.streams }, (_, stream) =>
    takeStream(input, stream),
  );
  const courses = streams.map((stream) => followStream(stream, input));
  const delivery = sampleDelivery(input, streams);
  const usualNs = quantileOf(delivery.beforeFaultDeliveryNs, 0.5);
  const caughtUp = streams.map((stream, index) =>
    timeCaughtUpNs(stream, courses[index] as StreamCourse, usualNs),
  );
  const since = (
    fromNs: number | undefined,
    of: (course: StreamCourse) => number | undefined,
  ): Distribution | undefined =>
    fromNs === undefined
      ? undefined
      : summarise(courses.map((course) => minus(of(course), fromNs)));
  const afterHeal = ({ resumedNs }: StreamCourse): number | undefined =>
    resumedNs !== undefined && healNs !== undefined && resumedNs >= healNs ? resumedNs : undefined;
  return {
    distributions: withoutUndefined({
      ...delivery,
      faultToDetectNs: since(faultNs, ({ lostNs }) => lostNs),
      faultToAttemptNs: since(faultNs, ({ attemptNs }) => attemptNs),
      faultToOpenNs: since(faultNs, ({ openNs }) => openNs),
      faultToResumedNs: since(faultNs, ({ resumedNs }) => resumedNs),
      faultToCaughtUpNs: summarise(caughtUp.map((ns) => minus(ns, faultNs))),
      attemptToOpenNs: summarise(courses.map(({ openNs, attemptNs }) => minus(openNs, attemptNs))),
      healToResumedNs: since(healNs, afterHeal),
      visibleGapNs: summarise(courses.map(({ gapNs }) => gapNs)),
    }),
    curve: curveOf({
      binNs: BIN_NS,
      faultNs,
      endNs,
      attemptsNs: takeAny(client, 'attemptsNs'),
      acceptedNs: takeAny(client, 'acceptedNs'),
      resumedNs: courses.flatMap(({ resumedNs }) => resumedNs ?? []),
    }),
    clients: population.streams,
    noticed: courses.filter(({ lostNs }) => lostNs !== undefined).length,
    resumed: courses.filter(({ resumedNs }) => resumedNs !== undefined).length,
    neverBack: courses.filter(({ isNeverBack }) => isNeverBack).length,
    tokensDueAway: courses.reduce((sum, { tokensDueAway }) => sum + tokensDueAway, 0),
  };
}

function takeStream(
  { population, offsetsNs, quiet, client }: RecoveryJoinInput,
  stream: number,
): StreamStamps {
  const base = population.base[stream] as number;
  const tokens = population.tokens[stream] as number;
  const offsets = offsetsNs[stream];
  assert(
    offsets !== undefined && offsets.length >= tokens,
    'every token of every stream has an offset',
  );
  const stamp = (name: string): number | undefined => {
    const ns = take(client, name, population.streams)[stream] as number;
    return Number.isNaN(ns) ? undefined : ns;
  };
  return {
    dueNs: generationDueNs(
      population.startNs[stream] as number,
      offsets.subarray(0, tokens),
      quiet,
    ),
    receivedNs: take(client, 'receivedNs', population.totalTokens).subarray(base, base + tokens),
    pausedNs: stamp('pausedNs'),
    lostNs: stamp('lostNs'),
    attemptNs: stamp('attemptNs'),
    openNs: stamp('openNs'),
    newNs: stamp('newNs'),
  };
}

function take(columns: StampColumns, name: string, length: number): Float64Array {
  const column = columns[name];
  assert(
    column !== undefined && column.length === length,
    `stamps ${name} have one entry for each of ${length}`,
  );
  return column;
}

function takeAny(columns: StampColumns, name: string): Float64Array {
  const column = columns[name];
  assert(column !== undefined, `there are stamps ${name}`);
  return column;
}

/** Time for which neighbours are observed when the fault has no end of its own. */
const NEIGHBOUR_NS = 2 * NS_PER_S;

function sampleDelivery(
  { fault, faultNs, healNs, warmupEndNs }: RecoveryJoinInput,
  streams: readonly StreamStamps[],
): Partial<Record<'beforeFaultDeliveryNs' | 'neighbourDeliveryNs', Distribution>> {
  const before = deliveryOf(streams, warmupEndNs, faultNs);
  // When the connections of all clients break, there are no neighbours.
  const isSome = (faults[fault] as Fault).action.by === 'client';
  const readers = isSome ? streams.filter(({ pausedNs }) => pausedNs === undefined) : [];
  const neighbours = deliveryOf(readers, faultNs, healNs ?? faultNs + NEIGHBOUR_NS);
  return {
    ...(before !== undefined && { beforeFaultDeliveryNs: before }),
    ...(neighbours !== undefined && { neighbourDeliveryNs: neighbours }),
  };
}

/**
 * Times from due to received of the tokens due in [fromNs, untilNs), in due order; lost tokens are
 * counted elsewhere.
 */
function deliveryOf(
  streams: readonly StreamStamps[],
  fromNs: number,
  untilNs: number,
): Distribution | undefined {
  const samples: { readonly dueNs: number; readonly deliveryNs: number }[] = [];
  for (const { dueNs, receivedNs } of streams) {
    for (const [token, due] of dueNs.entries()) {
      const deliveryNs = (receivedNs[token] as number) - due;
      if (due >= fromNs && due < untilNs && !Number.isNaN(deliveryNs))
        samples.push({ dueNs: due, deliveryNs });
    }
  }
  samples.sort((a, b) => a.dueNs - b.dueNs);
  return summarise(samples.map(({ deliveryNs }) => deliveryNs));
}

function summarise(values: readonly (number | undefined)[]): Distribution | undefined {
  return summariseDistribution(Float64Array.from(values.filter((value) => value !== undefined)));
}

function minus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}

function withoutUndefined(
  distributions: Partial<Record<DistributionName, Distribution | undefined>>,
): Partial<Record<DistributionName, Distribution>> {
  const kept: Partial<Record<DistributionName, Distribution>> = {};
  for (const [name, distribution] of Object.entries(distributions) as [
    DistributionName,
    Distribution | undefined,
  ][])
    if (distribution !== undefined) kept[name] = distribution;
  return kept;
}
