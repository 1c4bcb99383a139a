import { expect, it } from 'vitest';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';

async function plan(flags: RunFlags): Promise<Plan> {
  return (
    await buildPlan(['connect'], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false })
  ).plan;
}

it('there is a storm of each size, and one steady population on new and on kept connections', async () => {
  expect((await plan({ connections: '1000,4000' })).loadPoints).toEqual([
    { connections: 1000, connecting: 'storm' },
    { connections: 4000, connecting: 'storm' },
    { connections: 100, connecting: 'cold' },
    { connections: 100, connecting: 'warm' },
  ]);
});

it.each([{ tls: true }, { transports: 'sse,ws+tls' }])(
  '%j: where an arm is over TLS, one more load point resumes sessions',
  async (flags) => {
    expect((await plan({ ...flags, connections: '1000' })).loadPoints).toEqual([
      { connections: 1000, connecting: 'storm' },
      { connections: 100, connecting: 'cold' },
      { connections: 100, connecting: 'resumed' },
      { connections: 100, connecting: 'warm' },
    ]);
  },
);

it('the steady population is never larger than the smallest storm', async () => {
  expect((await plan({ connections: '30,4000' })).loadPoints.slice(2)).toEqual([
    { connections: 30, connecting: 'cold' },
    { connections: 30, connecting: 'warm' },
  ]);
});

it('streams are short and begin at once, and a flag can make them longer', async () => {
  expect((await plan({})).workload).toMatchObject({
    tokensPerStream: 20,
    tokensPerSecond: 100,
    firstTokenMedianMs: 0,
    firstTokenSigma: 0,
  });
  expect((await plan({ tokens: '50', rate: '20' })).workload).toMatchObject({
    tokensPerStream: 50,
    tokensPerSecond: 20,
  });
});

it.each([{ client: 'library' }, { transports: 'sse,ws/library' }])(
  '%j is refused: it would open new connections where they are to be kept',
  async (flags) => {
    await expect(plan(flags)).rejects.toThrow('--client library');
  },
);
