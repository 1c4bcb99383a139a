// A made-up run of scenario `turns` for the tests of this folder: its times follow the model of round
// trips, with noise. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { finishedOf, fixtureDistribution } from '../../analysis/trial-fixture.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { CompletedTrial, Gate, LoadPoint, TurnsTrial } from '../../contract/run-file.ts';
import type { TurnConditions } from '../../contract/turn-conditions.ts';
import { roundTripsOf } from '../../contract/turn-times.ts';
import { KIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { TurnsFindings } from './findings.ts';
import { turnsReading } from './reading.ts';
import { turns as scenario } from './scenario.ts';

export const fixtureArms: readonly Arm[] = [
  { transport: 'sse-post', client: 'probe', path: 'direct' },
  { transport: 'ws', client: 'probe', path: 'direct' },
];

const TURNS = 8;
const ADDED_BYTES = 2 * KIB;
const REPLY_BYTES = 300;

interface TurnsFixture extends Pick<FixtureOptions, 'blocks' | 'verdicts' | 'noise'> {
  readonly arms?: readonly Arm[];
  readonly preset?: 'quick' | 'standard';
  /** Added to each turn of WebSocket; ns. */
  readonly slowerNs?: number;
  /** The gate of correctness that the trials of a load point miss. */
  readonly missed?: (loadPoint: LoadPoint) => boolean;
}

export function turnsAnalysis(options: TurnsFixture = {}): Analysis & TurnsFindings {
  const { arms = fixtureArms, preset = 'quick', slowerNs = 0, missed, ...others } = options;
  const run = fixtureRun({
    blocks: 6,
    burnInBlocks: 0,
    noise: 0.004,
    ...others,
    command: 'streamduel run turns --seed 1',
    plan: {
      scenario: 'turns',
      preset,
      payload: 'lean',
      arms: [...arms],
      loadPoints: [...scenario.measures.loadPoints([1], preset)],
      turns: { turns: TURNS, inputBytes: ADDED_BYTES },
      workload: {
        name: 'steady',
        tokensPerStream: 60,
        tokensPerSecond: 2000,
        gaps: { kind: 'fixed' },
        firstTokenMedianMs: 5,
        firstTokenSigma: 0,
        segments: [],
        tokenFile: 'tokens.json',
        tokensSha256: '0'.repeat(64),
      },
      ...(others.verdicts !== undefined && { verdicts: others.verdicts }),
    },
    edit: (trial) => asTurns(trial, { slowerNs, isMissed: missed?.(trial.loadPoint) === true }),
  });
  return analyse(run, turnsReading);
}

/** Bytes of a turn, from 0. */
function bytesUpOf({ context }: TurnConditions, turn: number): number {
  const carried = context === 'resent' ? turn * (ADDED_BYTES + REPLY_BYTES) : 0;
  return ADDED_BYTES + 250 + carried;
}

function asTurns(
  trial: CompletedTrial,
  { slowerNs, isMissed }: { readonly slowerNs: number; readonly isMissed: boolean },
): TurnsTrial {
  const { arm, client, server, distributions } = trial;
  const conditions = trial.loadPoint.turns as TurnConditions;
  const { protocol } = transports[arm.transport];
  // The noise that the fixture has drawn for this trial.
  const noise = noiseOf(distributions.deliveryScheduledNs?.mean ?? 0, trial.trial);
  let atNs = 50 * NS_PER_MS;
  const turns = Array.from({ length: TURNS }, (_, turn) => {
    const connection = turn === 0 ? 'new' : conditions.connection;
    const bytesUp = bytesUpOf(conditions, turn);
    const uploadNs = (bytesUp * NS_PER_S) / (conditions.uplinkBytesPerSecond ?? 1e9);
    const firstNs =
      noise * NS_PER_MS +
      6 * NS_PER_MS +
      roundTripsOf({ connection, protocol }) * conditions.roundTripNs +
      uploadNs +
      (protocol === 'websocket' ? slowerNs : 0);
    const startNs = atNs;
    atNs += firstNs + 29.5 * NS_PER_MS;
    return { startNs, firstTokenNs: startNs + firstNs, lastTokenNs: atNs, isWhole: true, bytesUp };
  });
  return {
    ...finishedOf(trial),
    outcome: 'turns',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 1 },
    distributions: { turnNs: fixtureDistribution(60 * NS_PER_MS, TURNS - 1) },
    turns: {
      client: {
        node: client.node,
        use: client.use,
        turns,
        connectionsOpened: conditions.connection === 'new' ? TURNS : 1,
        errors: [],
        tokenFaults: 0,
        bytesDownBesideModel: 0,
      },
      server: {
        ...server,
        use: { ...server.use, cpuUserNs: 9 * NS_PER_MS, cpuSystemNs: 2 * NS_PER_MS },
      },
      bytesUpModel: turns.map(({ bytesUp }) => bytesUp),
    },
    gates: isMissed ? [...trial.gates, missedGate] : trial.gates,
  };
}

const missedGate: Gate = {
  id: 'C2up',
  kind: 'correctness',
  title: 'bytes of requests beside the byte model',
  limit: 0,
  unit: 'bytes',
  value: 3,
  ok: false,
};

/** Some tenths of a millisecond, which differ from trial to trial. */
function noiseOf(drawn: number, trial: number): number {
  return ((drawn * (trial + 1)) % 1000) / 2000;
}
