import { expect, test } from 'vitest';
import { buildPlan } from '../build-plan.ts';
import { checkLimits } from '../limits.ts';
import { portsInAll } from '../ports.ts';

const planOf = async (arrivals: string) =>
  (
    await buildPlan(
      ['stream'],
      { arrivals, seed: '7', preset: 'quick' },
      { randomSeed: () => 1, canPin: false },
    )
  ).plan;

test('arrivals that need more files than a process may have are refused with their own remedy', async () => {
  const plan = await planOf('poisson:200');
  const { connections } = plan.arrivals!.most;
  const limits = { openFiles: connections, localPorts: undefined };
  expect(() => checkLimits(plan, limits)).toThrow(
    `--arrivals with up to ${connections} streams open at once needs`,
  );
  expect(() => checkLimits(plan, { ...limits, openFiles: 10_000 })).not.toThrow();
});

test('each stream of a trial has a port, however many are open at once', async () => {
  const plan = await planOf('poisson:200');
  const { connections, streams } = plan.arrivals!.most;
  expect(portsInAll(plan, connections)).toBe(streams);
  expect(portsInAll(plan, Math.ceil(connections / 2))).toBeLessThan(0.52 * streams);
});
