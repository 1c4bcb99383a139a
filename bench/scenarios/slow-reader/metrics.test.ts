import { expect, test } from 'vitest';
import type { CompletedTrial } from '../../contract/run-file.ts';
import type { StallRecord } from '../../contract/stall.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import { slowReaderReading } from './reading.ts';
import { endpointsOf, findMetric } from '../../analysis/scenario-reading.ts';

const [trial] = fixtureRun({ blocks: 1 }).trials as readonly CompletedTrial[];
const stall: StallRecord = {
  stopped: 4,
  blocked: 3,
  cut: 1,
  toBlockedNs: 500,
  rssBeforeBytes: 1000,
  rssPeakBytes: 1400,
  rssEndBytes: 1300,
};
const value = (id: string, change: Partial<CompletedTrial>): number | undefined =>
  findMetric(slowReaderReading, id)!.value({ ...trial!, ...change });

test('the only endpoint is delivery to the neighbours, after the stop', () => {
  expect(endpointsOf(slowReaderReading).map(({ id, endpoint }) => [id, endpoint])).toEqual([
    ['neighbours.p99', 'P4'],
  ]);
});

test('shares are of the clients that stopped, and memory is per such client', () => {
  expect(value('stall.full', { stall })).toBe(0.75);
  expect(value('stall.cut', { stall })).toBe(0.25);
  expect(value('memory.stopped', { stall })).toBe(100);
});

test('where nobody stopped, and where it never happened, there is no number', () => {
  expect(value('stall.full', {})).toBeUndefined();
  expect(value('stall.cut.after', { stall })).toBeUndefined();
  expect(value('memory.stopped', { stall: { stopped: 4, blocked: 0, cut: 0 } })).toBeUndefined();
});

test('the rise of the neighbours is from before the stop to after it, within the trial', () => {
  const distributions = {
    beforeFaultDeliveryNs: fixtureDistribution(1000),
    neighbourDeliveryNs: fixtureDistribution(3000),
  };
  const [before, after] = ['neighbours.before.p99', 'neighbours.p99'].map((id) =>
    value(id, { distributions }),
  );
  expect(value('neighbours.rise.p99', { distributions })).toBe(after! - before!);
  expect(after! / before!).toBeCloseTo(3, 9);
  expect(value('neighbours.rise.p99', { distributions: {} })).toBeUndefined();
});
