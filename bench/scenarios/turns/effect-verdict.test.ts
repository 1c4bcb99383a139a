import { expect, it } from 'vitest';
import { judgeEffect } from './effect-verdict.ts';
import type { SimultaneousEffect } from './factorial.ts';
import { NS_PER_MS } from '../../contract/units.ts';

const effect = (low: number, high: number): SimultaneousEffect => ({
  mean: (low + high) / 2,
  count: 6,
  interval95: { low, high },
  simultaneous: { low, high },
});

it.each([
  ['saves', [-0.5, -0.4], [-90, -70]],
  ['costs', [0.2, 0.3], [40, 60]],
  // 20 % of a short turn, but less than the time that matters.
  ['negligible', [0.2, 0.3], [1, 4]],
  // More than the time that matters, but less than 5 % of a long turn.
  ['negligible', [0.02, 0.04], [20, 40]],
  ['size-uncertain', [-0.5, -0.01], [-90, -2]],
  ['inconclusive', [-0.5, 0.1], [-90, 20]],
] as const)('an effect that %s: ratio %j, ms %j', (verdict, logarithms, ms) => {
  const difference = effect(ms[0] * NS_PER_MS, ms[1] * NS_PER_MS);
  expect(judgeEffect({ ratio: effect(logarithms[0], logarithms[1]), difference })).toBe(verdict);
});
