// Test support: made-up runs of scenario `voice`. Their numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { finishedOf, fixtureDistribution } from '../../analysis/trial-fixture.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import type { DuplexPlan, DuplexRecord, LaneBytes } from '../../contract/duplex.ts';
import type { CompletedTrial, DuplexTrialRecord } from '../../contract/run-file.ts';
import { MIB, NS_PER_MS } from '../../contract/units.ts';
import { voiceReading } from './reading.ts';

const probe = { client: 'probe', path: 'direct' } as const;

const voiceArms: readonly Arm[] = [
  { transport: 'ws-binary', ...probe },
  { transport: 'sse', uplink: 'posts', ...probe },
  { transport: 'sse', uplink: 'upload', ...probe },
];

const plan: DuplexPlan = {
  frameNs: 20 * NS_PER_MS,
  frameBytes: 640,
  deadlineNs: 60 * NS_PER_MS,
  leadNs: 300 * NS_PER_MS,
  interruptEveryFrames: 50,
  interruptFrames: 10,
  answerNs: 700 * NS_PER_MS,
};

const SESSIONS = 16;
const PLANNED = 8000;

const lane = (change: Partial<LaneBytes>): LaneBytes => ({
  socket: 0,
  heads: 1000,
  answers: 0,
  model: 0,
  large: 0,
  frames: PLANNED,
  ...change,
});

export const voiceRecord: DuplexRecord = {
  sessions: SESSIONS,
  frameNs: plan.frameNs,
  up: { planned: PLANNED, delivered: PLANNED, inTime: PLANNED },
  down: { planned: PLANNED, delivered: PLANNED, inTime: PLANNED },
  bargeIns: { of: 100, stopped: 100 },
  bytes: {
    up: lane({ socket: 1000 + 653 * PLANNED }),
    down: lane({ socket: 1000 + 649 * PLANNED }),
  },
  serverCpuNs: 2000 * NS_PER_MS,
  held: 0,
};

/** A POST a frame carries no more than one frame a round trip. */
function spoken({ arm, loadPoint, ...trial }: CompletedTrial): DuplexTrialRecord {
  const { roundTripNs = 0, largeBytes } = loadPoint;
  const isLate = arm.uplink === 'posts' && roundTripNs > 20 * NS_PER_MS;
  // The noise that the fixture has drawn for this trial.
  const noise = (trial.distributions.deliveryScheduledNs?.mean ?? NS_PER_MS) / NS_PER_MS;
  const around = (ms: number) => fixtureDistribution(ms * noise * NS_PER_MS);
  const way = roundTripNs / 2 / NS_PER_MS;
  return {
    ...finishedOf({ arm, loadPoint, ...trial }),
    outcome: 'duplex',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {
      frameUpNs: around(way + 1),
      frameDownNs: around(way + 1),
      bargeInNs: around(2 * way + 1),
    },
    duplex: {
      ...voiceRecord,
      ...(isLate && {
        up: { planned: PLANNED, delivered: 2000, inTime: 100 },
        bargeIns: { of: 100, stopped: 3 },
      }),
      ...(largeBytes !== undefined && {
        behindLargeMaxNs: 84 * NS_PER_MS,
        largeNs: 84 * NS_PER_MS,
      }),
      serverCpuNs: noise * voiceRecord.serverCpuNs * (arm.uplink === 'posts' ? 2 : 1),
    },
  };
}

export function voiceAnalysis({
  edit = (trial) => trial,
  ...options
}: Omit<FixtureOptions, 'edit'> & {
  readonly edit?: (trial: DuplexTrialRecord) => DuplexTrialRecord;
} = {}): Analysis {
  const point = { connections: SESSIONS, isOfStreams: true } as const;
  const run = fixtureRun({
    command: 'streamduel run voice --seed 1',
    edit: (trial) => edit(spoken(trial)),
    ...options,
    plan: {
      scenario: 'voice',
      payload: 'audio',
      arms: [...voiceArms],
      loadPoints: [
        point,
        { ...point, roundTripNs: 80 * NS_PER_MS },
        { ...point, largeBytes: MIB, linkBytesPerSecond: 12.5e6 },
      ],
      duplex: plan,
      ...options.plan,
    },
  });
  return analyse(run, voiceReading);
}
