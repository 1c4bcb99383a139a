import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ladderSteps, ladderTimetable, type LadderPlan } from './ladder.ts';
import { planAllOffsetsNs, populationOf } from './population.ts';
import { planTimetable } from './timetable.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const small: LadderPlan = {
  rungs: [2, 4],
  downRungs: [1, 0],
  opensPerSecond: 20,
  streamNs: NS_PER_S,
  quietNs: 800 * NS_PER_MS,
  quietPerConnectionNs: NS_PER_MS,
};

const ladders: fc.Arbitrary<LadderPlan> = fc
  .record({
    steps: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 6 }),
    downs: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
    opensPerSecond: fc.integer({ min: 10, max: 5000 }),
    streamNs: fc.integer({ min: 500, max: 3000 }).map((ms) => ms * NS_PER_MS),
  })
  .map(({ steps, downs, opensPerSecond, streamNs }) => {
    const rungs = steps.map((_, index) => sumOf(steps.slice(0, index + 1)));
    const below = downs.map((_, index) => rungs.at(-1)! - sumOf(downs.slice(0, index + 1)));
    const downRungs = [...below.filter((count) => count > 0), 0];
    return {
      opensPerSecond,
      streamNs,
      rungs,
      downRungs,
      quietNs: 800 * NS_PER_MS,
      quietPerConnectionNs: 100_000,
    };
  });

