import { expect, test } from 'vitest';
import type { CompletedTrial } from '../contract/run-file.ts';
import { factorOn, fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import type { Analysis } from './analysis.ts';
import { analyseRun } from '../scenarios/readings.ts';

function analysis(options: FixtureOptions): Analysis {
  return analyseRun(fixtureRun({ blocks: 12, plan: { extraBlocks: 3 }, ...options }));
}

const codes = ({ warnings }: Analysis): string[] => warnings.map(({ code }) => code);

/**
 * The first measurement of a repeated block, in which everything over WebSocket took 40 % more CPU.
 */
function slowInFirst(trial: CompletedTrial): CompletedTrial {
  const isSlow = trial.arm.transport === 'ws' && (trial.attempt ?? 0) === 0 && trial.block <= 3;
  const { use } = trial.server;
  return isSlow
    ? { ...trial, server: { ...trial.server, use: { ...use, cpuUserNs: use.cpuUserNs * 1.6 } } }
    : trial;
}

/** Block 9 was disturbed too, and not repeated. */
function disturbNinth(trial: CompletedTrial): CompletedTrial {
  const gates = trial.gates.map((gate) =>
    gate.id === 'N1' ? Object.assign({}, gate, { ok: false }) : gate,
  );
  return trial.block === 9 ? { ...trial, gates } : trial;
}

const stealing =
  (stolen: (trial: CompletedTrial) => number) =>
  (trial: CompletedTrial): CompletedTrial => ({ ...trial, stolen: stolen(trial) });

test('a repeated block is listed with the gate it missed, the arm, the value and the trials of both measurements', () => {
  const [repeat, ...others] = analysis({ repeated: [2] }).repeats;
  expect(others).toEqual([]);
  expect(repeat).toMatchObject({
    block: 2,
    firstTrials: [4, 5],
    repeatTrials: [6, 7],
    isUsed: true,
  });
  expect(repeat!.misses).toEqual([
    {
      id: 'N1',
      title: 'CPU time stolen, mean',
      value: 0.09,
      limit: 0.02,
      unit: 'ratio',
      trial: 4,
      arm: expect.stringMatching(/^(?:sse|ws)$/),
      connections: 100,
      loadPoint: { connections: 100 },
    },
  ]);
});

test('a run without repetitions lists none and has nothing to hold against', () => {
  expect(analysis({})).toMatchObject({ repeats: [], withoutRepeats: undefined });
});

test('a repetition that was cut off is listed as unused', () => {
  const cut = analysis({
    repeated: [12],
    edit: (trial) => (trial.attempt === 1 && trial.order === 1 ? undefined : trial),
  });
  expect(cut.repeats).toMatchObject([{ block: 12, isUsed: false }]);
});

test('endpoints whose verdict the repetitions changed are named with both verdicts', () => {
  const { withoutRepeats } = analysis({
    repeated: [1, 2, 3],
    edit: slowInFirst,
    factor: factorOn('serverCpu', 'ws', 0.8),
  });
  expect(withoutRepeats!.changed).toMatchObject([
    {
      connections: 100,
      otherArm: 'ws',
      metric: 'cpu.server.token',
      verdict: { kind: 'better', favours: 'ws' },
    },
  ]);
  expect(withoutRepeats!.changed[0]!.verdictWithout.kind).not.toBe('better');
});

test('repetitions that change no verdict name no endpoint', () => {
  expect(analysis({ repeated: [1, 2, 3] }).withoutRepeats!.changed).toEqual([]);
});

test('CPU time stolen more from one arm than from the other makes the repetitions suspect', () => {
  const uneven = analysis({
    repeated: [2],
    edit: stealing(
      ({ arm, block }) => (arm.transport === 'ws' ? 0.02 : 0.01) + 0.001 * (block % 3),
    ),
  });
  expect(uneven.withoutRepeats!.stolen).toMatchObject([{ otherArm: 'ws', p: 2 / 2 ** 12 }]);
  expect(uneven.withoutRepeats!.stolen[0]!.difference.value).toBeCloseTo(0.01, 12);
  expect(uneven.warnings.find(({ code }) => code === 'repeats-suspect')?.message).toBe(
    'the repetitions are suspect: 1 % more of the CPU time was stolen from ws than from the baseline (p < 0.001), so the machine did not disturb the arms alike',
  );
});

test('what was stolen is compared over first measurements, which is what the repetitions were decided on', () => {
  const { withoutRepeats } = analysis({
    repeated: [1, 2, 3],
    edit: stealing(({ arm, attempt, block }) =>
      arm.transport === 'ws' && attempt === undefined && block <= 3 ? 0.04 : 0,
    ),
  });
  expect(withoutRepeats!.stolen[0]!.difference.value).toBeCloseTo((3 * 0.04) / 12, 12);
});

test('an even machine, or one that cannot tell, raises no suspicion', () => {
  const even = analysis({
    repeated: [2],
    edit: stealing(({ trial }) => 0.01 + 0.001 * (trial % 5)),
  });
  expect(even.withoutRepeats!.stolen[0]!.p).toBeGreaterThan(0.05);
  expect(codes(even)).not.toContain('repeats-suspect');
  expect(analysis({ repeated: [2] }).withoutRepeats!.stolen).toEqual([]);
});

test('a machine that disturbs more than a quarter of the blocks is too noisy, whether or not all were repeated', () => {
  expect(codes(analysis({ repeated: [1, 2, 3] }))).not.toContain('machine-noisy');
  expect(analysis({ repeated: [1, 2, 3], edit: disturbNinth }).warnings).toContainEqual({
    code: 'machine-noisy',
    message: 'too noisy: 4 of 12 blocks were disturbed by the machine',
  });
});
