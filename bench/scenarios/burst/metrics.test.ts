import { expect, test } from 'vitest';
import { burstMetrics } from './metrics.ts';

test('bursts declare median delivery and server CPU; the mechanism behind them is exploratory', () => {
  const declared = burstMetrics.filter(({ endpoint }) => endpoint !== undefined);
  expect(declared.map(({ id }) => id)).toEqual(['delivery.p50', 'cpu.server.token']);
  expect(burstMetrics.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['calls.server.token', 'calls.client.token', 'segments.token']),
  );
});
