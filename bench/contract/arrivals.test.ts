import fc from 'fast-check';
import { expect, test } from 'vitest';
import { poissonArrivals } from './arrival-model.ts';
import { planArrivals, type ArrivalsSpecification } from './arrivals.ts';
import { planAllOffsetsNs, populationOf } from './population.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';
import type { Workload } from './workload.ts';

const workload: Workload = {
  name: 'even',
  tokensPerStream: 10,
  tokensPerSecond: 100,
  gaps: { kind: 'fixed' },
  firstTokenMedianMs: 20,
  firstTokenSigma: 0,
  segments: [],
  tokenFile: 'bundled',
  tokensSha256: '',
};
const trace = (rows: readonly (readonly [startMs: number, tokens: number])[]) =>
  ({
    kind: 'trace',
    startNs: rows.map(([startMs]) => startMs * NS_PER_MS),
    tokens: rows.map(([, tokens]) => tokens),
  }) satisfies ArrivalsSpecification;
const options = { workload, seed: 1, horizonNs: NS_PER_S };

test('streams begin when the trace says, with its lengths', () => {
  const streams = planArrivals(
    trace([
      [0, 3],
      [5, 7],
      [5, 1],
    ]),
    options,
  );
  expect(streams.map(({ startNs, tokens }) => [startNs / NS_PER_MS, tokens])).toEqual([
    [0, 3],
    [5, 7],
    [5, 1],
  ]);
  expect(streams.every(({ cutTokens }) => cutTokens === 0)).toBe(true);
});

test('a stream that would outlast the trial is cut, and says by how much', () => {
  // The first token after 20 ms, then one every 10 ms: at 950 ms there is room for 970, 980 … 1000.
  const [stream] = planArrivals(trace([[950, 30]]), options);
  expect(stream).toMatchObject({ tokens: 4, cutTokens: 26 });
});

test('a stream that begins just before the end keeps one token, so that its start counts', () => {
  const [stream] = planArrivals(trace([[999, 30]]), options);
  expect(stream).toMatchObject({ tokens: 1, cutTokens: 29 });
});

test('streams that begin after the end are not planned', () => {
  expect(
    planArrivals(
      trace([
        [999, 1],
        [1000, 1],
      ]),
      options,
    ),
  ).toHaveLength(1);
});

test('a connection is used again once its stream has ended, the lowest free one first', () => {
  // Streams of one token end after 20 ms, and their connection rests for 50 ms.
  const streams = planArrivals(
    trace([
      [0, 1],
      [0, 1],
      [69, 1],
      [70, 1],
      [71, 1],
    ]),
    options,
  );
  expect(streams.map(({ slot }) => slot)).toEqual([0, 1, 2, 0, 1]);
});

test('streams of one connection never overlap, and no two of a block have the same seed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 40 })), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.nat(),
      (rows, seed) => {
        const sorted = rows.toSorted(([one], [other]) => one - other);
        const trial = {
          workload,
          connections: 1,
          workloadSeed: seed,
          rampNs: 0,
          warmupNs: 0,
          windowNs: NS_PER_S,
          tailNs: 0,
          arrivals: trace(sorted),
        };
        const population = populationOf(trial);
        const offsetsNs = planAllOffsetsNs(trial, population);
        const endNs = new Map<number, number>();
        for (let stream = 0; stream < population.streams; stream++) {
          const slot = population.slots[stream] as number;
          const startNs = population.startNs[stream] as number;
          expect(startNs).toBeGreaterThanOrEqual(endNs.get(slot) ?? 0);
          endNs.set(slot, startNs + (offsetsNs[stream]?.at(-1) as number));
        }
        expect(new Set(population.seeds).size).toBe(population.streams);
      },
    ),
    { numRuns: 50 },
  );
});

test('drawn arrivals are the same for a seed, others for another, and stop at the end', () => {
  const arrivals = { kind: 'drawn', model: poissonArrivals(200) } as const;
  const one = planArrivals(arrivals, options);
  expect(planArrivals(arrivals, options)).toEqual(one);
  expect(planArrivals(arrivals, { ...options, seed: 2 })).not.toEqual(one);
  expect(one.every(({ startNs }) => startNs < NS_PER_S)).toBe(true);
  // 200 are expected; four standard deviations are 57.
  expect(Math.abs(one.length - 200)).toBeLessThan(57);
});

test('lengths of a workload are drawn where it has them', () => {
  const lengths = { quantiles: [[0, 2] as [number, number], [1, 4] as [number, number]] };
  const streams = planArrivals(
    { kind: 'drawn', model: poissonArrivals(500) },
    { ...options, workload: { ...workload, lengths } },
  );
  const whole = streams.map(({ tokens, cutTokens }) => tokens + cutTokens);
  expect(new Set(whole)).toEqual(new Set([2, 3, 4]));
});
