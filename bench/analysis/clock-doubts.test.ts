import { describe, expect, test } from 'vitest';
import type { Gate } from '../contract/run-file.ts';
import { fixtureRun } from './analysis-fixture.ts';
import { isDisturbed } from './attempts.ts';
import { whyClocksTooFar } from './clock-doubts.ts';
import { analyseRun } from '../scenarios/readings.ts';

const clock = (value: number): Gate => ({
  id: 'N4',
  kind: 'environment',
  title: 'clock offset bound',
  value,
  limit: 50_000,
  unit: 'ns',
  ok: value <= 50_000,
  remedy: 'nothing',
  boundsClocks: true,
});

/** A run of 12 blocks, with a clock bound of `value` in all trials of the first `blocks`. */
const runWith = (value: number, blocks = 12) =>
  fixtureRun({
    blocks: 12,
    burnInBlocks: 0,
    plan: { extraBlocks: 3 },
    edit: (trial) => ({
      ...trial,
      gates: [...trial.gates, clock(trial.block < blocks ? value : 8_000)],
    }),
  });

const verdictsOf = (run: ReturnType<typeof runWith>): Record<string, string> =>
  Object.fromEntries(
    analyseRun(run).loadPoints[0]!.comparisons.flatMap(({ endpoint, verdict }) =>
      endpoint === undefined ? [] : [[endpoint, verdict.kind]],
    ),
  );

describe('clocks that agree within 80 µs only', () => {
  test('disturb no block and make no machine noisy', () => {
    const run = runWith(80_000);
    expect(isDisturbed(run.trials)).toBe(false);
    expect(analyseRun(run).isComplete).toBe(true);
    expect(analyseRun(run).warnings.map(({ code }) => code)).not.toContain('machine-noisy');
  });

  test('cost delivery p50 its verdict, whose margin is 100 µs, and no other endpoint', () => {
    const [before, after] = [verdictsOf(runWith(8_000)), verdictsOf(runWith(80_000))];
    expect(before['P3']).not.toBe('not-resolvable');
    expect(after).toEqual({ ...before, P3: 'not-resolvable' });
  });

  test('cost nothing where at most a quarter of the trials have them', () => {
    expect(verdictsOf(runWith(80_000, 3))).toEqual(verdictsOf(runWith(8_000)));
  });
});

test('only differences between two clocks rest on them, and a relative margin is held against the limit', () => {
  const doubt = clock(60_000);
  expect(whyClocksTooFar({ margin: { ratio: 0.1, absolute: 1000 } }, [doubt])).toBeUndefined();
  expect(
    whyClocksTooFar({ isOneWay: true, margin: { ratio: 0.1, absolute: 1e6 } }, [doubt]),
  ).toBeUndefined();
  expect(
    whyClocksTooFar({ isOneWay: true, margin: { ratio: 0.1, absolute: undefined } }, [doubt]),
  ).toBe('the clocks of server and client agree within 60 µs only (N4), too little for the margin');
  expect(whyClocksTooFar({ isOneWay: true }, [])).toBeUndefined();
});
