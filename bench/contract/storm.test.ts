import { expect, test } from 'vitest';
import { populationOf } from './population.ts';
import { planStorm } from './storm.ts';
import type { Workload } from './workload.ts';

const workload: Workload = {
  name: 'test',
  tokensPerStream: 2,
  tokensPerSecond: 100,
  gaps: { kind: 'fixed' },
  firstTokenMedianMs: 0,
  firstTokenSigma: 0,
  segments: [],
  tokenFile: '',
  tokensSha256: '',
};

test('all streams of a storm begin at its moment, each in a slot of its own', () => {
  const streams = planStorm(900, { workload, connections: 3, seed: 7 });
  expect(streams.map(({ startNs, tokens, slot }) => [startNs, tokens, slot])).toEqual([
    [900, 2, 0],
    [900, 2, 1],
    [900, 2, 2],
  ]);
});

const seedsOf = (seed: number): number[] =>
  planStorm(0, { workload, connections: 50, seed }).map((one) => one.seed);

test('streams of a storm have texts of their own, the same ones for the same seed', () => {
  expect(new Set(seedsOf(7)).size).toBe(50);
  expect(seedsOf(7)).toEqual(seedsOf(7));
  expect(seedsOf(7)).not.toEqual(seedsOf(8));
});

test('a trial that is told of a storm has its streams and no others', () => {
  const times = { rampNs: 100, warmupNs: 200, windowNs: 5e9, tailNs: 100 };
  const told = { workload, connections: 4, workloadSeed: 7, ...times };
  const population = populationOf({
    ...told,
    connecting: { kind: 'storm', atNs: 300, timeoutNs: 1 },
  });
  expect([...population.startNs]).toEqual([300, 300, 300, 300]);
  expect(population.totalTokens).toBe(8);
  expect(populationOf({ ...told, connecting: { kind: 'kept' } })).toEqual(populationOf(told));
});
