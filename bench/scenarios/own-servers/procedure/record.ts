// Converts the measurements of a trial on a target into the saved record, gates judged.

import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import type { Distribution } from '../../../contract/distribution.ts';
import type { DistributionName, Plan, TargetTrial, Warning } from '../../../contract/run-file.ts';
import type { TargetStream, TargetTally } from '../../../contract/target.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { checkTargetGates } from './gates.ts';
import type { MeasuredTarget } from './measured-target.ts';

export function recordTarget(
  planned: PlannedTrial,
  measured: MeasuredTarget,
  { windowNs, loadPoints: _all }: Pick<Plan, 'windowNs' | 'loadPoints'>,
): TargetTrial {
  const { tally, host, server, port, startedAt, wallNs, overheadNs } = measured;
  const { streams, interTokenNs: _gaps, interChunkNs: _chunks, ...counts } = tally;
  const whole = streams.filter(({ isWhole }) => isWhole);
  const outputTokens = whole.map((stream) => stream.outputTokens);
  return {
    kind: 'trial',
    ...planned,
    startedAt,
    // All stamps are of one process, so that there is no offset to bound.
    clock: { before: ONE_CLOCK, after: ONE_CLOCK, sameTimeNamespace: true },
    wallNs,
    overheadNs,
    windowNs,
    ...(port !== undefined && { serverPort: port }),
    ...(host.stealMean !== undefined && { stolen: host.stealMean }),
    outcome: 'target',
    planned: {
      streams: tally.startsPlanned,
      tokens: 0,
      windowStarts: streams.length,
      windowTokens: 0,
      meanConcurrent: 0,
    },
    distributions: distributionsOf(measured, whole),
    target: {
      ...counts,
      streams: streams.length,
      whole: whole.length,
      bytesRead: sumOf(whole, 'bytesRead'),
      reads: sumOf(whole, 'reads'),
      events: sumOf(whole, 'events'),
      tokenEvents: sumOf(whole, 'tokenEvents'),
      ...(outputTokens.length > 0 &&
        outputTokens.every((tokens) => tokens !== undefined) && {
          outputTokens: outputTokens.reduce((sum, tokens) => sum + tokens, 0),
        }),
      ...(server !== undefined && { server }),
    },
    gates: checkTargetGates(measured),
    warnings: warnOfRecording(tally),
  };
}

function warnOfRecording({ recorded }: TargetTally): Warning[] {
  if (recorded === undefined || recorded.leftOut + recorded.withheld === 0) return [];
  const { streams, leftOut, withheld } = recorded;
  return [
    {
      code: 'recording',
      message: `${streams} streams were recorded, ${leftOut} more were not for want of room, and ${withheld} lack their events, which spell a secret`,
    },
  ];
}

const ONE_CLOCK = { exchanges: 0, violations: 0, lowNs: 0, highNs: 0 } as const;

function sumOf(
  streams: readonly TargetStream[],
  name: 'bytesRead' | 'reads' | 'events' | 'tokenEvents',
): number {
  return streams.reduce((sum, stream) => sum + stream[name], 0);
}

/** Only of whole streams: a cut one has no end, and what failed early would seem fast. */
function distributionsOf(
  { tally }: Pick<MeasuredTarget, 'tally'>,
  whole: readonly TargetStream[],
): Partial<Record<DistributionName, Distribution>> {
  const times: Partial<Record<DistributionName, readonly number[]>> = {
    startLagNs: whole.map(({ plannedNs, startNs }) => startNs - plannedNs),
    connectNs: since(whole, 'startNs', 'connectNs'),
    openNs: since(whole, 'startNs', 'headNs'),
    firstByteNs: since(whole, 'plannedNs', 'firstByteNs'),
    firstEventNs: since(whole, 'plannedNs', 'firstEventNs'),
    firstTokenNs: since(whole, 'plannedNs', 'firstTokenNs'),
    ttftNs: since(whole, 'plannedNs', 'firstContentNs'),
    endToEndNs: since(whole, 'plannedNs', 'endNs'),
    tpotNs: whole.flatMap((stream) => tpotOf(stream) ?? []),
    interTokenNs: tally.interTokenNs,
    interChunkNs: tally.interChunkNs,
  };
  return Object.fromEntries(
    Object.entries(times).flatMap(([name, samples]) => {
      const summary = summariseDistribution(Float64Array.from(samples));
      return summary === undefined ? [] : [[name, summary] as const];
    }),
  );
}

type Moment = Extract<keyof TargetStream, `${string}Ns`>;

/** Streams without the moment are left out: one that only reasons has no first content. */
function since(streams: readonly TargetStream[], from: Moment, to: Moment): readonly number[] {
  return streams.flatMap((stream) => {
    const [start, end] = [stream[from], stream[to]];
    return start === undefined || end === undefined ? [] : [end - start];
  });
}

/** By the server's count of tokens where it tells, else by events with text. */
function tpotOf(stream: TargetStream): number | undefined {
  const { firstTokenNs, lastTokenNs, outputTokens, tokenEvents } = stream;
  const tokens = outputTokens ?? tokenEvents;
  return firstTokenNs === undefined || lastTokenNs === undefined || tokens < 2
    ? undefined
    : (lastTokenNs - firstTokenNs) / (tokens - 1);
}
