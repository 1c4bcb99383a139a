import { expect, it } from 'vitest';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { checkLimits } from './limits.ts';
import { repeatCommand } from '../flags/repeat.ts';

const surroundings = { randomSeed: () => 7, canPin: false };
const planOf = async (scenario: string, flags: RunFlags) =>
  (await buildPlan([scenario], flags, surroundings)).plan;

it('an upstream is in the plan and in the command that repeats it; the timer is in neither', async () => {
  const plan = await planOf('stream', { source: 'upstream' });
  expect(plan.source).toBe('upstream');
  expect(repeatCommand(plan, {})).toContain(' --source upstream ');
  const usual = await planOf('stream', { source: 'timer' });
  expect(usual).toEqual(await planOf('stream', {}));
  expect(usual).not.toHaveProperty('source');
  expect(repeatCommand(usual, {})).not.toContain('--source');
});

it('other scenarios refuse it, and an unknown source has a name', async () => {
  await expect(planOf('reconnect', { source: 'upstream' })).rejects.toThrow(
    '--source upstream: scenario reconnect does not take it',
  );
  await expect(planOf('stream', { source: 'kafka' })).rejects.toThrow(
    '--source kafka: there is no source "kafka"',
  );
});

it('a server has two sockets for each stream then', async () => {
  const limits = { openFiles: 1200, localPorts: undefined, reusesPorts: true };
  const plan = await planOf('stream', { connections: '600' });
  expect(() => checkLimits(plan, limits)).not.toThrow();
  expect(() => checkLimits({ ...plan, source: 'upstream' }, limits)).toThrow('open files');
});
