// A made-up run of scenario `cancel` for the tests of this folder: each way takes as many round trips
// as its protocol has. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { finishedOf } from '../../analysis/trial-fixture.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import { stopWays, waysOf, type StopWay } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { CompletedTrial, SavedRun, StopsTrial } from '../../contract/run-file.ts';
import type { StopCell } from '../../contract/stops.ts';
import { streamStates, type StreamState } from '../../contract/told-streams.ts';
import { NS_PER_MS, NS_PER_US } from '../../contract/units.ts';
import type { CancelFindings } from './findings.ts';
import { cancelReading } from './reading.ts';

const probe = { client: 'probe', path: 'direct' } as const;

export const fixtureArms: readonly Arm[] = [
  { transport: 'sse', ...probe },
  { transport: 'sse-post', ...probe },
  { transport: 'sse-h2', streamsPerConnection: 6, ...probe },
  { transport: 'ws', ...probe },
];

/** Mean of the distribution in which the fixture has its noise. */
const USUAL_NS = 600 * NS_PER_US;
const STREAMS = 20;
const TOKENS_PER_MS = 0.05;
const BYTES_PER_TOKEN = 40;
const sentBytes: { readonly [Way in StopWay]?: number } = {
  message: 23,
  close: 8,
  'kept-request': 82,
  'new-request': 82,
};

export type EditCell = (cell: StopCell, arm: Arm) => StopCell;

function cellOf(
  way: StopWay,
  state: StreamState,
  { roundTripMs, noise }: { readonly roundTripMs: number; readonly noise: number },
): StopCell {
  const takenMs = (0.4 + stopWays[way].roundTrips * roundTripMs) * noise;
  // Half a round trip of tokens is under way when the client stops.
  const tokens = state === 'quiet' ? 0 : Math.round((takenMs + roundTripMs / 2) * TOKENS_PER_MS);
  const each = <Value>(value: Value): Value[] => Array.from({ length: STREAMS }, () => value);
  const sent = sentBytes[way];
  return {
    way,
    state,
    planned: STREAMS,
    stopped: STREAMS,
    failed: 0,
    unnoticed: 0,
    latencyNs: each(takenMs * NS_PER_MS),
    vainTokens: each(tokens),
    vainBytes: each(tokens * BYTES_PER_TOKEN),
    sentBytes: sent === undefined ? [] : each(sent),
  };
}

function asStops(trial: CompletedTrial, edit: EditCell): StopsTrial {
  const { arm, loadPoint, distributions, client } = trial;
  // The noise that the fixture has drawn for this trial.
  const noise = (distributions.deliveryScheduledNs?.mean ?? USUAL_NS) / USUAL_NS;
  const roundTripMs = (loadPoint.roundTripNs ?? 0) / NS_PER_MS;
  const cells = streamStates.flatMap((state) =>
    waysOf(transports[arm.transport].stops).map((way) =>
      edit(cellOf(way, state, { roundTripMs, noise }), arm),
    ),
  );
  return {
    ...finishedOf(trial),
    outcome: 'stops',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    stops: { cells, client: { node: 'v24.0.0', use: client.use } },
    gates: trial.gates.filter(({ kind }) => kind === 'environment'),
    warnings: [],
  };
}

interface CancelOptions {
  readonly blocks?: number;
  readonly arms?: readonly Arm[];
  readonly edit?: EditCell;
}

export function cancelRun({
  blocks = 9,
  arms = fixtureArms,
  edit = (cell) => cell,
}: CancelOptions = {}): SavedRun {
  return fixtureRun({
    blocks,
    burnInBlocks: 0,
    edit: (trial) => asStops(trial, edit),
    command: 'streamduel run cancel --seed 1',
    plan: {
      scenario: 'cancel',
      preset: 'quick',
      arms: [...arms],
      payload: 'lean',
      loadPoints: [
        { connections: STREAMS, isOfStreams: true },
        { connections: STREAMS, isOfStreams: true, roundTripNs: 20 * NS_PER_MS },
        { connections: STREAMS, isOfStreams: true, roundTripNs: 80 * NS_PER_MS },
      ],
      stops: { activeTokensPerSecond: 50, quietTokensPerSecond: 0.4 },
      lanes: 3,
    },
  });
}

export function cancelAnalysis(options?: CancelOptions): Analysis & CancelFindings {
  return analyse(cancelRun(options), cancelReading);
}
