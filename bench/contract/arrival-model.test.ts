import { expect, test } from 'vitest';
import {
  arrivalModelSchema,
  gapVariation,
  hasten,
  isPoisson,
  meanRate,
  poissonArrivals,
  startGaps,
  type ArrivalModel,
} from './arrival-model.ts';
import { seededDraw } from './random.ts';

/** Nine of ten gaps have a mean of 1 ms, the others of 11 ms, each drawn apart. */
const hyperexponential: ArrivalModel = {
  phases: [
    { meanGapMs: 1, next: [0.9, 0.1] },
    { meanGapMs: 11, next: [0.9, 0.1] },
  ],
};
/** The same gaps, in long rows of one kind. */
const inRows: ArrivalModel = {
  phases: [
    { meanGapMs: 1, next: [0.99, 0.01] },
    { meanGapMs: 11, next: [0.09, 0.91] },
  ],
};

test('one phase is a Poisson process: its rate is as asked, and its gaps vary as their mean', () => {
  const model = poissonArrivals(20);
  expect(isPoisson(model)).toBe(true);
  expect(meanRate(model)).toBeCloseTo(20, 10);
  expect(gapVariation(model)).toBeCloseTo(1, 10);
});

test('rate and variation of phases follow from their shares, however long they last', () => {
  for (const model of [hyperexponential, inRows]) {
    expect(isPoisson(model)).toBe(false);
    // Mean 0.9·1 + 0.1·11 = 2 ms; second moment 2·(0.9·1 + 0.1·121) = 26 ms².
    expect(meanRate(model)).toBeCloseTo(500, 6);
    expect(gapVariation(model)).toBeCloseTo(Math.sqrt(26 / 4 - 1), 6);
  }
});

test('phases that alternate have settled shares, too', () => {
  const model: ArrivalModel = {
    phases: [
      { meanGapMs: 1, next: [0, 1] },
      { meanGapMs: 3, next: [1, 0] },
    ],
  };
  expect(meanRate(model)).toBeCloseTo(500, 6);
});

test('drawn gaps have the rate and the variation of their model', () => {
  for (const model of [poissonArrivals(500), hyperexponential, inRows]) {
    const next = startGaps(model, seededDraw(3));
    const gaps = Float64Array.from({ length: 200_000 }, next);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    // Gaps in rows of 100 leave some 2000 rows: a standard error of about 2 %.
    expect(1e9 / mean / meanRate(model)).toBeCloseTo(1, 1);
    expect(Math.sqrt(variance) / mean / gapVariation(model)).toBeCloseTo(1, 1);
  }
});

test('a faster process has shorter gaps of the same variation', () => {
  expect(meanRate(hasten(inRows, 10))).toBeCloseTo(5000, 6);
  expect(gapVariation(hasten(inRows, 10))).toBeCloseTo(gapVariation(inRows), 10);
});

test.each([
  [
    'a row that is too short',
    [
      { meanGapMs: 1, next: [1] },
      { meanGapMs: 1, next: [1] },
    ],
  ],
  ['a row that does not add up to 1', [{ meanGapMs: 1, next: [0.5] }]],
  ['a gap of 0', [{ meanGapMs: 0, next: [1] }]],
  ['no phase', []],
])('%s is refused', (_, phases) => {
  expect(arrivalModelSchema.safeParse({ phases }).success).toBe(false);
});
