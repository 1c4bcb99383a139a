import { expect, test } from 'vitest';
import type { Arm } from '../../contract/arms/arms.ts';
import { endpointsAt, findMetric } from '../../analysis/scenario-reading.ts';
import { fanoutReading } from './reading.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';

const arms: Arm[] = (['sse', 'ws'] as const).map((transport) => ({
  transport,
  client: 'probe',
  path: 'direct',
}));

function declared(messagesPerSecond: number) {
  return endpointsAt(fanoutReading, {
    loadPoint: { connections: 500, messagesPerSecond },
    arms,
  }).map(({ endpoint }) => endpoint);
}

test('a quantile of delivery is an endpoint only where a window has enough messages for it', () => {
  expect(declared(1)).toEqual(['P5']);
  expect(declared(10)).toEqual(['P3', 'P5']);
  expect(declared(50)).toEqual(['P3', 'P4', 'P5']);
});

test('the share of messages that overran the next is unknown without a message', () => {
  const [trial] = fixtureRun({ blocks: 1 }).trials as readonly CompletedTrial[];
  const overrun = (broadcast: CompletedTrial['broadcast']) =>
    findMetric(fanoutReading, 'spread.overrun')!.value({
      ...trial!,
      ...(broadcast && { broadcast }),
    });
  expect(overrun({ messages: 50, overruns: 2 })).toBe(0.04);
  expect(overrun({ messages: 0, overruns: 0 })).toBeUndefined();
  expect(overrun(undefined)).toBeUndefined();
});
