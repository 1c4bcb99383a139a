import { expect, it } from 'vitest';
import type { MeasuredArm } from '../analysis/measured-trials.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import { quantileGrid, type Distribution } from '../contract/distribution.ts';
import { seededDraw } from '../contract/random.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import {
  controlsFind,
  countsExactly,
  invertsWhenSwapped,
  isUntouched,
  recovers,
  staysBelow,
} from './finding.ts';

/** A metric whose value is the number that a test put into the trial. */
const metric: Metric = {
  id: 'latency',
  title: 'Latency',
  unit: 'ns',
  better: 'lower',
  scale: 'ratio',
  definition: '',
  margin: { ratio: 0.1, absolute: undefined },
  value: ({ windowNs }) => windowNs,
};

function arm(name: string, values: readonly number[]): MeasuredArm {
  const completed = values.map(
    (windowNs, block) => ({ block, order: 0, windowNs }) as CompletedTrial,
  );
  return {
    name,
    arm: { transport: 'sse', client: 'probe', path: 'direct' },
    isNullArm: false,
    completed,
    failed: 0,
  };
}

const meanOf = ({ completed }: MeasuredArm): number =>
  completed.reduce((sum, { windowNs }) => sum + windowNs, 0) / completed.length;

/** Uniform noise of ± `spread` around `centre`. */
function noisy(seed: number, centre: number, spread: number, blocks = 9): number[] {
  const draw = seededDraw(seed);
  return Array.from({ length: blocks }, () => centre + spread * (2 * draw() - 1));
}

const pair = (
  plain: number[],
  injected: number[],
): { plain: MeasuredArm; injected: MeasuredArm } => ({
  plain: arm('plain', plain),
  injected: arm('injected', injected),
});

const recover = (shift: number, by: number | undefined = 250): string =>
  recovers({ metric, ...pair(noisy(1, 1000, 5), noisy(2, 1000 + shift, 5)), by }).outcome;

it('an effect is found when it is as large as it was made, and not when it is a tenth more or less', () => {
  expect(recover(250)).toBe('passed');
  expect(recover(275)).toBe('failed');
  expect(recover(225)).toBe('failed');
  expect(recover(0)).toBe('failed');
});

it('the truth must lie in the interval that is printed', () => {
  const finding = recovers({ metric, ...pair(noisy(1, 1000, 20), noisy(2, 1250, 20)), by: 250 });
  expect(finding.outcome).toBe('passed');
  const [, low, high] = /\[(\d+), (\d+)\] ns/.exec(finding.found) ?? [];
  expect([Number(low) < 250, Number(high) > 250]).toEqual([true, true]);
});

it('what is not known exactly is found within what it is known to, and says so', () => {
  const finding = recovers({
    metric,
    ...pair(noisy(1, 1000, 5), noisy(2, 1270, 5)),
    by: 250,
    uncertainty: 0.1,
  });
  expect(finding).toMatchObject({ outcome: 'passed', expected: '+250 ns within 10 %' });
});

it('where nothing says what was injected, nothing was found', () => {
  expect(recovers({ metric, ...pair([1000, 1001], [1250, 1251]), by: undefined }).outcome).toBe(
    'failed',
  );
});

it('a machine too noisy to tell is no pass', () => {
  expect(
    recovers({ metric, ...pair(noisy(1, 10_000, 3000), noisy(2, 10_250, 3000)), by: 250 }).outcome,
  ).toBe('too-noisy');
});

it('what counts as found lies within two fifths of the effect, however noisy the trials are', () => {
  const noisyArms = Array.from({ length: 300 }, (_, seed) =>
    pair(noisy(seed, 10_000, seed, 3), noisy(seed + 1000, 10_000, seed, 3)),
  );
  const far = noisyArms.filter(
    ({ plain, injected }) => Math.abs(meanOf(injected) - meanOf(plain) - 250) > 0.4 * 250,
  );
  expect(far.length).toBeGreaterThan(200);
  expect(far.map((arms) => recovers({ metric, ...arms, by: 250 }).outcome)).not.toContain('passed');
});

it('an effect is not found in a single block', () => {
  expect(recovers({ metric, ...pair([1000], [1250]), by: 250 }).outcome).toBe('failed');
});

