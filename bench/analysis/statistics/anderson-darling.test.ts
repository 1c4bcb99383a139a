import { expect, it } from 'vitest';
import { seededDraw } from '../../contract/random.ts';
import { andersonDarlingExponential, CRITICAL_1_PERCENT } from './anderson-darling.ts';

it('the statistic of a known sample is that of an independent implementation', () => {
  const gaps = Array.from({ length: 25 }, (_, index) => (index + 1) ** 2);
  // SciPy 1.17: anderson(gaps, 'expon').statistic · (1 + 0.6/25).
  expect(andersonDarlingExponential(gaps)).toBeCloseTo(0.5987918984, 6);
});

it('exponential gaps stay below the 1 % point about 99 times in 100', () => {
  const draw = seededDraw(8);
  let above = 0;
  for (let sample = 0; sample < 1000; sample++) {
    const gaps = Array.from({ length: 60 }, () => -Math.log(1 - draw()));
    if ((andersonDarlingExponential(gaps) ?? 0) > CRITICAL_1_PERCENT) above++;
  }
  // Binomial(1000, 0.01): 1 to 22 covers all but one in 10,000.
  expect(above).toBeGreaterThanOrEqual(1);
  expect(above).toBeLessThanOrEqual(22);
});

it.each([
  ['equal gaps', Array.from({ length: 60 }, () => 5)],
  [
    'bursts with long pauses',
    Array.from({ length: 60 }, (_, index) => (index % 10 === 0 ? 1000 : 1)),
  ],
])('%s are far above twice the 1 %% point', (_what, gaps) => {
  expect(andersonDarlingExponential(gaps)).toBeGreaterThan(2 * CRITICAL_1_PERCENT);
});

it('fewer than 20 gaps, or none above 0, are not judged', () => {
  expect(andersonDarlingExponential(Array.from({ length: 19 }, () => 1))).toBeUndefined();
  expect(andersonDarlingExponential(Array.from({ length: 30 }, () => 0))).toBeUndefined();
});
