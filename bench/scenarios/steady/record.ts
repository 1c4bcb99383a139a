// Converts the measurements of a steady trial into the saved record: stamps joined to
// distributions, gates judged.

import { measureStorm, streamsNotDone } from './measure-storm.ts';
import { measureReplay } from './replay.ts';
import { measureSpread } from './spread.ts';
import { arrivalsOfTrial } from '../../analysis/arrivals-of-trial.ts';
import { judgeArrivals } from '../../analysis/issued-starts.ts';
import { joinStamps, type JoinedStamps, type JoinInput } from '../../analysis/join.ts';
import { spreadOfProcesses } from '../../analysis/process-spread.ts';
import { partByLarge } from './behind-large.ts';
import { partDelivery } from './neighbours.ts';
import { summariseStalls } from './summarise-stalls.ts';
import type { ArrivalsRecord } from '../../contract/arrivals-record.ts';
import { planArrivals } from '../../contract/arrivals.ts';
import { quantileOf } from '../../contract/distribution.ts';
import type { TrialSpecification } from '../../contract/messages.ts';
import {
  countPlacesTakingPart,
  planAllOffsetsNs,
  populationOf,
  type Population,
} from '../../contract/population.ts';
import type { CompletedTrial, Warning } from '../../contract/run-file.ts';
import { stoppedStreams } from '../../contract/stall.ts';
import type { PlannedTrial } from '../../plan/trials.ts';
import { recordOf } from '../../trial/trial-record.ts';
import { checkSteadyGates, type StampFindings } from './gates.ts';
import type { MeasuredSteady } from './measure.ts';
import { recordCanary } from './record-canary.ts';

export function joinInputOf({
  specification,
  client,
  serverStamps,
  clientStamps,
  serverProcesses,
  upstreams,
}: MeasuredSteady): JoinInput {
  const { warmupNs, windowNs, connecting, timetable } = specification;
  const population = populationOf(specification);
  return {
    population,
    offsetsNs: planAllOffsetsNs(specification, population),
    isOnTimetable: timetable !== undefined,
    isConnectHidden: client.browser !== undefined,
    isReadHidden: client.browser !== undefined,
    // Turns are the pacer's: with an upstream, a token becomes ready by a read instead.
    ...(upstreams.length === 0 && { serverProcesses }),
    windowStartNs: warmupNs,
    windowEndNs: warmupNs + windowNs,
    server: serverStamps,
    client: clientStamps,
    leftOut:
      connecting?.kind === 'storm'
        ? streamsNotDone(clientStamps)
        : new Set(stoppedStreams(specification, population.streams)),
  };
}

/** @param input Result of `joinInputOf`, if the caller needs it as well. */
export function recordSteady(
  planned: PlannedTrial,
  measured: MeasuredSteady,
  input = joinInputOf(measured),
): CompletedTrial {
  const { specification, server, client, memory } = measured;
  const { warmupNs, windowNs } = specification;
  const { population } = input;
  const isStorm = specification.connecting?.kind === 'storm';
  const joined = joinStamps(input);
  const { distributions, ...found } = ofConditions(measured, input);
  const missingStamps = joined.missingStamps + (isStorm ? unexplained(input, client) : 0);
  const arrived = arrivalsOf(measured, input);
  const findings: StampFindings = {
    ...(arrived !== undefined && { arrived }),
    missingStamps,
    mostNegativeNs: joined.mostNegativeNs,
    startLagP99Ns: quantileOf(joined.distributions.startLagNs, 0.99),
    arrivals: judgeArrivals(
      startsOf(population, measured, warmupNs, warmupNs + windowNs),
      planned.workloadSeed,
    ),
    load: {
      asked: specification.connections,
      // The streams of a storm are short: only their starts matter.
      tookPart: isStorm
        ? population.streams
        : countPlacesTakingPart(population, input.offsetsNs, input),
    },
    ...(found.replay !== undefined && {
      replay: {
        ...found.replay,
        gapErrorP99Ns: quantileOf(distributions.replayGapErrorNs, 0.99),
      },
    }),
    ...(measured.clientProcesses > 1 && {
      processSpread: {
        ratio: spreadOfProcesses({ ...input, processes: measured.clientProcesses }),
      },
    }),
  };
  return {
    ...recordOf(planned, measured),
    outcome: 'completed',
    planned: {
      streams: population.streams,
      tokens: population.totalTokens,
      windowStarts: joined.windowStarts,
      windowTokens: joined.windowTokens,
      meanConcurrent: joined.meanConcurrent,
    },
    distributions: { ...withoutConnect(joined.distributions, specification), ...distributions },
    missingStamps,
    mostNegativeNs: joined.mostNegativeNs,
    // The load itself changes within the window, so that delivery may, too.
    steadiness: { ...joined.steadiness, ...(arrived !== undefined && { isDrifting: false }) },
    course: {
      ...joined.course,
      ...(measured.processes !== undefined && { processes: [...measured.processes] }),
    },
    server,
    client,
    ...(measured.relay !== undefined && { relay: measured.relay }),
    ...(measured.host.betweenNs !== undefined && { betweenCpuNs: measured.host.betweenNs }),
    ...lowPhaseOf(specification),
    ...(measured.upstreams.length > 0 && { upstreams: [...measured.upstreams] }),
    memory: {
      ...(memory.before !== undefined && { before: memory.before }),
      ...(memory.after !== undefined && { after: memory.after }),
      openStreams: memory.openStreams,
    },
    ...measured.sockets,
    ...(measured.socketsAfterRamp !== undefined && { afterRamp: measured.socketsAfterRamp }),
    ...(measured.calls !== undefined && { calls: measured.calls }),
    ...(arrived !== undefined && { arrivals: arrived }),
    ...(measured.canary !== undefined && { canary: recordCanary(measured.canary) }),
    ...(measured.kernel !== undefined && { kernel: measured.kernel }),
    ...(isStorm && { storm: measureStorm(measured.clientStamps, input.windowEndNs) }),
    ...found,
    gates: checkSteadyGates(measured, findings),
    warnings: warnOf(planned, measured, joined),
  };
}