function ms(ns: number): number {
  return ns / NS_PER_MS;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

const rate = { seed: 7, tokensPerSecond: 5 };

it('a ladder opens, settles, streams and is silent on each rung up, and only closes and is silent on the way down', () => {
  const times = ladderSteps(small).map(
    ({ connections, way, openFromNs, openToNs, streamFromNs, streamToNs, quietToNs }) => [
      connections,
      way,
      ms(openFromNs),
      ms(openToNs),
      ms(streamFromNs),
      ms(streamToNs),
      ms(quietToNs),
    ],
  );
  expect(times).toEqual([
    [0, 'up', 0, 0, 100, 100, 900],
    [2, 'up', 900, 1000, 1100, 2100, 2902],
    [4, 'up', 2902, 3002, 3102, 4102, 4906],
    // The heap still holds most of the memory of the four connections.
    [1, 'down', 4906, 5056, 5156, 5156, 5960],
    [0, 'down', 5960, 6010, 6110, 6110, 6911],
  ]);
});

it('streams open one after another, and the youngest end first', () => {
  const streams = planTimetable(ladderTimetable(small), rate);
  expect(streams.map(({ startNs }) => startNs / NS_PER_MS)).toEqual([900, 950, 2902, 2952]);
  // 4 → 1 within 4906 to 5056 ms, then the last one.
  expect(streams.map(({ dueNs }) => dueNs.at(-1)! / NS_PER_MS)).toEqual([5960, 4906, 4956, 5006]);
});

it('on every rung as many streams are open as planned, while it streams and until its silence is over', () => {
  fc.assert(
    fc.property(ladders, (plan) => {
      const streams = planTimetable(ladderTimetable(plan), rate);
      for (const { connections, streamFromNs, quietToNs } of ladderSteps(plan)) {
        for (const atNs of [streamFromNs, quietToNs - 1]) {
          const open = streams.filter(
            ({ startNs, dueNs }) => startNs <= atNs && dueNs.at(-1)! > atNs,
          );
          expect(open.length).toBe(connections);
        }
      }
    }),
  );
});

it('tokens are due while a rung streams, and the last one of each stream when it ends; none in a silence', () => {
  fc.assert(
    fc.property(ladders, (plan) => {
      const steps = ladderSteps(plan);
      for (const { dueNs } of planTimetable(ladderTimetable(plan), rate)) {
        expect([...dueNs]).toEqual([...dueNs].toSorted((a, b) => a - b));
        const [last, ...others] = [...dueNs].toReversed();
        expect(
          others.every((due) =>
            steps.some((step) => due >= step.streamFromNs && due <= step.streamToNs),
          ),
        ).toBe(true);
        expect(
          steps.some(
            (step) => step.way === 'down' && last! >= step.openFromNs && last! <= step.openToNs,
          ),
        ).toBe(true);
      }
    }),
  );
});

it('each stream has at least five tokens on the rung that it opens for, whatever its phase', () => {
  fc.assert(
    fc.property(ladders, fc.integer({ min: 1, max: 1000 }), (plan, seed) => {
      const tokensPerSecond = (5 * NS_PER_S) / plan.streamNs;
      const steps = ladderSteps(plan);
      for (const { startNs, dueNs } of planTimetable(ladderTimetable(plan), {
        seed,
        tokensPerSecond,
      })) {
        const own = steps.find(
          ({ openFromNs, openToNs }) => startNs >= openFromNs && startNs < openToNs,
        )!;
        expect(
          dueNs.filter((due) => due >= own.streamFromNs && due <= own.streamToNs).length,
        ).toBeGreaterThanOrEqual(5);
      }
    }),
  );
});

it('streams of a rung differ in their phase, and are the same for the same seed', () => {
  const plan = { ...small, rungs: [50, 100], opensPerSecond: 5000 };
  const phases = (seed: number): number[] =>
    planTimetable(ladderTimetable(plan), { seed, tokensPerSecond: 5 }).map(
      ({ dueNs }) => dueNs[0]! % (200 * NS_PER_MS),
    );
  expect(new Set(phases(7)).size).toBe(100);
  expect(phases(7)).toEqual(phases(7));
  expect(phases(7)).not.toEqual(phases(8));
});

it('offsets from the planned starts are the due times, so that server, client and analysis plan one thing', () => {
  const workload = {
    name: 'steady',
    tokensPerStream: 150,
    tokensPerSecond: 5,
    gaps: { kind: 'fixed' } as const,
    firstTokenMedianMs: 0,
    firstTokenSigma: 0,
    segments: [],
    tokenFile: 'bundled',
    tokensSha256: '',
  };
  const timetable = ladderTimetable(small);
  const specification = {
    workload,
    connections: 4,
    workloadSeed: 7,
    rampNs: 0,
    warmupNs: 0,
    windowNs: NS_PER_S,
    tailNs: 0,
    timetable,
  };
  const population = populationOf(specification);
  const offsets = planAllOffsetsNs(specification, population);
  const dues = offsets.map((own, stream) =>
    Array.from(own, (offset) => offset + population.startNs[stream]!),
  );
  expect(dues).toEqual(planTimetable(timetable, rate).map(({ dueNs }) => Array.from(dueNs)));
  expect([...population.tokens]).toEqual(dues.map((own) => own.length));
});

it('of one source, every message is due on all streams at once', () => {
  const timetable = {
    isBroadcast: true,
    phases: [
      { connections: 3, openFromNs: 0, openToNs: 3e6, streamFromNs: 10e6, streamToNs: 40e6 },
      { connections: 0, openFromNs: 50e6, openToNs: 50e6, streamFromNs: 50e6, streamToNs: 50e6 },
    ],
  };
  const streams = planTimetable(timetable, { seed: 7, tokensPerSecond: 100 });
  expect(streams.map(({ dueNs }) => Array.from(dueNs))).toEqual(
    Array.from({ length: 3 }, () => [10e6, 20e6, 30e6, 50e6]),
  );
  expect(new Set(streams.map(({ seed }) => seed)).size).toBe(1);
});

it('a stream that opens while others are streaming has no token before its start', () => {
  const phases = [
    { connections: 20, openFromNs: 0, openToNs: 1e9, streamFromNs: 0, streamToNs: 2e9 },
    { connections: 0, openFromNs: 2e9, openToNs: 2e9, streamFromNs: 2e9, streamToNs: 2e9 },
  ];
  for (const { startNs, dueNs } of planTimetable({ isBroadcast: false, phases }, rate))
    expect(dueNs[0]!).toBeGreaterThanOrEqual(startNs);
});

it('a timetable that ends with streams is refused', () => {
  const [first] = ladderTimetable(small).phases;
  expect(() => planTimetable({ isBroadcast: false, phases: [first!, first!] }, rate)).toThrow(
    'a timetable ends without streams',
  );
});
