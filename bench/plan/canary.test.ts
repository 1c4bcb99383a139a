import { expect, it } from 'vitest';
import { canaryPlanSchema } from '../contract/canary.ts';
import type { Plan } from '../contract/run-file.ts';
import { scenarioNames } from '../scenarios/registry.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';

async function plan(scenario: string, flags: RunFlags = {}): Promise<Plan> {
  return (
    await buildPlan([scenario], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false })
  ).plan;
}

it.each(['stream', 'connect', 'fanout', 'slow-reader', 'burst', 'matrix'])(
  '%s takes a canary, and its command repeats it',
  async (scenario) => {
    const { canary } = await plan(scenario, { canary: true });
    expect(canaryPlanSchema.parse(canary)).toEqual({ requestsPerSecond: 50 });
    expect(repeatCommand(await plan(scenario, { canary: true }), {})).toContain(' --canary');
    expect((await plan(scenario)).canary).toBeUndefined();
    expect(repeatCommand(await plan(scenario), {})).not.toContain('--canary');
  },
);

it('every other scenario refuses a canary, says why, and names those that take it', async () => {
  const others = scenarioNames.filter(
    (name) => !['stream', 'connect', 'fanout', 'slow-reader', 'burst', 'matrix'].includes(name),
  );
  expect(others).toEqual([
    'reconnect',
    'herd',
    'memory',
    'capacity',
    'completions',
    'browser-limits',
    'own-servers',
    'head-of-line',
    'proxies',
    'voice',
    'turns',
    'cancel',
    'steer',
  ]);
  for (const scenario of others) {
    await expect(plan(scenario, { canary: true })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(
        `--canary: scenario ${scenario} does not take it: `,
      ) as string,
      hint: 'scenarios that take it: stream, connect, fanout, slow-reader, burst, matrix',
    });
  }
});

it('a canary beside the null arm alone would have nobody to ask', async () => {
  await expect(plan('stream', { canary: true, transports: 'tcp' })).rejects.toThrow(
    '--canary needs an arm that answers plain HTTP/1.1',
  );
  expect((await plan('stream', { canary: true, transports: 'sse,tcp' })).canary).toBeDefined();
});
