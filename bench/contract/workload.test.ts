import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planPopulation, type PopulationOptions } from './population.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';
import { hashStreamText, planOffsetsNs, type Workload } from './workload.ts';

const steady: Workload = {
  name: 'steady',
  tokensPerStream: 150,
  tokensPerSecond: 50,
  gaps: { kind: 'lognormal', sigma: 0.3 },
  firstTokenMedianMs: 200,
  firstTokenSigma: 0.3,
  segments: [],
  tokenFile: 'bundled',
  tokensSha256: '',
};

it('fixed gaps are the reciprocal of the rate, after the first token time', () => {
  const offsets = planOffsetsNs({ ...steady, gaps: { kind: 'fixed' }, firstTokenSigma: 0 }, 7, 4);
  expect([...offsets]).toEqual([200e6, 220e6, 240e6, 260e6]);
});

it('lognormal gaps have the mean that the rate asks for', () => {
  const offsets = planOffsetsNs(steady, 7, 20_000);
  const meanGapNs = ((offsets.at(-1) as number) - (offsets[0] as number)) / 19_999;
  // σ 0.3: the standard error of the mean gap is 0.31·20 ms/√20,000 = 0.044 ms; four of them.
  expect(Math.abs(meanGapNs - 20 * NS_PER_MS)).toBeLessThan(0.18 * NS_PER_MS);
});

it('the first token time has the median that was asked for', () => {
  const firsts = Float64Array.from(
    { length: 2001 },
    (_, seed) => planOffsetsNs(steady, seed, 1)[0] as number,
  ).sort();
  // The standard error of the median's logarithm is 1.25·0.3/√2001 = 0.0084.
  expect(Math.abs(Math.log((firsts[1000] as number) / (200 * NS_PER_MS)))).toBeLessThan(0.034);
});

it('the same seed gives the same plan, another seed another one', () => {
  expect(planOffsetsNs(steady, 7, 50)).toEqual(planOffsetsNs(steady, 7, 50));
  expect(planOffsetsNs(steady, 8, 50)).not.toEqual(planOffsetsNs(steady, 7, 50));
});

it('offsets rise strictly, whatever the workload', () => {
  fc.assert(
    fc.property(
      fc.record({
        tokensPerSecond: fc.double({ min: 0.01, max: 100_000, noNaN: true }),
        sigma: fc.double({ min: 0.01, max: 3, noNaN: true }),
        seed: fc.nat(),
      }),
      ({ tokensPerSecond, sigma, seed }) => {
        const offsets = planOffsetsNs(
          { ...steady, tokensPerSecond, gaps: { kind: 'lognormal', sigma } },
          seed,
          200,
        );
        for (let index = 1; index < offsets.length; index++)
          expect(offsets[index]).toBeGreaterThan(offsets[index - 1] as number);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

const options: PopulationOptions = {
  workload: steady,
  connections: 200,
  seed: 11,
  rampNs: 0.5 * NS_PER_S,
  horizonNs: 10 * NS_PER_S,
};

it('after the ramp the asked number of streams runs at any time, but for those in their pause, and never more', () => {
  const population = planPopulation(options);
  const end = (stream: number): number =>
    (population.startNs[stream] as number) +
    (planOffsetsNs(
      steady,
      population.seeds[stream] as number,
      population.tokens[stream] as number,
    ).at(-1) as number);
  for (const atNs of [0.6 * NS_PER_S, 3 * NS_PER_S, 7.25 * NS_PER_S]) {
    const open = Array.from(
      population.startNs,
      (startNs, stream) => startNs <= atNs && atNs < end(stream),
    ).filter(Boolean).length;
    expect(open).toBeLessThanOrEqual(200);
    // 50 ms of pause in some 7.7 s of a slot's turn: 1.3 of 200 on average; 8 would be six standard
    // deviations.
    expect(open).toBeGreaterThanOrEqual(192);
  }
});

it('no token is planned after the horizon', () => {
  const population = planPopulation(options);
  for (let stream = 0; stream < population.streams; stream++) {
    const offsets = planOffsetsNs(
      steady,
      population.seeds[stream] as number,
      population.tokens[stream] as number,
    );
    expect((population.startNs[stream] as number) + (offsets.at(-1) as number)).toBeLessThanOrEqual(
      options.horizonNs,
    );
  }
});

it('a slot whose stream the horizon cuts begins no other, however long its rest', () => {
  const slow = {
    ...options,
    workload: { ...steady, tokensPerSecond: 0.2 },
    horizonNs: 30 * NS_PER_S,
  };
  const population = planPopulation(slow);
  const last = new Map(Array.from(population.slots, (slot, stream) => [slot, stream] as const));
  // A whole stream takes 750 s, so in these 30 s all are cut except remainders caught in
  // mid-stream; such a remainder fits if it has at most 6 of 150 tokens: 8 of 200 slots.
  expect(population.streams - last.size).toBeLessThan(20);
  for (const stream of last.values()) {
    const tokens = population.tokens[stream] as number;
    const nextNs = planOffsetsNs(slow.workload, population.seeds[stream] as number, tokens + 1)[
      tokens
    ] as number;
    expect((population.startNs[stream] as number) + nextNs).toBeGreaterThan(slow.horizonNs);
  }
});

it('starts are in order and token columns are laid end to end', () => {
  const population = planPopulation(options);
  expect([...population.startNs]).toEqual([...population.startNs].sort((a, b) => a - b));
  expect(population.totalTokens).toBe(population.tokens.reduce((sum, tokens) => sum + tokens, 0));
  expect(population.base.at(-1)).toBe(
    population.totalTokens - (population.tokens.at(-1) as number),
  );
});

it('the hash of a stream is that of its text, also around the end of the source', () => {
  const source = { tokens: ['a', 'b', 'ç'], jsonTexts: ['"a"', '"b"', '"ç"'] };
  // printf 'çab' | sha256sum
  expect(hashStreamText(source, 2, 3)).toBe(
    '3fe5d389c16b91c2da31fe5e3045b9f9d3c060c21e2c9e14d2391af4d04ec829',
  );
});
