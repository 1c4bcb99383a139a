import { expect, test } from 'vitest';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { endpointsOf, findMetric } from '../../analysis/scenario-reading.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { headOfLineReading } from './reading.ts';

const [trial] = fixtureRun({ blocks: 1 }).trials as readonly CompletedTrial[];

const value = (id: string, messages: number): number | undefined =>
  findMetric(headOfLineReading, id)!.value({
    ...trial!,
    distributions: {
      largeMessageNs: { ...fixtureDistribution(5000), count: messages },
      behindLargeNs: fixtureDistribution(3000),
      awayFromLargeNs: fixtureDistribution(1000),
    },
  });

test('the only endpoint is the tail of what waits behind a large message', () => {
  expect(endpointsOf(headOfLineReading).map(({ id, endpoint }) => [id, endpoint])).toEqual([
    ['behind.p99', 'P4'],
  ]);
});

test('the rise is from other times to behind a large message, within a trial', () => {
  expect(value('behind.p50', 10)).toBeCloseTo(3000, 6);
  expect(value('behind.rise.p99', 10)).toBe(value('behind.p99', 10)! - value('away.p99', 10)!);
  expect(value('behind.p99', 10)! / value('away.p99', 10)!).toBeCloseTo(3, 9);
});

test('with fewer than ten large messages there is no number', () => {
  for (const id of ['behind.p50', 'behind.p99', 'away.p99', 'behind.rise.p99'])
    expect(value(id, 9)).toBeUndefined();
});