/** Undefined for a steady population. */
function arrivalsOf(
  { specification, clientStamps }: MeasuredSteady,
  { windowStartNs, windowEndNs }: JoinInput,
): ArrivalsRecord | undefined {
  const { arrivals, workload, workloadSeed, tailNs } = specification;
  if (arrivals === undefined) return undefined;
  const streams = planArrivals(arrivals, {
    workload,
    seed: workloadSeed,
    horizonNs: windowEndNs + tailNs,
  });
  return arrivalsOfTrial({ streams, client: clientStamps, windowStartNs, windowEndNs });
}

/** The low phase begins once all of its streams are open. */
function lowPhaseOf({ lowPhase, rampNs }: TrialSpecification): Pick<CompletedTrial, 'lowPhase'> {
  return lowPhase === undefined ? {} : { lowPhase: { fromNs: rampNs, toNs: lowPhase.untilNs } };
}

/** Number of streams left out of a storm without a counted failure: their stamps are missing. */
function unexplained({ leftOut }: JoinInput, { errors }: MeasuredSteady['client']): number {
  const failed = errors.reduce((sum, { count }) => sum + count, 0);
  return Math.max(0, (leftOut?.size ?? 0) - failed);
}

/**
 * Drops `connectNs` for kept connections: nothing is connected there, so these stamps are not a
 * waiting time.
 */
function withoutConnect(
  { connectNs, ...others }: CompletedTrial['distributions'],
  { connecting }: TrialSpecification,
) {
  return connecting?.kind === 'kept' || connectNs === undefined ? others : { connectNs, ...others };
}

/** Fields that only some conditions have. */
function ofConditions(
  { specification, server, resident }: MeasuredSteady,
  input: JoinInput,
): Pick<CompletedTrial, 'distributions' | 'stall' | 'broadcast' | 'replay'> {
  const { stall, timetable, warmupNs } = specification;
  const spread = timetable?.isBroadcast === true ? measureSpread(input) : undefined;
  const replayed = measureReplay(input, specification.workload);
  const unknown = { beforeBytes: undefined, peakBytes: undefined, endBytes: undefined };
  return {
    distributions: {
      ...spread?.distributions,
      ...replayed?.distributions,
      ...(stall !== undefined && stall.atNs > warmupNs && partDelivery(input, stall.atNs)),
      ...(specification.large !== undefined && partByLarge(input, specification)),
    },
    ...(spread !== undefined && {
      broadcast: { messages: spread.messages, overruns: spread.overruns },
    }),
    ...(replayed !== undefined && { replay: replayed.replay }),
    ...(stall !== undefined && {
      stall: summariseStalls({
        specification: stall,
        streams: server.stalls ?? [],
        resident: resident ?? unknown,
      }),
    }),
  };
}

/** Request times of the streams planned in the window, in the order of the plan. */
function startsOf(
  { startNs: plannedNs }: Population,
  { clientStamps }: MeasuredSteady,
  fromNs: number,
  toNs: number,
): Float64Array {
  const issuedNs = clientStamps['startNs'] ?? new Float64Array();
  return issuedNs.filter(
    (startNs, stream) =>
      !Number.isNaN(startNs) && isWithin(plannedNs[stream] as number, fromNs, toNs),
  );
}

function isWithin(ns: number, fromNs: number, toNs: number): boolean {
  return ns >= fromNs && ns < toNs;
}

/**
 * One turn or read may carry several tokens of a stream only while the pacer catches up; a larger
 * share measures bursts.
 */
const SAME_TICK_LIMIT = 0.001;

function warnOf(
  { loadPoint }: PlannedTrial,
  { specification, upstreams }: MeasuredSteady,
  { sameTurnShare = 0, steadiness: { isDrifting } }: JoinedStamps,
): Warning[] {
  const warnings: Warning[] = [];
  // Tokens of a recording may be due together; gates judge whether those and no others were.
  const isBurst =
    (specification.workload.tokensPerTick ?? 1) > 1 ||
    specification.workload.gaps.kind === 'recorded';
  // Scenario `connect` measures opens only; coalesced tokens are irrelevant there.
  if (sameTurnShare > SAME_TICK_LIMIT && !isBurst && loadPoint.connecting === undefined) {
    warnings.push({
      code: 'same-tick',
      message: `${(100 * sameTurnShare).toFixed(2)} % of tokens in the window shared ${upstreams.length === 0 ? 'a turn of the pacer' : 'a read from the upstream'} with the token before them`,
    });
  }
  if (isDrifting && specification.arrivals === undefined)
    warnings.push({
      code: 'drift',
      message: 'delivery p50 drifted by more than 20 to 25 % within the window',
    });
  return warnings;
}
