import { describe, expect, test } from 'vitest';
import { arrivalModelSchema, gapVariation, meanRate } from '../contract/arrival-model.ts';
import { seededDraw } from '../contract/random.ts';
import { lengthAt, meanLength, streamLengthsSchema } from '../contract/stream-lengths.ts';
import { dispersion, distanceBetween, sampleGapsMs, variationOf } from './fit/goodness.ts';
import { fittedWorkloads } from './fitted.ts';

/** Phases last for up to 4000 gaps, and the longest gaps are rare: bounds are wide for that. */
const GAPS = 400_000;
const SEEDS = [11, 12];

describe.each(Object.entries(fittedWorkloads))('%s', (_, { arrivals, lengths, ...workload }) => {
  const { fit, tokensPerStream } = workload;

  test('has a model and a table that a definition may have', () => {
    expect(arrivalModelSchema.safeParse(arrivals).success).toBe(true);
    expect(streamLengthsSchema.safeParse(lengths).success).toBe(true);
    expect(workload.source).toContain('CC-BY');
    expect(workload.traceSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('declares the rate and the variation of gaps that its model has', () => {
    expect(meanRate(arrivals) / fit.startsPerSecond.model).toBeCloseTo(1, 3);
    expect(gapVariation(arrivals) / fit.gapVariation.model).toBeCloseTo(1, 3);
    expect(meanLength(lengths) / fit.meanLength.table).toBeCloseTo(1, 3);
    expect(tokensPerStream).toBe(Math.round(meanLength(lengths)));
  });

  test('draws have that rate and that variation, and are about as bursty as the trace', () => {
    const gapsMs = Float64Array.from(
      SEEDS.flatMap((seed) => Array.from(sampleGapsMs(arrivals, GAPS, seed))),
    );
    const rate = (1e3 * gapsMs.length) / gapsMs.reduce((sum, gap) => sum + gap, 0);
    expect(rate / fit.startsPerSecond.model).toBeGreaterThan(0.95);
    expect(rate / fit.startsPerSecond.model).toBeLessThan(1.05);
    expect(variationOf(gapsMs) / fit.gapVariation.model).toBeGreaterThan(0.95);
    expect(variationOf(gapsMs) / fit.gapVariation.model).toBeLessThan(1.05);
    for (const [name, stretchMs] of [
      ['1 s', 1e3],
      ['10 s', 1e4],
    ] as const) {
      const { trace } = fit.dispersion[name];
      expect(dispersion(gapsMs, stretchMs) / trace).toBeGreaterThan(0.7);
      expect(dispersion(gapsMs, stretchMs) / trace).toBeLessThan(1.3);
    }
  });

  test('drawn lengths have the quantiles of the table', () => {
    const draw = seededDraw(1);
    const drawn = Float64Array.from({ length: 100_000 }, () =>
      Math.round(lengthAt(lengths, draw())),
    ).sort();
    for (const [share, tokens] of lengths.quantiles) {
      const rank = Math.min(drawn.length - 1, Math.floor(share * drawn.length));
      // The share of drawn lengths below a quantile is within four standard errors of its own.
      const below = drawn.findIndex((one) => one >= tokens) / drawn.length;
      expect(below - share).toBeLessThan(0.01);
      expect(drawn[rank] as number).toBeGreaterThanOrEqual(
        lengthAt(lengths, Math.max(0, share - 0.01)) - 1,
      );
    }
  });

  test('its gaps are nearer to the trace than those of a Poisson process', () => {
    expect(fit.gapDistance).toBeLessThan(fit.poissonGapDistance);
    expect(fit.lengthDistance).toBeLessThan(fit.lognormalLengthDistance);
  });
});

const of = (...values: number[]): Float64Array => Float64Array.from(values);

test('the distance between a sample and itself is 0, between apart ones 1, and of half apart ones a half', () => {
  expect(distanceBetween(of(1, 2, 2, 3), of(2, 3, 1, 2))).toBe(0);
  expect(distanceBetween(of(1, 2), of(3, 4))).toBe(1);
  expect(distanceBetween(of(1, 2), of(1, 4))).toBe(0.5);
});

test('even gaps are not dispersed, and bursts are', () => {
  expect(dispersion(new Float64Array(1000).fill(10), 100)).toBeCloseTo(0, 1);
  const bursts = Float64Array.from({ length: 1000 }, (_, gap) => (gap % 10 === 0 ? 100 : 0));
  expect(dispersion(bursts, 50)).toBeGreaterThan(4);
});
