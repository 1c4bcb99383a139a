// A made-up run of scenario `steer` for the tests of this folder: each way takes as many round trips
// as its protocol has. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { finishedOf, fixtureDistribution } from '../../analysis/trial-fixture.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import { stopWays, tellWaysOf, type TellWay } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { CompletedTrial, SavedRun, SteersTrial } from '../../contract/run-file.ts';
import type { SteerCell } from '../../contract/steers.ts';
import { streamStates, type StreamState } from '../../contract/told-streams.ts';
import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../../contract/units.ts';
import type { SteerFindings } from './findings.ts';
import { steerReading } from './reading.ts';

const probe = { client: 'probe', path: 'direct' } as const;

export const fixtureArms: readonly Arm[] = [
  { transport: 'sse-post', ...probe },
  { transport: 'ws', ...probe },
];

/** Mean of the distribution in which the fixture has its noise. */
const USUAL_NS = 600 * NS_PER_US;
const STREAMS = 40;
const STEERS = 1500;
const sentBytes: Readonly<Record<TellWay, number>> = {
  message: 82,
  'kept-request': 170,
  'new-request': 170,
};

export type EditCell = (cell: SteerCell, arm: Arm) => SteerCell;

function cellOf(
  way: TellWay,
  state: StreamState,
  { roundTripMs, noise }: { readonly roundTripMs: number; readonly noise: number },
): SteerCell {
  const up = 0.3 + stopWays[way].roundTrips * roundTripMs;
  const back = up + 0.3 + roundTripMs / 2;
  const count = way === 'new-request' ? STEERS / 4 : STEERS;
  return {
    way,
    state,
    planned: count,
    sent: count,
    received: count,
    seen: count,
    failed: 0,
    upNs: fixtureDistribution(up * noise * NS_PER_MS),
    takenNs: fixtureDistribution(noise * 20 * NS_PER_US),
    backNs: fixtureDistribution(back * noise * NS_PER_MS),
    sentBytes: sentBytes[way],
  };
}

function asSteers(trial: CompletedTrial, edit: EditCell): SteersTrial {
  const { arm, loadPoint, distributions, client } = trial;
  // The noise that the fixture has drawn for this trial.
  const noise = (distributions.deliveryScheduledNs?.mean ?? USUAL_NS) / USUAL_NS;
  const roundTripMs = (loadPoint.roundTripNs ?? 0) / NS_PER_MS;
  const cells = streamStates.flatMap((state) =>
    tellWaysOf(transports[arm.transport].stops).map((way) =>
      edit(cellOf(way, state, { roundTripMs, noise }), arm),
    ),
  );
  return {
    ...finishedOf(trial),
    outcome: 'steers',
    windowNs: 5 * NS_PER_S,
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    steers: { cells, client: { node: 'v24.0.0', use: client.use } },
    gates: trial.gates.filter(({ kind }) => kind === 'environment'),
    warnings: [],
  };
}

interface SteerOptions {
  readonly blocks?: number;
  readonly arms?: readonly Arm[];
  readonly edit?: EditCell;
}

export function steerRun({
  blocks = 9,
  arms = fixtureArms,
  edit = (cell) => cell,
}: SteerOptions = {}): SavedRun {
  return fixtureRun({
    blocks,
    burnInBlocks: 0,
    edit: (trial) => asSteers(trial, edit),
    command: 'streamduel run steer --seed 1',
    plan: {
      scenario: 'steer',
      preset: 'quick',
      arms: [...arms],
      payload: 'lean',
      windowNs: 5 * NS_PER_S,
      loadPoints: [
        { connections: STREAMS, isOfStreams: true },
        { connections: STREAMS, isOfStreams: true, roundTripNs: 80 * NS_PER_MS },
      ],
      steers: { activeTokensPerSecond: 50, quietTokensPerSecond: 0.4 },
      lanes: 2,
    },
  });
}

export function steerAnalysis(options?: SteerOptions): Analysis & SteerFindings {
  return analyse(steerRun(options), steerReading);
}
