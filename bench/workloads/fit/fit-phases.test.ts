import { expect, test } from 'vitest';
import { gapVariation, meanRate, type ArrivalModel } from '../../contract/arrival-model.ts';
import { fitPhases } from './fit-phases.ts';
import { sampleGapsMs } from './goodness.ts';

test('phases that gaps were drawn from are found again', () => {
  const model: ArrivalModel = {
    phases: [
      { meanGapMs: 2, next: [0.95, 0.05] },
      { meanGapMs: 100, next: [0.1, 0.9] },
    ],
  };
  const { model: found, bic } = fitPhases(sampleGapsMs(model, 6000, 5), 2);
  expect(found.phases[0]?.meanGapMs).toBeGreaterThan(1.8);
  expect(found.phases[0]?.meanGapMs).toBeLessThan(2.2);
  expect(found.phases[1]?.meanGapMs).toBeGreaterThan(90);
  expect(found.phases[1]?.meanGapMs).toBeLessThan(110);
  expect(found.phases[0]?.next[0]).toBeCloseTo(0.95, 1);
  expect(found.phases[1]?.next[1]).toBeCloseTo(0.9, 1);
  expect(meanRate(found) / meanRate(model)).toBeCloseTo(1, 1);
  expect(gapVariation(found) / gapVariation(model)).toBeCloseTo(1, 1);
  expect(bic).toBeLessThan(fitPhases(sampleGapsMs(model, 6000, 5), 1).bic);
});

test('one phase has the mean of the gaps, and more do not pay for Poisson arrivals', () => {
  const gapsMs = sampleGapsMs({ phases: [{ meanGapMs: 50, next: [1] }] }, 3000, 2);
  const mean = gapsMs.reduce((sum, gap) => sum + gap, 0) / gapsMs.length;
  const one = fitPhases(gapsMs, 1);
  expect(one.model.phases).toEqual([{ meanGapMs: Number(mean.toPrecision(4)), next: [1] }]);
  expect(one.bic).toBeLessThan(fitPhases(gapsMs, 2).bic);
});
