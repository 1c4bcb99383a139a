// Joins the stamps of server and client into the distributions of a trial. The stamps are not sent
// with the tokens: they are joined here by stream and sequence.

import assert from 'node:assert/strict';
import type { Course } from '../contract/course.ts';
import type { Distribution } from '../contract/distribution.ts';
import { quantileOf } from '../contract/distribution.ts';
import type { CompletedTrial, DistributionName } from '../contract/run-file.ts';
import type { StampColumns } from '../contract/stamps.ts';
import { measureCourse } from './measure-course.ts';
import { countMissingStamps, type JoinColumns } from './missing-stamps.ts';
import { turnPeriods } from './pacer-turns.ts';
import { measureSteadiness } from './steadiness.ts';
import { summariseDistribution } from './statistics/summarise-distribution.ts';
import { findWindowMembers, type WindowMembers, type WindowPlan } from './window-members.ts';

export interface JoinInput extends WindowPlan {
  /**
   * True when the plan's offsets count from the stream's planned start, and not from when the
   * server's handler began.
   */
  readonly isOnTimetable?: boolean;
  /** True when the client cannot observe its connections: no stream has a `connectNs`. */
  readonly isConnectHidden?: boolean;
  /** Number of server processes that shared the streams. */
  readonly serverProcesses?: number;
  /**
   * True when the client observes messages only, and not the reads that contained them: there are
   * no gaps between reads.
   */
  readonly isReadHidden?: boolean;
  /**
   * `handlerNs` by stream (s1), `readyNs` (s2′) and `writtenNs` (s3) by token; ns since T0, NaN
   * when never taken. Files from before 0.2 have no s2′.
   */
  readonly server: StampColumns;
  /**
   * `startNs` (c1), `connectNs` (c2), `acceptNs` (c4), `endNs` (c6) by stream; `receivedNs` (c5) by
   * token, and for a page `appendedNs` (c7), too.
   */
  readonly client: StampColumns;
}

export interface JoinedStamps {
  readonly distributions: Partial<Record<DistributionName, Distribution>>;
  /**
   * Stamps that a sample of the window needs and that were never taken; their samples are left out.
   */
  readonly missingStamps: number;
  /**
   * Most negative one-way delay from the write to the receipt of a token; 0 when none was negative.
   */
  readonly mostNegativeNs: number;
  readonly steadiness: CompletedTrial['steadiness'];
  /** The window second by second, without its processes. */
  readonly course: Course;
  readonly windowStarts: number;
  readonly windowTokens: number;
  readonly meanConcurrent: number;
  /**
   * Share of the window's tokens that one turn of the pacer sent together with the token before
   * them; undefined without stamps of turns.
   */
  readonly sameTurnShare: number | undefined;
  /** undefined without tokens in the window. */
  readonly latenessMedianNs: number | undefined;
}

/**
 * Samples of a distribution in order of planned time; NaN when a stamp is missing or the sample
 * does not exist.
 */
type Samples = Partial<Record<DistributionName, Float64Array>>;

/** The plan decides the members (see window-members.ts), the stamps their samples. */
export function joinStamps(input: JoinInput): JoinedStamps {
  const columns = takeColumns(input);
  const members = findWindowMembers(input);
  const tokenSamples = sampleTokens(input, columns, members);
  const ofTokens: Samples = { ...tokenSamples, ...sampleAppends(input, columns, members) };
  const samples: Samples = {
    ...sampleTurns(input, columns, members),
    ...sampleStarts(input, columns, members.starting),
    ...sampleEnds(input, columns, members.ending),
    ...ofTokens,
  };
  const distributions: Partial<Record<DistributionName, Distribution>> = {};
  for (const name of Object.keys(samples) as DistributionName[]) {
    const own = samples[name] as Float64Array;
    // Samples of streams are too few for stalls to matter.
    const timesNs =
      name in ofTokens
        ? members.tokens.plannedNs.filter((_, member) => !Number.isNaN(own[member]))
        : undefined;
    const summary = summariseDistribution(withoutNaN(own), timesNs);
    if (summary !== undefined) distributions[name] = summary;
  }
  return {
    distributions,
    missingStamps: countMissingStamps(input, columns, members),
    mostNegativeNs: Math.min(0, quantileOf(distributions.deliveryTransportNs, 0) ?? 0),
    steadiness: measureSteadiness(
      input,
      members.tokens.plannedNs,
      tokenSamples.deliveryScheduledNs,
    ),
    course: measureCourse(input, {
      plannedNs: members.tokens.plannedNs,
      receivedNs: Float64Array.from(
        members.tokens.position,
        (position) => columns.receivedNs[position] as number,
      ),
      deliveryNs: tokenSamples.deliveryScheduledNs,
    }),
    windowStarts: members.starting.length,
    windowTokens: members.tokens.position.length,
    meanConcurrent: members.meanConcurrent,
    sameTurnShare: sameTurnShare(input, columns, members),
    latenessMedianNs: quantileOf(distributions.latenessNs, 0.5),
  };
}

