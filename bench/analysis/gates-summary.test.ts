import { expect, test } from 'vitest';
import type { CompletedTrial, Gate } from '../contract/run-file.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { fixtureRun } from './analysis-fixture.ts';
import { summariseGates } from './gates-summary.ts';
import { selectMeasured } from './measured-trials.ts';
import { fixtureDistribution } from './trial-fixture.ts';
import { burstReading } from '../scenarios/burst/reading.ts';

const isAbove = (value: number): boolean => value >= 0.6;

/**
 * Summaries of a run whose trials of WebSocket carry this gate with the given values, one per
 * block.
 */
function summarise(
  gate: Omit<Gate, 'ok'>,
  values: readonly (number | undefined)[],
  isOk = (value: number) => value <= gate.limit,
) {
  const edit = (trial: CompletedTrial): CompletedTrial => {
    const value = values[trial.block];
    if (trial.arm.transport !== 'ws') return { ...trial, gates: [] };
    return {
      ...trial,
      gates: [
        value === undefined
          ? { ...gate, ok: true, note: 'not readable' }
          : { ...gate, value, ok: isOk(value) },
      ],
    };
  };
  const [loadPoint] = selectMeasured(fixtureRun({ blocks: values.length, burnInBlocks: 0, edit }));
  return summariseGates(loadPoint!.arms, loadPoint!.arms[0]).find(({ id }) => id === gate.id)!;
}

const harness = {
  id: 'H2',
  kind: 'harness',
  title: 'client busy',
  limit: 0.6,
  unit: 'ratio',
} as const;

test('a harness gate missed in a quarter of the trials warns, in more it fails', () => {
  expect(summarise(harness, [0.7, 0.5, 0.5, 0.5])).toMatchObject({
    state: 'warned',
    missed: 1,
    trials: 4,
    worst: 0.7,
    median: 0.5,
  });
  expect(summarise(harness, [0.7, 0.7, 0.5, 0.5]).state).toBe('failed');
  expect(summarise(harness, [0.5, 0.5, 0.5, 0.5]).state).toBe('ok');
});

test('an environment gate only ever warns', () => {
  expect(summarise({ ...harness, id: 'N1', kind: 'environment' }, [0.7, 0.7, 0.7]).state).toBe(
    'warned',
  );
});

test('a correctness gate fails by a single trial', () => {
  expect(
    summarise({ ...harness, id: 'C1', kind: 'correctness' }, [0, 0, 0, 0, 0, 0, 0, 1]).state,
  ).toBe('failed');
});

test('a gate that no trial could read is not measured, and says why', () => {
  expect(summarise(harness, [undefined, undefined])).toMatchObject({
    state: 'not-measured',
    note: 'not readable',
    worst: undefined,
  });
});

test('the worst value lies on the far side of a lower limit too', () => {
  expect(summarise(harness, [0.9, 0.5, 0.8, 0.7], isAbove)).toMatchObject({
    worst: 0.5,
    missed: 1,
  });
  expect(summarise(harness, [0.9, 0.8], isAbove).worst).toBe(0.8);
});

function withOwnLateness(trial: CompletedTrial): CompletedTrial {
  const latenessNs = fixtureDistribution((trial.arm.transport === 'ws' ? 0.8 : 0.5) * NS_PER_MS);
  // Before 0.2, turns had no stamps.
  const {
    dueToReadyNs: _wait,
    turnPeriodNs: _period,
    readyToReceivedNs: _received,
    ...distributions
  } = trial.distributions;
  return { ...trial, distributions: { ...distributions, latenessNs } };
}

test('H9 is missed where the two servers of a block were late by different amounts', () => {
  const [loadPoint] = selectMeasured(fixtureRun({ blocks: 4, edit: withOwnLateness }));
  const gate = summariseGates(loadPoint!.arms, loadPoint!.arms[0]).find(({ id }) => id === 'H9');
  expect(gate).toMatchObject({
    arm: 'ws',
    missed: 4,
    trials: 4,
    state: 'failed',
    limit: 0.2 * NS_PER_MS,
  });
  expect(gate?.median).toBeCloseTo(0.3 * NS_PER_MS, 3);
});

test('H9 does not judge tokens that are due together: there each waits for the writes of those before it', () => {
  const loadPoint = { connections: 100, tokensPerTick: 5 };
  const run = fixtureRun({ blocks: 4, edit: withOwnLateness, plan: { loadPoints: [loadPoint] } });
  const [point] = selectMeasured(run);
  expect(point!.arms[0]!.completed).toHaveLength(4);
  expect(
    summariseGates(point!.arms, point!.arms[0], { isLateByDesign: true }).filter(
      ({ id }) => id === 'H9',
    ),
  ).toEqual([]);
  expect(burstReading.isLateByDesign?.(loadPoint)).toBe(true);
  expect(burstReading.isLateByDesign?.({ ...loadPoint, tokensPerTick: 1 })).toBe(false);
});

/** Gates of a run whose servers saved this hash of what they planned. */
function planGates(planSha256: (trial: CompletedTrial) => string | undefined) {
  const edit = (trial: CompletedTrial): CompletedTrial => {
    const hash = planSha256(trial);
    return hash === undefined ? trial : { ...trial, server: { ...trial.server, planSha256: hash } };
  };
  const [loadPoint] = selectMeasured(
    fixtureRun({ transports: ['sse', 'ws', 'tcp'], blocks: 4, edit }),
  );
  return summariseGates(loadPoint!.arms, loadPoint!.arms[0]).filter(({ id }) => id === 'C8block');
}

test('C8block fails where one server of a block planned other streams than the baseline’s, the null arm’s included', () => {
  expect(
    planGates(({ block }) => `plan of block ${block}`).map(({ arm, state }) => `${arm} ${state}`),
  ).toEqual(['ws ok', 'tcp ok']);
  const one = planGates(({ block, arm }) =>
    arm.transport === 'tcp' && block === 3 ? 'another plan' : `plan of block ${block}`,
  );
  expect(one).toMatchObject([
    { arm: 'ws', state: 'ok' },
    { arm: 'tcp', state: 'failed', missed: 1, trials: 4, kind: 'correctness' },
  ]);
});

test('C8block is left out for runs that saved no hash', () => {
  expect(planGates(() => undefined)).toEqual([]);
});
