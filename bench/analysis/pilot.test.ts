import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../contract/units.ts';
import { factorOn, fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import { blocksNeeded } from './statistics/sample-size.ts';
import { analyseRun } from '../scenarios/readings.ts';

const COMMAND = 'streamduel run stream --transports sse,ws --blocks 6 --pilot --seed 4';

function analysis({ plan, ...options }: FixtureOptions = {}) {
  return analyseRun(
    fixtureRun({ blocks: 6, command: COMMAND, plan: { isPilot: true, ...plan }, ...options }),
  );
}

const pilot = (options: FixtureOptions = {}) => analysis(options).pilot!;

const rowOf = (metric: string, options: FixtureOptions = {}) =>
  pilot(options).endpoints.find((row) => row.metric === metric)!;

describe('a pilot', () => {
  test('says for every endpoint how many blocks its margin needs, from the spread alone', () => {
    const row = rowOf('cpu.server.token', { noise: 0.1 });
    const onRatio = blocksNeeded(row.spreadRatio!, Math.log(1.05))!;
    const onDifference = blocksNeeded(row.spread!, row.margin.absolute!)!;
    const easier = onRatio.equivalence < onDifference.equivalence ? onRatio : onDifference;
    expect(row).toMatchObject({
      otherArm: 'ws',
      connections: 100,
      blocks: 6,
      needed: easier,
      neededForPrecision: undefined,
    });
  });

  test('needs as many blocks whatever the effect', () => {
    const [equal, different] = [1, 1.5].map((factor) =>
      rowOf('delivery.p50', { noise: 0.2, factor: factorOn('deliveryScheduledNs', 'sse', factor) }),
    );
    expect(different!.spreadRatio).toBeCloseTo(equal!.spreadRatio!, 12);
  });

  test('never recommends fewer blocks than a claim needs', () => {
    expect(pilot({ noise: 0.001 })).toMatchObject({ blocks: 9, isCapped: false });
    expect(rowOf('cpu.server.token', { noise: 0.001 }).needed).toEqual({
      difference: 9,
      equivalence: 9,
    });
  });

  test('recommends what the most demanding endpoint needs, up to what a run may have', () => {
    const { endpoints, blocks } = pilot({ noise: 0.1 });
    expect(blocks).toBe(
      Math.max(...endpoints.map(({ needed }) => Math.max(needed!.difference, needed!.equivalence))),
    );
    expect(pilot({ noise: 2 })).toMatchObject({ blocks: 1000, isCapped: true });
  });

  test('with a wanted precision counts the blocks until the interval is that narrow, in the metrics that it names', () => {
    const stop = { ratio: 0.05, metrics: ['delivery.p90'], maxTimeNs: 600 * NS_PER_S };
    const { endpoints, blocks } = pilot({ noise: 0.3, plan: { stop } });
    const row = endpoints.find(({ metric }) => metric === 'delivery.p90')!;
    expect(blocks).toBe(row.neededForPrecision);
    // t₀.₉₇₅ tends to 1.96: about (1.96·s/ln 1.05)², a little more for few blocks.
    const asymptotic = ((1.96 * row.spreadRatio!) / Math.log(1.05)) ** 2;
    expect(blocks).toBeGreaterThanOrEqual(asymptotic);
    expect(blocks).toBeLessThan(asymptotic + 4);
    expect(row.needed).toBeUndefined();
  });

  test('never counts fewer blocks for a precision than the rule waits for', () => {
    const stop = { ratio: 0.5, metrics: [], maxTimeNs: 600 * NS_PER_S };
    expect(pilot({ plan: { stop } }).blocks).toBe(10);
  });

  test('estimates the time from its own pace, burn-in included', () => {
    // 16 s a trial, 0.25 s between trials, 2 arms, 1 + 9 blocks.
    expect(pilot({ noise: 0.001, plan: { cooldownNs: 0.25 * NS_PER_S } }).estimatedNs).toBe(
      10 * 2 * 16.25 * NS_PER_S,
    );
  });

  test('gives the command of the run that is no pilot', () => {
    expect(pilot({ noise: 0.001 }).command).toBe(
      'streamduel run stream --transports sse,ws --blocks 9 --seed 4',
    );
    expect(pilot({ noise: 0.001, command: 'streamduel run --pilot' }).command).toBe(
      'streamduel run --blocks 9',
    );
    const precise =
      'streamduel run --blocks 6 --precision delivery.p50:5% --max-time 600s --pilot --pin';
    expect(pilot({ noise: 0.001, command: precise }).command).toBe(
      'streamduel run --blocks 9 --pin',
    );
  });

  test('without a pair of trials says only the least there is', () => {
    const none = pilot({ edit: (trial) => (trial.arm.transport === 'ws' ? undefined : trial) });
    expect(none).toMatchObject({ blocks: 9, isCapped: false });
    expect(none.endpoints[0]).toMatchObject({ spread: undefined, needed: undefined });
  });

  test('of an A/A pair alone looks at the copy', () => {
    expect(pilot({ transports: ['sse'], copy: true }).endpoints[0]!.otherArm).toBe('sse+copy');
  });
});

test('the verdicts of a pilot are withheld', () => {
  const { verdict } = analysis({ factor: factorOn('serverCpu', 'ws', 0.5), blocks: 12 })
    .loadPoints[0]!.comparisons[0]!;
  expect(verdict).toMatchObject({
    kind: 'withheld',
    reason: 'a pilot: it says how many blocks are needed',
  });
});

test('a run that is no pilot has none of this', () => {
  expect(analyseRun(fixtureRun()).pilot).toBeUndefined();
});