it('a metric counts as touched only where the change is shown beyond its margin', () => {
  expect(isUntouched({ metric, ...pair(noisy(1, 1000, 5), noisy(2, 1000, 5)) }).outcome).toBe(
    'passed',
  );
  expect(isUntouched({ metric, ...pair(noisy(1, 1000, 5), noisy(2, 1050, 5)) }).outcome).toBe(
    'passed',
  );
  expect(isUntouched({ metric, ...pair(noisy(1, 1000, 5), noisy(2, 1300, 5)) }).outcome).toBe(
    'failed',
  );
});

const constant = (ns: number): Distribution => ({
  count: 1000,
  effectiveCount: 1000,
  mean: ns,
  values: quantileGrid.map(() => ns),
});

/** An arm whose pacer turned with these periods, one for each block. */
function pacedArm(name: string, periodsNs: readonly number[]): MeasuredArm {
  const completed = periodsNs.map(
    (periodNs, block) =>
      ({
        outcome: 'completed',
        block,
        order: 0,
        distributions: { turnPeriodNs: constant(periodNs), dueToReadyNs: constant(500_000) },
        client: { streamsStarted: 9 },
        server: { use: { eventLoopUtilisation: 0.3 } },
      }) as CompletedTrial,
  );
  return { ...arm(name, []), completed };
}

const periods = (periodNs: number): number[] => noisy(1, periodNs, 5000, 8);

it('negative controls that must notice a fault fail where they do not, and the other way round', () => {
  const equal = {
    plain: pacedArm('plain', periods(1_100_000)),
    injected: pacedArm('injected', periods(1_100_000)),
  };
  const slower = { ...equal, injected: pacedArm('injected', periods(1_300_000)) };
  const outcomes = (expected: 'alike' | 'not alike', arms: typeof equal): string[] =>
    controlsFind(expected, arms, ['H9period']).map(({ outcome }) => outcome);
  expect([outcomes('alike', equal), outcomes('not alike', slower)]).toEqual([
    ['passed'],
    ['passed'],
  ]);
  expect([outcomes('alike', slower), outcomes('not alike', equal)]).toEqual([
    ['failed'],
    ['failed'],
  ]);
  expect(controlsFind('alike', equal).map(({ outcome }) => outcome)).toEqual([
    'passed',
    'passed',
    'passed',
    'passed',
  ]);
  expect(
    controlsFind('alike', pair([1, 2], [1, 2])).every(({ outcome }) => outcome === 'failed'),
  ).toBe(true);
});

it('of counted metrics any difference is one too many', () => {
  const counted: Metric = { ...metric, isExact: true };
  expect(isUntouched({ metric: counted, ...pair([44, 45], [44, 45]) }).outcome).toBe('passed');
  expect(isUntouched({ metric: counted, ...pair([44, 45], [44, 45.001]) }).outcome).toBe('failed');
});

it('counts must agree, and something must have been injected', () => {
  expect(countsExactly('lost', { expected: 13, found: 13 }).outcome).toBe('passed');
  expect(countsExactly('lost', { expected: 13, found: 12 }).outcome).toBe('failed');
  expect(countsExactly('lost', { expected: 0, found: 0 }).outcome).toBe('failed');
  expect(countsExactly('lost', { expected: 13, found: undefined }).outcome).toBe('failed');
});

it('the worst trial decides whether a bound holds', () => {
  expect(staysBelow({ metric, arm: arm('a', [10, 20, 29]), limit: 30 }).outcome).toBe('passed');
  expect(staysBelow({ metric, arm: arm('a', [10, 20, 31]), limit: 30 }).outcome).toBe('failed');
  expect(staysBelow({ metric, arm: arm('a', []), limit: 30 }).outcome).toBe('failed');
});

it('swapping the arms inverts the ratio', () => {
  const finding = invertsWhenSwapped({ metric, ...pair(noisy(1, 1000, 100), noisy(2, 1500, 100)) });
  expect(finding.outcome).toBe('passed');
  expect(finding.found).toMatch(/^1\.\d+ and 0\.\d+$/);
});