function takeColumns({ population, server, client }: JoinInput): JoinColumns {
  return {
    handlerNs: take(server, 'handlerNs', population.streams),
    writtenNs: take(server, 'writtenNs', population.totalTokens),
    startNs: take(client, 'startNs', population.streams),
    connectNs: take(client, 'connectNs', population.streams),
    acceptNs: take(client, 'acceptNs', population.streams),
    endNs: take(client, 'endNs', population.streams),
    receivedNs: take(client, 'receivedNs', population.totalTokens),
    ...(server['readyNs'] !== undefined && {
      readyNs: take(server, 'readyNs', population.totalTokens),
    }),
    ...(client['appendedNs'] !== undefined && {
      appendedNs: take(client, 'appendedNs', population.totalTokens),
    }),
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

/** One sample per stream that is planned to start in the window. */
function sampleStarts(
  { population, offsetsNs }: WindowPlan,
  columns: JoinColumns,
  streams: Uint32Array,
): Samples {
  const planned = (stream: number): number => population.startNs[stream] as number;
  const started = (stream: number): number => columns.startNs[stream] as number;
  const accepted = (stream: number): number => columns.acceptNs[stream] as number;
  const firstToken = (stream: number): number =>
    columns.receivedNs[population.base[stream] as number] as number;
  const sample = (of: (stream: number) => number): Float64Array => Float64Array.from(streams, of);
  return {
    startLagNs: sample((stream) => started(stream) - planned(stream)),
    connectNs: sample((stream) => (columns.connectNs[stream] as number) - started(stream)),
    openNs: sample((stream) => accepted(stream) - started(stream)),
    openFromPlanNs: sample((stream) => accepted(stream) - planned(stream)),
    ttftNs: sample((stream) => firstToken(stream) - planned(stream)),
    ttftFromConnectNs: sample((stream) => firstToken(stream) - started(stream)),
    ttftOverheadNs: sample(
      (stream) => firstToken(stream) - started(stream) - (offsetsNs[stream]?.[0] as number),
    ),
  };
}

/** One sample per stream whose last token is planned in the window. */
function sampleEnds(
  { population, offsetsNs }: WindowPlan,
  columns: JoinColumns,
  streams: Uint32Array,
): Samples {
  const tokens = (stream: number): number => population.tokens[stream] as number;
  const received = (stream: number, token: number): number =>
    columns.receivedNs[(population.base[stream] as number) + token] as number;
  const lastOffset = (stream: number): number => offsetsNs[stream]?.[tokens(stream) - 1] as number;
  const sample = (of: (stream: number) => number): Float64Array => Float64Array.from(streams, of);
  return {
    tpotNs: sample((stream) =>
      tokens(stream) < 2
        ? Number.NaN
        : (received(stream, tokens(stream) - 1) - received(stream, 0)) / (tokens(stream) - 1),
    ),
    endToEndNs: sample(
      (stream) => (columns.endNs[stream] as number) - (population.startNs[stream] as number),
    ),
    endToEndOverheadNs: sample(
      (stream) =>
        (columns.endNs[stream] as number) -
        (columns.startNs[stream] as number) -
        lastOffset(stream),
    ),
  };
}

interface TokenSamples extends Samples {
  readonly deliveryScheduledNs: Float64Array;
}

/**
 * One sample per token that is planned in the window; gaps belong to the later of their two tokens.
 */
function sampleTokens(
  { population, offsetsNs, isOnTimetable, isReadHidden }: JoinInput,
  columns: JoinColumns,
  { tokens }: WindowMembers,
): TokenSamples {
  const { handlerNs, writtenNs, receivedNs } = columns;
  const originNs = isOnTimetable === true ? population.startNs : handlerNs;
  const column = (): Float64Array => new Float64Array(tokens.position.length).fill(Number.NaN);
  const deliveryTransportNs = column();
  const deliveryScheduledNs = column();
  const latenessNs = column();
  const interTokenNs = column();
  const interChunkNs = column();
  const jitterNs = column();
  for (let member = 0; member < tokens.position.length; member++) {
    const position = tokens.position[member] as number;
    const stream = tokens.stream[member] as number;
    const token = position - (population.base[stream] as number);
    const offsets = offsetsNs[stream] as Float64Array;
    const scheduledNs = (originNs[stream] as number) + (offsets[token] as number);
    const written = writtenNs[position] as number;
    const received = receivedNs[position] as number;
    deliveryTransportNs[member] = received - written;
    deliveryScheduledNs[member] = received - scheduledNs;
    latenessNs[member] = written - scheduledNs;
    if (token === 0) continue;
    const gap = received - (receivedNs[position - 1] as number);
    interTokenNs[member] = gap;
    // Tokens of one read share its stamp: only the first of them ends a gap between reads.
    if (gap !== 0 && isReadHidden !== true) interChunkNs[member] = gap;
    // The first token's delay, which both gaps are counted from, cancels: no clock is shared, so
    // this holds across hosts.
    jitterNs[member] = Math.abs(
      gap - ((offsets[token] as number) - (offsets[token - 1] as number)),
    );
  }
  return {
    deliveryTransportNs,
    deliveryScheduledNs,
    latenessNs,
    interTokenNs,
    interChunkNs,
    jitterNs,
  };
}

/**
 * Times from the turn of the pacer that found a token due, and between turns; the latter for one
 * server process only, since each has turns of its own.
 */
function sampleTurns(input: JoinInput, columns: JoinColumns, { tokens }: WindowMembers): Samples {
  const { readyNs, receivedNs } = columns;
  if (readyNs === undefined) return {};
  const dueNs = dueTimes(input, columns);
  const ready = (position: number): number => readyNs[position] as number;
  return {
    dueToReadyNs: Float64Array.from(
      tokens.position,
      (position, member) => ready(position) - dueNs(position, tokens.stream[member] as number),
    ),
    readyToReceivedNs: Float64Array.from(
      tokens.position,
      (position) => (receivedNs[position] as number) - ready(position),
    ),
    ...(input.serverProcesses === 1 && {
      turnPeriodNs: turnPeriods(Float64Array.from(tokens.position, ready)),
    }),
  };
}

function sameTurnShare(
  { population }: JoinInput,
  { readyNs }: JoinColumns,
  { tokens }: WindowMembers,
): number | undefined {
  if (readyNs === undefined || tokens.position.length === 0) return undefined;
  const together = tokens.position.filter(
    (position, member) =>
      position > (population.base[tokens.stream[member] as number] as number) &&
      readyNs[position] === readyNs[position - 1],
  );
  return together.length / tokens.position.length;
}

/** Maps position and stream of a token to when it was due by the server's own clock (s2). */
function dueTimes(
  { population, offsetsNs, isOnTimetable }: JoinInput,
  { handlerNs }: JoinColumns,
): (position: number, stream: number) => number {
  const originNs = isOnTimetable === true ? population.startNs : handlerNs;
  return (position, stream) =>
    (originNs[stream] as number) +
    (offsetsNs[stream]?.[position - (population.base[stream] as number)] as number);
}

/** One sample per token that is planned in the window; none unless a page appended the tokens. */
function sampleAppends(input: JoinInput, columns: JoinColumns, { tokens }: WindowMembers): Samples {
  const { appendedNs, writtenNs, receivedNs } = columns;
  if (appendedNs === undefined) return {};
  const sample = (since: (position: number, stream: number) => number): Float64Array =>
    Float64Array.from(
      tokens.position,
      (position, member) =>
        (appendedNs[position] as number) - since(position, tokens.stream[member] as number),
    );
  return {
    appendNs: sample((position) => receivedNs[position] as number),
    appendTransportNs: sample((position) => writtenNs[position] as number),
    appendScheduledNs: sample(dueTimes(input, columns)),
  };
}

function withoutNaN(samples: Float64Array): Float64Array {
  const kept = new Float64Array(samples.length);
  let count = 0;
  for (const sample of samples) if (!Number.isNaN(sample)) kept[count++] = sample;
  return kept.subarray(0, count);
}
