import { expect, it } from 'vitest';
import type { ArmComparison } from './comparisons.ts';
import { applyNegativeControl } from './negative-control.ts';

const comparison = (
  metric: string,
  otherArm: string,
  ratio?: { value: number; low: number; high: number },
): ArmComparison =>
  ({
    metric,
    otherArm,
    ratio: ratio && { ...ratio, trials: 12 },
    warnings: [],
  }) as unknown as ArmComparison;

const warned = (comparisons: readonly ArmComparison[]): string[] =>
  applyNegativeControl(comparisons).flatMap(({ metric, otherArm, warnings }) =>
    warnings.map(({ code }) => `${metric} ${otherArm} ${code}`),
  );

it('a difference in TCP connect casts doubt on what is measured from the same moment, in the same arms only', () => {
  const comparisons = [
    comparison('open.p50', 'ws'),
    comparison('ttft.overhead.p50', 'ws'),
    comparison('delivery.p50', 'ws'),
    comparison('connect.p50', 'ws', { value: 1.24, low: 1.16, high: 1.32 }),
    comparison('open.p50', 'tcp'),
    comparison('connect.p50', 'tcp', { value: 0.99, low: 0.94, high: 1.05 }),
  ];
  expect(warned(comparisons)).toEqual([
    'open.p50 ws negative-control',
    'ttft.overhead.p50 ws negative-control',
  ]);
});

it('an interval that includes 1, or a difference of a few percent, raises none', () => {
  for (const ratio of [
    { value: 1.2, low: 0.98, high: 1.45 },
    { value: 1.03, low: 1.01, high: 1.05 },
  ]) {
    expect(warned([comparison('open.p50', 'ws'), comparison('connect.p50', 'ws', ratio)])).toEqual(
      [],
    );
  }
});
